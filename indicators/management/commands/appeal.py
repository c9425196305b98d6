from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.management.desk import Desk, add_login
from indicators.models.appeal import Appeal
from indicators.pipeline import appeals
from indicators.pipeline.appeals import AppealError


class Command(BaseCommand):
    help = (
        "Appeals over published objects. An open one is flagged to every reader; upheld, the "
        "object is withdrawn and may not come again. docs/law.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="appeals, newest first")
        opening = verbs.add_parser("open", help="open one over an object")
        opening.add_argument("collection", metavar="COLLECTION", help="the collection's alias")
        opening.add_argument("object", metavar="STIX_ID", help="the Forum's id of the object")
        opening.add_argument("--ground", required=True, choices=appeals.GROUNDS)
        opening.add_argument(
            "--reference", required=True, help="the case file; no names, no values"
        )
        closing = verbs.add_parser("close", help="decide one")
        closing.add_argument("appeal", metavar="ID", help="its id, or how the id begins")
        ends = closing.add_mutually_exclusive_group(required=True)
        ends.add_argument("--upheld", action="store_true", help="withdraw it, for good")
        ends.add_argument("--dismissed", action="store_true", help="take the flag away")
        closing.add_argument("--outcome", required=True, help="why; no names, no values")
        for verb in (opening, closing):
            add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            self.stdout.write(_listing())
            return
        desk = Desk.of(options["by"])
        try:
            step = _open if options["verb"] == "open" else _close
            appeal, said = step(desk, options)
            appeals.apply(appeal.id, policy=desk.clerk.policy, now=desk.clerk.now)
        except AppealError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(said)


def _open(desk: Desk, options: dict[str, Any]) -> tuple[Appeal, str]:
    desk.require("add_appeal")
    collection = clerk.collection(options["collection"])
    with desk.at_work("appeal open", f"{collection.alias}/{options['object']}"):
        made = appeals.open_appeal(
            desk.person,
            collection,
            options["object"],
            ground=options["ground"],
            reference=options["reference"],
        )
    return made, f"Opened {made.id}: every reader sees the flag."


def _close(desk: Desk, options: dict[str, Any]) -> tuple[Appeal, str]:
    desk.require("change_appeal")
    appeal = appeals.find(options["appeal"])
    with desk.at_work("appeal close", f"{appeal.collection.alias}/{appeal.stix_id}"):
        done = appeals.close(
            desk.person, appeal.id, upheld=options["upheld"], outcome=options["outcome"]
        )
    return done, f"{done.get_state_display()}."


def _listing() -> str:
    found = Appeal.objects.select_related("collection").order_by("-opened_at")
    lines = [
        f"{each.id}  {each.state}  {each.ground}  {each.collection.alias}/{each.stix_id}  "
        f"{each.opened_at:%Y-%m-%d}"
        for each in found
    ]
    return "\n".join(lines) or "None."
