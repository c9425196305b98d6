from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management import clerk
from indicators.management.desk import Desk, add_login, an_id
from indicators.models.legal_hold import LONGEST_HOLD, LegalHold
from indicators.models.submission import Submission
from indicators.pipeline import legal_hold
from indicators.pipeline.legal_hold import LegalHoldError, Scope


class Command(BaseCommand):
    help = (
        "Keep what was submitted within a scope from being purged, for a time: one person asks, "
        "another approves. docs/law.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="holds, newest first")
        _add_request(verbs.add_parser("request", help="ask for one"))
        for name, said in (
            ("approve", "agree to what another person asked for"),
            ("release", "end one, or take back the wish for one"),
        ):
            verb = verbs.add_parser(name, help=said)
            verb.add_argument("hold", metavar="ID", help="its id, or how the id begins")
        for name, verb in verbs.choices.items():
            if name != "list":
                add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        if options["verb"] == "list":
            self.stdout.write(_listing())
            return
        desk = Desk.of(options["by"])
        try:
            self.stdout.write(_STEPS[options["verb"]](desk, options))
        except LegalHoldError as error:
            raise CommandError(str(error)) from error


def _add_request(parser: CommandParser) -> None:
    parser.add_argument("--matter", required=True, help="the reference of the case; no names")
    parser.add_argument("--member", metavar="SLUG", help="what this member sent")
    parser.add_argument("--collection", metavar="ALIAS", help="what was sent into this collection")
    parser.add_argument("--submission", type=an_id, metavar="ID", help="this submission alone")
    parser.add_argument("--from", dest="since", type=_day, metavar="DAY", help="received from")
    parser.add_argument("--until", type=_day, metavar="DAY", help="received before")
    parser.add_argument(
        "--days", type=int, default=LONGEST_HOLD, help=f"from approval; {LONGEST_HOLD} at most"
    )
    parser.add_argument("--renew", metavar="ID", default="", help="the scope of an earlier hold")


def _day(text: str) -> datetime:
    """For argparse: a day as YYYY-MM-DD, its beginning in UTC."""
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)


def _request(desk: Desk, options: dict[str, Any]) -> str:
    desk.require("add_legalhold")
    earlier = legal_hold.find(options["renew"]) if options["renew"] else None
    scope = Scope.of(earlier) if earlier else _scope(options)
    with desk.at_work("legal_hold request", "legal-hold"):
        made = legal_hold.request(
            desk.person, scope, matter=options["matter"], days=options["days"], renews=earlier
        )
    return f"Asked for {made.id} ({scope}). Another person approves it."


def _scope(options: dict[str, Any]) -> Scope:
    submission = None
    if options["submission"]:
        submission = Submission.objects.filter(pk=options["submission"]).first()
        if submission is None:
            raise CommandError(f"There is no submission {options['submission']}.")
    return Scope(
        member=clerk.member(options["member"]) if options["member"] else None,
        collection=clerk.collection(options["collection"]) if options["collection"] else None,
        submission=submission,
        received_from=options["since"],
        received_until=options["until"],
    )


def _approve(desk: Desk, options: dict[str, Any]) -> str:
    desk.require("change_legalhold")
    hold = legal_hold.find(options["hold"])
    with desk.at_work("legal_hold approve", f"legal-hold/{hold.id}"):
        done = legal_hold.approve(desk.person, hold.id)
    return f"{done} is in force until {done.expires_at:%Y-%m-%d}."


def _release(desk: Desk, options: dict[str, Any]) -> str:
    if "indicators.change_legalhold" not in desk.rights:
        desk.require("add_legalhold")
    hold = legal_hold.find(options["hold"])
    with desk.at_work("legal_hold release", f"legal-hold/{hold.id}"):
        legal_hold.release(desk.person, hold.id)
    return f"{hold} is released; what it kept goes with the next night."


def _listing() -> str:
    now = clerk.at_the_command_line().now
    holds = LegalHold.objects.select_related("member", "collection", "submission")
    lines = [
        f"{each.id}  {legal_hold.state_of(each, now=now)}  {each.matter}  {Scope.of(each)}  "
        f"by {each.requested_by}"
        for each in holds.order_by("-requested_at")
    ]
    return "\n".join(lines) or "None."


_STEPS: dict[str, Callable[[Desk, dict[str, Any]], str]] = {
    "request": _request,
    "approve": _approve,
    "release": _release,
}
