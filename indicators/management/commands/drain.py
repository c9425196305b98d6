from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from indicators.models.submission import HeldObject, Submission
from indicators.pipeline.sweep import sweep
from indicators.pipeline.tasks import process_submission, publish_released


_PAUSE = 1.0  # seconds between two looks


class Command(BaseCommand):
    help = (
        "Work on whatever waits in the queue, in this process: needs the database and no broker. "
        "Runs until interrupted; with --once until nothing is due. Safe beside running workers, "
        "since each submission is leased to one of them."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="stop when nothing is due any more")
        parser.add_argument(
            "--ring",
            action="store_true",
            help="only ring for the workers, once, as the sweep does by itself; needs the broker",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["ring"]:
            self.stdout.write(f"Rang {sweep()} times.")
            return
        done = 0
        try:
            while (worked := _work()) or not options["once"]:
                done += worked
                if not worked:
                    time.sleep(_PAUSE)
        except KeyboardInterrupt:
            self.stderr.write(
                "Interrupted; what was begun is taken up again when its lease runs out."
            )
        self.stdout.write(f"Worked on {done} submissions and releases.")


def _work() -> int:
    submissions = list(_submissions().values_list("id", flat=True))
    for submission_id in submissions:
        process_submission(submission_id=str(submission_id))
    released = list(_released().values_list("id", flat=True))
    for held_id in released:
        publish_released(held_id=str(held_id))
    return len(submissions) + len(released)


def _submissions() -> QuerySet[Submission]:
    due = Q(state=Submission.State.RECEIVED) | Q(
        state=Submission.State.WORKING, lease_until__lt=Now()
    )
    return Submission.objects.filter(due, body_ct__isnull=False).order_by("received_at")


def _released() -> QuerySet[HeldObject]:
    due = Q(state=HeldObject.State.RELEASED, part=HeldObject.Part.PROPERTIES) | Q(
        state=HeldObject.State.DECIDED, undo_until__lt=Now()
    )
    return HeldObject.objects.filter(due).order_by("decided_at")
