from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.management.clerk import at_the_command_line
from indicators.management.desk import Desk, add_login, an_id
from indicators.models.government_request import GovernmentRequest
from indicators.pipeline import government
from indicators.pipeline.government import RequestError


class Command(BaseCommand):
    help = (
        "The register of what public authorities asked for, and what was answered. It opens "
        "nothing, and no authority has a role. docs/law.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="requests, newest first")
        count = verbs.add_parser("count", help="how many in a year, by answer: for the public")
        count.add_argument("year", type=int, nargs="?", help="default: this one")
        add = verbs.add_parser("add", help="record one")
        add.add_argument("--received-on", type=_day, required=True, metavar="DAY")
        add.add_argument("--jurisdiction", required=True, metavar="CC", help="ISO 3166-1 alpha-2")
        add.add_argument("--authority", required=True, choices=GovernmentRequest.Authority.values)
        add.add_argument("--instrument", required=True, choices=GovernmentRequest.Instrument.values)
        add.add_argument("--reference", required=True, help="the case file; no names")
        answer = verbs.add_parser("answer", help="record what was answered")
        answer.add_argument("request", type=an_id, metavar="ID")
        answer.add_argument("answer", choices=GovernmentRequest.Answer.values)
        for verb in (add, answer):
            add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            self.stdout.write(_STEPS[options["verb"]](options))
        except RequestError as error:
            raise CommandError(str(error)) from error


def _day(text: str) -> date:
    """For argparse: a day as YYYY-MM-DD."""
    return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC).date()


def _add(options: dict[str, Any]) -> str:
    desk = Desk.of(options["by"])
    desk.require("add_governmentrequest")
    with desk.at_work("government_request add", "government-request"):
        made = government.record_request(
            desk.person,
            received_on=options["received_on"],
            jurisdiction=options["jurisdiction"],
            authority=options["authority"],
            instrument=options["instrument"],
            reference=options["reference"],
        )
    return f"Recorded {made.id}."


def _answer(options: dict[str, Any]) -> str:
    desk = Desk.of(options["by"])
    desk.require("change_governmentrequest")
    with desk.at_work("government_request answer", f"government-request/{options['request']}"):
        government.record_answer(desk.person, options["request"], answer=options["answer"])
    return f"Recorded: {options['answer']}."


def _count(options: dict[str, Any]) -> str:
    year = options["year"] or at_the_command_line().now.year
    return "\n".join(f"{each}: {n}" for each, n in government.counts(year).items())


def _listing(_options: dict[str, Any]) -> str:
    lines = [
        f"{each.id}  {each.received_on}  {each.jurisdiction}  {each.authority}  "
        f"{each.instrument}  {each.answer}"
        for each in GovernmentRequest.objects.order_by("-received_on")
    ]
    return "\n".join(lines) or "None."


_STEPS: dict[str, Callable[[dict[str, Any]], str]] = {
    "add": _add,
    "answer": _answer,
    "count": _count,
    "list": _listing,
}
