"""The daily run: what at least k members saw is said to be corroborated, and follows all of them.

Until k distinct members contributed from telemetry of their own, nothing that is exported depends
on any but the first; and whatever depends on more changes here alone, once a day, so that no lab
can tell by trying who came when (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.stix.times import format_time, parse_time, round_up
from indicators.domain.stix.types import SCO_TYPES
from indicators.models.collection import Collection
from indicators.pipeline import bulk, release
from indicators.pipeline.publish import CORROBORATED, Publisher, revised
from indicators.pipeline.standing import lock_live, standing_bodies
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class _Agreed:
    """What all contributors to one object say together, and what the one says that it follows."""

    corroborated: bool
    confidence: int | None
    until: date | None
    first_confidence: int | None
    first_until: datetime | None
    first_day: date | None
    """The day of that end, if only the day is known."""


def run(*, policy: Policy, now: datetime) -> int:
    """Count anew in every sharing collection and beside it; return how many objects changed."""
    kinds = [Collection.Kind.SHARING, Collection.Kind.TOKENS]
    collections = Collection.objects.filter(kind__in=kinds).order_by("id")
    return sum(
        _say(Publisher(each, policy, now), part)
        for each in collections
        for part in _parts(list(_counted(each).items()))
    )


def _parts(counted: Sequence[tuple[str, _Agreed]]) -> Iterator[dict[str, _Agreed]]:
    for start in range(0, len(counted), _AT_ONCE):
        yield dict(counted[start : start + _AT_ONCE])


def _counted(collection: Collection) -> dict[str, _Agreed]:
    """What is corroborated now, or was until now."""
    rows = bulk.rows(
        """SELECT stix_id, members >= %(k)s, confidence, until, firsts[1], first_until, ends[1]
           FROM (
               SELECT o.stix_id, o.corroborated,
                      count(DISTINCT c.contrib_tag) FILTER (WHERE c.saw) AS members,
                      max(c.confidence) FILTER (WHERE c.saw) AS confidence,
                      max(c.until) FILTER (WHERE c.saw) AS until,
                      array_agg(c.confidence ORDER BY c.is_first DESC, c.first_day, c.lookup_tag)
                          AS firsts,
                      array_agg(c.until ORDER BY c.is_first DESC, c.first_day, c.lookup_tag)
                          AS ends,
                      max(c.exact_until) AS first_until
               FROM forum_object o LEFT JOIN (
                   SELECT *, basis = 'own-telemetry' AS saw FROM contribution
                   WHERE state = 'active') AS c
                 ON c.collection_id = o.collection_id AND c.stix_id = o.stix_id
               WHERE o.collection_id = %(collection)s AND o.state = 'live'
               GROUP BY o.stix_id, o.corroborated
           ) AS counted WHERE corroborated OR members >= %(k)s""",
        {"k": collection.k, "collection": collection.id},
    )
    return {stix_id: _Agreed(*agreed) for stix_id, *agreed in rows}


@transaction.atomic
def _say(publisher: Publisher, agreed: dict[str, _Agreed]) -> int:
    collection = publisher.collection
    with publishing():
        standing = lock_live(collection, sorted(agreed))
        for corroborated in (True, False):
            ids = [key for key in standing if agreed[key].corroborated is corroborated]
            bulk.run(
                "UPDATE forum_object SET corroborated = %s "
                "WHERE collection_id = %s AND stix_id = ANY(%s)",
                [corroborated, collection.id, ids],
            )
        bodies = standing_bodies(collection, standing)
        items = [
            item for key, body in bodies.items() if (item := _item(publisher, body, agreed[key]))
        ]
        publisher.reissue(items)
    said = [each.stix_id for each in items]
    acts = published_acts(said, act="object corroborated", collection=collection.alias)
    record(acts, policy=publisher.policy, now=publisher.now)
    with publishing():
        publisher.publish()
    return len(said)


def _item(publisher: Publisher, body: dict[str, Any], agreed: _Agreed) -> release.Item | None:
    """The next version; None for what has no room for a label, or says it already."""
    if body["type"] in SCO_TYPES:
        return None
    parts = _parts_of(body, agreed)
    if all(body.get(name) == value for name, value in parts.items()):
        return None
    return revised(publisher, body, parts)


def _parts_of(body: dict[str, Any], agreed: _Agreed) -> dict[str, object]:
    kept = [each for each in body.get("labels", ()) if each != CORROBORATED]
    parts: dict[str, object] = {
        "labels": sorted([*kept, CORROBORATED]) if agreed.corroborated else kept or None
    }
    if agreed.corroborated:
        return parts | _together(body, agreed)
    return parts | _alone(body, agreed) if CORROBORATED in body.get("labels", ()) else parts


def _together(body: Mapping[str, Any], agreed: _Agreed) -> dict[str, object]:
    """The highest confidence and the latest end of all."""
    parts: dict[str, object] = {}
    if agreed.confidence is not None:
        parts["confidence"] = agreed.confidence
    if agreed.until and "valid_until" in body:
        parts["valid_until"] = format_time(_latest(agreed.until, agreed.first_until))
    return parts


def _latest(day: date, exact: datetime | None) -> datetime:
    """Only days are kept of all but the first: the first's hour counts on its own day."""
    midnight = datetime.combine(day, time(), UTC)
    return exact if exact and midnight <= round_up(exact, "day") else midnight


def _alone(body: Mapping[str, Any], agreed: _Agreed) -> dict[str, object]:
    """What the one says that it follows; where that one has gone, the first who is left."""
    parts: dict[str, object] = {"confidence": agreed.first_confidence}
    if agreed.first_until:
        parts["valid_until"] = format_time(agreed.first_until)
    elif agreed.first_day and "valid_until" in body:
        midnight = datetime.combine(agreed.first_day, time(), UTC)
        parts["valid_until"] = format_time(min(midnight, parse_time(body["valid_until"])))
    return parts
