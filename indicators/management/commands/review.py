from __future__ import annotations

import json
import uuid
from argparse import ArgumentTypeError
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from indicators.domain.outcomes import Reason
from indicators.domain.review_policy import current_review_policy
from indicators.domain.review_templates import current_templates
from indicators.management.clerk import at_the_command_line
from indicators.management.desk import Desk, add_login, an_id
from indicators.models.submission import HeldObject
from indicators.pipeline import review


class Command(BaseCommand):
    help = (
        "Read and decide what is held. Every verb but list and show acts in the name of --by, and "
        "takes effect when the time to undo it is over (REVIEW_UNDO_SECONDS). docs/review.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB")
        add_list(verbs.add_parser("list", help="what waits, by rank and age"))
        add_item(verbs.add_parser("show", help="one item, with its content"))
        claim = verbs.add_parser("claim", help="have an item, or the next free one, for a while")
        claim.add_argument("item", nargs="?", type=an_id, metavar="ID", help="default: the next")
        claim.add_argument("--give-back", action="store_true", help="end the claim")
        release = verbs.add_parser("release", help="let it go in the lab's words")
        add_item(release)
        add_personal(release)
        add_template(verbs.add_parser("release-with-template", help="let it go in the Forum's"))
        add_item(verbs.add_parser("confirm", help="be the second person to a release"))
        add_reject(verbs.add_parser("reject", help="refuse it; the lab reads why"))
        add_escalate(verbs.add_parser("escalate", help="pass it on to somebody else"))
        add_item(verbs.add_parser("undo", help="take a decision back before it takes effect"))
        for name, verb in verbs.choices.items():
            if name not in _READING:
                add_login(verb)

    def handle(self, *_args: Any, **options: Any) -> None:
        verb = options["verb"]
        try:
            if verb in _READING:
                self.stdout.write(_READING[verb](options))
            else:
                self.stdout.write(decide(verb, options))
        except review.ReviewError as error:
            raise CommandError(str(error)) from error


def add_item(parser: CommandParser) -> None:
    parser.add_argument("item", type=an_id, metavar="ID", help="of the held item")


def add_list(parser: CommandParser) -> None:
    parser.add_argument("--reason", choices=list(Reason), metavar="REASON", default="")
    parser.add_argument("--line", choices=list(current_review_policy().lines), default=None)
    parser.add_argument("--limit", type=_at_least_one, default=50, metavar="N", help="default 50")


def add_personal(parser: CommandParser) -> None:
    shared: dict[str, Any] = {"nargs": "*", "metavar": "NAME", "default": None}
    parser.add_argument(
        "--directly-related",
        help="personal data in it belongs to the threat: all findings, or those named",
        **shared,
    )
    parser.add_argument(
        "--no-personal-data",
        help="a screen was mistaken: all findings, or those named",
        **shared,
    )


def add_template(parser: CommandParser) -> None:
    add_item(parser)
    parser.add_argument("template", choices=list(current_templates().release), metavar="TEMPLATE")
    parser.add_argument(
        "--set", nargs="*", default=[], metavar="NAME=WORD", help="a parameter of the text"
    )
    parser.add_argument("--in-place-of", default="", metavar="PROPERTY", help="if several fit")


def add_reject(parser: CommandParser) -> None:
    add_item(parser)
    parser.add_argument("code", choices=list(current_templates().reject), metavar="CODE")
    parser.add_argument("--message", default="", help="more for the lab to read")


def add_escalate(parser: CommandParser) -> None:
    add_item(parser)
    parser.add_argument("to", choices=list(current_review_policy().lines), metavar="LINE")
    parser.add_argument("--why", required=True, help="for whoever takes it up; kept sealed")


def listing(options: dict[str, Any]) -> str:
    now = at_the_command_line().now
    entries = review.waiting_list(
        now=now, limit=options["limit"], reason=options["reason"], line=options["line"]
    )
    return "\n".join([str(review.counts(now=now)), *(_line(each) for each in entries)])


