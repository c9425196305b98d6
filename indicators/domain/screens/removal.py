"""Secrets, card numbers and patients' prompts are taken out of an object before anything sees it.

They are put neither into the review queue nor into any message: in the place of the text stands
`REMOVED`. The lab is told what kind of thing was found and where, never the value. What remains is
the sealed body of the submission, until its retention ends. Slots of which tokens take the place
are left alone, and so are bare hashes and ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from indicators.domain.objects import JSON, ReceivedObject, Removed
from indicators.domain.outcomes import Reason
from indicators.domain.screens.detectors import blocked
from indicators.domain.screens.linear import Form
from indicators.domain.screens.packs import Rule
from indicators.domain.screens.views import LONGEST


REMOVED = "(removed)"
"""Stands where a text was taken out; nobody reads or releases it."""
_A_NAME = "a property"
"""What is said of one whose very name is not kept."""


def cleaned(received: ReceivedObject) -> ReceivedObject:
    """The object without secrets and card numbers, and what was taken out of it."""
    texts = "\n".join(_texts(received.body))
    if len(texts) <= LONGEST and not blocked(texts):
        return received
    kept: dict[str, object] = {}
    removed: list[Removed] = []
    for name, value in received.body.items():
        rules: list[Rule] = []
        where = name
        if _found(name, rules):
            where = _A_NAME
        elif _is_slot(received.body, name):
            kept[name] = value
        else:
            bare, login = _without_login(received.type, name, value)
            kept[name] = _without(bare, rules, is_pattern=name == "pattern")
            removed += [replace(_told(received, name, each), is_essential=False) for each in login]
        removed += [_told(received, where, rule) for rule in dict.fromkeys(rules)]
    return replace(received, body=kept, removed=tuple(removed)) if removed else received


def notes(received: ReceivedObject) -> list[str]:
    """What the lab is told, one phrase for each place and kind."""
    return [f"{each.where} removed: {each.reason} ({each.kind})" for each in received.removed]


def only_removed(value: object) -> bool:
    """Whether nothing but the mark of a removal is left of a value."""
    parts = value if isinstance(value, list) else [value]
    return bool(parts) and all(part == REMOVED for part in parts)


def _told(received: ReceivedObject, name: str, rule: Rule) -> Removed:
    return Removed(
        where=name[:60],
        kind=rule.kind,
        rule_id=rule.id,
        reason=_reason(rule),
        is_essential=name in _ESSENTIAL or (received.type, name) in _ESSENTIAL_OF,
    )


def _reason(rule: Rule) -> Reason:
    if rule.category == "secret":
        return Reason.SECRET_REMOVED
    return Reason.CARD_REMOVED if rule.proof == "card" else Reason.PERSONAL_REMOVED


def _without_login(type_: str, name: str, value: object) -> tuple[object, list[Rule]]:
    """A URL without the user and password in it, and the rule by which they went.

    They are no part of what is published (RFC 3986, 3.2.1); the rest says where traffic went.
    """
    rules: list[Rule] = []
    if (type_, name) in _URLS and isinstance(value, str) and _LOGIN.found_in(value):
        _found(_text(value, is_pattern=name == "pattern"), rules)
        value = _LOGIN.replaced(value, "://") if rules else value
    return value, rules


_URLS = frozenset({("url", "value"), ("indicator", "pattern")})
_LOGIN = Form(r"://[^\s/?#'@]{1,200}@")

_ESSENTIAL = frozenset({"pattern", "value", "content"})
_ESSENTIAL_OF = frozenset({("identity", "name"), ("tool", "name"), ("software", "name")})
"""Without these an object says nothing."""

_SLOTS: Mapping[str, frozenset[str]] = {
    "email-addr": frozenset({"value"}),
    "mac-addr": frozenset({"value"}),
    "match-token": frozenset({"value"}),
    "payment-card": frozenset({"value"}),
    "phone-number": frozenset({"value"}),
    "prompt-family": frozenset({"bands"}),
    "user-account": frozenset({"account_login", "user_id"}),
}
"""Properties whose values tokens take the place of."""
_SLOTTED = "|".join(_SLOTS)
_HAS_SLOT = re.compile(rf"(?:{_SLOTTED}):")
_SLOTS_OF_PATTERNS = Form(
    rf"\b(?:{_SLOTTED}):[\w.\[\]*-]+\s+(?:NOT\s+)?(?:=|!=|IN)\s*"
    r"(?:'(?:[^'\\]|\\.)*'|\((?:[^()']|'(?:[^'\\]|\\.)*')*\))"
)
_BARE = re.compile(
    r"(?:[a-z0-9-]{1,60}--)?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an id
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]{8,20}Z"  # a time
    r"|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{128}"  # a hash
)


def _is_slot(body: JSON, name: str) -> bool:
    return name in _SLOTS.get(str(body.get("type")), ())


def _texts(body: JSON) -> Iterator[str]:
    """Every text, number and name of the object that is looked at."""
    for name, value in body.items():
        yield name
        if not _is_slot(body, name):
            yield from _texts_of(value, is_pattern=name == "pattern")


def _texts_of(value: object, *, is_pattern: bool = False) -> Iterator[str]:
    if isinstance(value, dict):
        for name, part in value.items():
            yield name
            yield from _texts_of(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts_of(part)
    elif text := _text(value, is_pattern=is_pattern):
        yield text


def _text(value: object, *, is_pattern: bool) -> str:
    """What there is to look at in a value that has no parts."""
    if isinstance(value, bool) or value is None:
        return ""
    text = str(value)
    if _BARE.fullmatch(text):
        return ""
    if is_pattern and _HAS_SLOT.search(text):
        return _SLOTS_OF_PATTERNS.replaced(text, "")
    return text


def _without(value: object, rules: list[Rule], *, is_pattern: bool = False) -> object:
    """The value without what must not be kept; the rules by which it went are added to the list."""
    if isinstance(value, dict):
        return {
            name: _without(part, rules) for name, part in value.items() if not _found(name, rules)
        }
    if isinstance(value, list):
        parts = [_without(part, rules) for part in value]
        return [part for part in parts if part != REMOVED] or parts
    return REMOVED if _found(_text(value, is_pattern=is_pattern), rules) else value


def _found(text: str, rules: list[Rule]) -> bool:
    rule = blocked(text) if text else None
    if rule:
        rules.append(rule)
    return rule is not None
