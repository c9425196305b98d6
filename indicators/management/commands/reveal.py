from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from indicators.domain.review_policy import current_review_policy
from indicators.management import clerk
from indicators.management.desk import Desk, add_login, an_id
from indicators.models.reveal import Reveal
from indicators.pipeline import reveal


class Command(BaseCommand):
    help = (
        "Open the link from one object to the members behind it: one person asks, another "
        "approves, the first opens it, once and within the hour. Needs FORUM_KEYS. "
        "docs/review.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        verbs.add_parser("list", help="requests, newest first")
        request = verbs.add_parser("request", help="ask for one object of one collection")
        request.add_argument("collection", metavar="COLLECTION", help="the collection's alias")
        request.add_argument("object", metavar="STIX_ID", help="the Forum's id of the object")
        reasons = list(current_review_policy().reveal_reasons)
        request.add_argument("--reason", required=True, choices=reasons)
        request.add_argument("--text", required=True, help="why, for the other to judge; sealed")
        request.add_argument("--reference", default="", help="of the case file")
        for name, said in (
            ("approve", "agree to what another person asked for"),
            ("refuse", "refuse what another person asked for"),
            ("open", "look, once"),
        ):
            verb = verbs.add_parser(name, help=said)
            verb.add_argument("request", type=an_id, metavar="ID")
        for name, verb in verbs.choices.items():
            if name != "list":
                add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            if options["verb"] == "list":
                self.stdout.write(listing())
            else:
                desk = Desk.of(options["by"])
                desk.require(_RIGHTS[options["verb"]])
                self.stdout.write(_STEPS[options["verb"]](desk, options))
        except reveal.RevealError as error:
            raise CommandError(str(error)) from error


_RIGHTS = {
    "request": "request_reveal",
    "approve": "approve_reveal",
    "refuse": "approve_reveal",
    "open": "request_reveal",
}
_MOST = 50


def listing() -> str:
    now = clerk.at_the_command_line().now
    asked = Reveal.objects.select_related("collection").order_by("-requested_at")[:_MOST]
    return "\n".join(_line(each, reveal.standing(each, now=now)) for each in asked) or "None."


def _line(asked: Reveal, standing: str) -> str:
    where = f"{asked.collection.alias}/{asked.stix_id}"
    return f"{asked.id}  {standing}  {asked.reason}  by {asked.requested_by}  {where}"


def _request(desk: Desk, options: dict[str, Any]) -> str:
    collection = clerk.collection(options["collection"])
    with desk.at_work("reveal request", f"reveal/of/{collection.alias}"):
        made = reveal.request(
            collection,
            options["object"],
            reason=options["reason"],
            text=options["text"],
            reference=options["reference"],
            **_clerk(desk),
        )
    return f"Asked for: {made.id}. Another person approves it with `reveal approve {made.id}`."


def _approve(desk: Desk, options: dict[str, Any]) -> str:
    with desk.at_work("reveal approve", f"reveal/{options['request']}"):
        asked = reveal.approve(options["request"], **_clerk(desk))
    return f"Approved. {asked.requested_by} may open it once until {asked.expires_at:%H:%M} UTC."


def _refuse(desk: Desk, options: dict[str, Any]) -> str:
    with desk.at_work("reveal refuse", f"reveal/{options['request']}"):
        reveal.refuse(options["request"], **_clerk(desk))
    return "Refused."


def _open(desk: Desk, options: dict[str, Any]) -> str:
    with transaction.atomic():  # the opening itself commits on its own
        desk.note("reveal open", f"reveal/{options['request']}")
    found = reveal.open_once(options["request"], **_clerk(desk))
    return "\n".join(
        f"{each.member}  {each.state}{', leads' if each.is_first else ''}  "
        f"{each.first_day} to {each.last_day}"
        for each in found
    )


def _clerk(desk: Desk) -> dict[str, Any]:
    return {"by": desk.login, "policy": desk.clerk.policy, "now": desk.clerk.now}


_STEPS: dict[str, Callable[[Desk, dict[str, Any]], str]] = {
    "request": _request,
    "approve": _approve,
    "refuse": _refuse,
    "open": _open,
}