def _line(entry: review.Entry) -> str:
    held = entry.held
    people = [
        f"with {held.escalated_to}" if held.escalated_to else "",
        f"claimed by {entry.claim}" if entry.claim else "",
        f"proposed by {held.first_by}" if held.first_by else "",
    ]
    told = [
        str(held.id),
        f"rank {held.rank}",
        entry.clock,
        held.submission.collection.alias,
        held.part,
        ", ".join([*held.reasons, *held.rule_ids]),
        *filter(None, people),
    ]
    return "  ".join(told)


def showing(options: dict[str, Any]) -> str:
    held = review.find(options["item"])
    entry = review.entry(held, now=at_the_command_line().now)
    found = review.personal_findings(held)
    told = [
        f"{held.part} held for {', '.join(held.reasons)}; {entry.clock}",
        review.standing(held),
        f"rules: {', '.join(held.rule_ids) or 'none'}",
        f"personal data: {', '.join(found.values())}" if found else "",
        "needs a second person" if review.needs_two(held) else "",
        f"passed on: {review.why_escalated(held)}" if held.escalated_to else "",
        _content(held),
    ]
    return "\n".join(filter(None, told))


def _content(held: HeldObject) -> str:
    if review.is_hidden(held):
        return "The content is shown to nobody: it cannot be released as it is."
    return json.dumps(dict(review.shown(held)), indent=2)  # escapes what is not ASCII


_READING: dict[str, Callable[[dict[str, Any]], str]] = {"list": listing, "show": showing}


def decide(verb: str, options: dict[str, Any]) -> str:
    """Take one step in somebody's name, and say where the item stands then."""
    desk = Desk.of(options["by"])
    item: uuid.UUID | None = options["item"]
    with desk.at_work(f"review {verb}", f"held/{item or 'next'}"):
        desk.require(review.right_to_decide(review.lock(item)) if item else "change_heldobject")
        held = _STEPS[verb](desk, options)
    return f"{held.id}  {_said(held, verb)}" if held else "Nothing is free."


def _said(held: HeldObject, verb: str) -> str:
    if verb == "claim" and held.claimed_until:
        return f"Yours until {held.claimed_until:%H:%M:%S} UTC."
    return review.standing(held)


def _clerk(desk: Desk) -> dict[str, Any]:
    return {"by": desk.login, "policy": desk.clerk.policy, "now": desk.clerk.now}


def _claim(desk: Desk, options: dict[str, Any]) -> HeldObject | None:
    item = options["item"]
    if options["give_back"]:
        if not item:
            raise CommandError("Name the item that you give back.")
        return review.give_back(item, **_clerk(desk))
    return review.claim(item, **_clerk(desk)) if item else review.claim_next(**_clerk(desk))


def _release(desk: Desk, options: dict[str, Any]) -> HeldObject:
    personal = review.PersonalData(
        _names(options["directly_related"]), _names(options["no_personal_data"])
    )
    return review.release(options["item"], personal=personal, **_clerk(desk))


def _names(given: list[str] | None) -> frozenset[str]:
    """A bare option speaks of all findings."""
    if given is None:
        return frozenset()
    return frozenset(given or [review.ALL])


def _release_with_template(desk: Desk, options: dict[str, Any]) -> HeldObject:
    return review.release_with_template(
        options["item"],
        template=options["template"],
        choices=dict(each.partition("=")[::2] for each in options["set"]),
        in_place_of=options["in_place_of"],
        **_clerk(desk),
    )


def _reject(desk: Desk, options: dict[str, Any]) -> HeldObject:
    return review.reject(
        options["item"], code=options["code"], message=options["message"], **_clerk(desk)
    )


def _escalate(desk: Desk, options: dict[str, Any]) -> HeldObject:
    return review.escalate(options["item"], to=options["to"], why=options["why"], **_clerk(desk))


_STEPS: dict[str, Callable[[Desk, dict[str, Any]], HeldObject | None]] = {
    "claim": _claim,
    "release": _release,
    "release-with-template": _release_with_template,
    "confirm": lambda desk, options: review.confirm(options["item"], **_clerk(desk)),
    "reject": _reject,
    "escalate": _escalate,
    "undo": lambda desk, options: review.undo(options["item"], **_clerk(desk)),
}


def _at_least_one(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) < 1:
        raise ArgumentTypeError("a whole number from 1 on is wanted")
    return int(text)
