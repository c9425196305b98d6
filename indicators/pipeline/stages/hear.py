"""What does a member say of what stands? A sighting or an opinion becomes a word, a bucket, days.

Words of closed lists alone go on. Who saw it, where, and every sentence are left behind and named
to the lab: how a member looks and what it did are a rival's conduct.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from indicators.domain.disclosure import REFERENCES, Policy, TypeRule
from indicators.domain.feedback import NOT_SIGHTED, SIGHTED, floor_of, verdict_of
from indicators.domain.objects import JSON, Said, ValidObject
from indicators.domain.screens.marking import check_marking
from indicators.domain.stix.extensions import BY_ID, BY_NAME
from indicators.domain.stix.times import parse_time
from indicators.domain.surroundings import Surroundings


_COMMON = frozenset({
    "id", "type", "spec_version", "created", "modified", "created_by_ref", "object_marking_refs",
    "granular_markings", "revoked", "lang", "extensions",
})  # fmt: skip


def hear(valid: ValidObject, *, policy: Policy, around: Surroundings) -> Said:
    """Take what is counted out of one sighting or opinion.

    Raises:
        Held: it is marked for fewer readers than the collection has.
    """
    check_marking(valid.received, around=around)
    rule, body = policy.types[valid.type], valid.received.body
    count = body.get("count")
    days = sorted(_days(body, around.now))
    return Said(
        ordinal=valid.received.ordinal,
        verdict=_verdict(body, count),
        basis=str(_extension(body, "share-governance").get("basis", "own-telemetry")),
        count=floor_of(count) if isinstance(count, int) else None,
        first_day=days[0],
        last_day=days[-1],
        references=tuple(_references(body, rule)),
        is_about_many="object_refs" in rule.properties,
        dropped=tuple(sorted(_dropped(body, rule))),
    )


def _verdict(body: JSON, count: object) -> str:
    if body["type"] == "sighting":
        return NOT_SIGHTED if count == 0 else SIGHTED
    said = _extension(body, "feedback-verdict").get("verdict")
    return str(said) if said else verdict_of(str(body["opinion"]))


def _days(body: JSON, now: datetime) -> Iterator[date]:
    """When it was seen, never after today; or today."""
    said = [body[name] for name in ("first_seen", "last_seen") if name in body]
    for each in said:
        yield min(parse_time(str(each)).date(), now.date())
    if not said:
        yield now.date()


def _references(body: JSON, rule: TypeRule) -> Iterator[str]:
    for name, each in rule.properties.items():
        if each.action in REFERENCES and name in body:
            found = body[name]
            yield from dict.fromkeys(map(str, found if isinstance(found, list) else [found]))


def _dropped(body: JSON, rule: TypeRule) -> Iterator[str]:
    for name in body.keys() - _COMMON:
        if name not in rule.properties or rule.properties[name].action == "drop":
            yield name[:60]
    extensions = body.get("extensions")
    for identifier in extensions if isinstance(extensions, Mapping) else ():
        own = BY_ID.get(identifier)
        if own is None or own.name not in rule.extensions:
            yield f"extensions.{identifier[:60]}"


def _extension(body: JSON, name: str) -> Mapping[str, object]:
    extensions = body.get("extensions")
    found = extensions.get(BY_NAME[name].id) if isinstance(extensions, Mapping) else None
    return found if isinstance(found, Mapping) else {}
