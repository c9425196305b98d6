from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from indicators.management.desk import Desk, add_login
from indicators.pipeline import subject
from indicators.pipeline.asked import ASKABLE, SubjectError, asked_about


class Command(BaseCommand):
    help = (
        "What is shared about a person's value: list it, have it disputed, or erase it everywhere "
        "and for good. The value is kept nowhere. docs/law.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--value", required=True, help="the value; - reads it from standard input, unseen"
        )
        parser.add_argument("--kind", required=True, choices=ASKABLE)
        wish = parser.add_mutually_exclusive_group()
        wish.add_argument("--dispute", action="store_true", help="open an appeal over each object")
        wish.add_argument("--erase", action="store_true", help="withdraw each, and bar the value")
        parser.add_argument("--reference", required=True, help="the case file; no names, no values")
        add_login(parser)

    def handle(self, *_args: Any, **options: Any) -> None:
        desk = Desk.of(options["by"])
        desk.require("add_subjectrequest")
        value = sys.stdin.readline().strip() if options["value"] == "-" else options["value"]
        wish = "erase" if options["erase"] else "dispute" if options["dispute"] else "find"
        try:
            asked = asked_about(options["kind"], value)
            with transaction.atomic():  # the work itself is many transactions
                desk.note(f"subject_request {wish}", "subject-request")
            found = subject.answer(desk.person, asked, act=wish, reference=options["reference"])
        except SubjectError as error:
            raise CommandError(str(error)) from error
        for each in found:
            self.stdout.write(str(each))
        self.stdout.write(_SAID[wish].format(len(found)))


_SAID = {
    "find": "{} objects speak of it.",
    "dispute": "{} objects speak of it; each is disputed.",
    "erase": "{} objects spoke of it; they are withdrawn, and it may not come again.",
}
