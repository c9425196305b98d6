"""By what the Forum's own words are known when they come back, even under other ids.

A tool may give what it pulled an id, an author and a marking of its own before it posts it back.
What it then still says is compared, as keyed tags, with what the Forum has published: the name or
designation that the Forum made; of an indicator its pattern with both its times, and of
observed data, groupings and reports all they say. Nothing an independent lab would say by itself is
among them: an indicator's times are the Forum's own, cut and computed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indicators.domain.canonical import NotCanonicalError, canonical_bytes
from indicators.domain.render import own_name, words_of
from indicators.domain.stix.types import SCO_TYPES


_DESIGNATION = re.compile(r"FDA-(?:OP|[0-9]{4})-[0-9]+(?: infrastructure| [A-Z0-9 ]+)?")
"""What the Forum calls a campaign, by its number and perhaps a name, its network, an operator."""
_TIMED = ("pattern", "pattern_type", "valid_from", "valid_until")
_BY_ALL_THEY_SAY = frozenset({"observed-data", "grouping", "report"})
_WHOSE_AND_WHEN = frozenset(
    {"id", "created_by_ref", "created", "modified", "object_marking_refs", "name", "labels"}
    | {"spec_version", "revoked", "lang"}
)


def marks(body: Mapping[str, object]) -> list[bytes]:
    """What an echo of this object would bear, or what this object bears if it is one."""
    type_ = str(body.get("type"))
    if type_ in SCO_TYPES:
        return [words_of(body)]
    if body.get("revoked") is True:
        return []
    try:
        return [canonical_bytes(each) for each in _said(type_, body)]
    except NotCanonicalError:
        return []  # nothing that the Forum has said


def _said(type_: str, body: Mapping[str, object]) -> Iterator[list[object]]:
    if name := body.get("name"):
        yield [type_, "name", name]
    if type_ == "indicator" and all(name in body for name in _TIMED):
        yield [type_, "times", *(body[name] for name in _TIMED)]
    if type_ in _BY_ALL_THEY_SAY:
        kept = {
            name: value
            for name, value in body.items()
            if name not in _WHOSE_AND_WHEN and not name.startswith("x_")
        }
        yield [type_, "all", kept]


def published_marks(body: Mapping[str, object]) -> list[bytes]:
    """The marks of one of the Forum's versions: less a name that a lab gave and a person let go."""
    type_, stix_id, name = str(body["type"]), str(body["id"]), str(body.get("name", ""))
    if type_ in SCO_TYPES or name == own_name(type_, stix_id) or _DESIGNATION.fullmatch(name):
        return marks(body)
    return marks({name: value for name, value in body.items() if name != "name"})
