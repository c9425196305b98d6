"""The daily run over feedback: what at least k members say of an object, the Forum says to all.

A sighting or an opinion of the Forum's own beside the object, in the same collection; it falls with
it. No value in it is one member's: the count, the beginning and the end are such that k members
alone would lead to them. It changes when the bucket does, and is revoked when fewer are left;
either way once a day for all, so that trying does not tell who came when (docs/privacy.md).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any, TypeAlias

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.feedback import (
    ANONYMOUS_MEMBER_ID,
    NOT_SIGHTED,
    SIGHTED,
    SIGHTINGS,
    feedback_policy,
    floor_of,
)
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.times import cut_down, format_time
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.publish import Own, Publisher, revised, speak
from indicators.pipeline.standing import lock_standing, standing_bodies
from indicators.pipeline.takedown import parts, take_down
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


_VERDICT = BY_NAME["feedback-verdict"]
_NO_TIMES: Mapping[str, object] = {"first_seen": None, "last_seen": None}
_Key: TypeAlias = tuple[str, str]
"""What a summary is about, and which verdict it is of."""


@dataclass(frozen=True, slots=True)
class _Summary:
    """What at least k members say of one object."""

    seen: int
    since: date
    """The day by which k members had seen it."""
    until: date
    """The day after which k members still saw it."""


def run(*, policy: Policy, now: datetime) -> int:
    """Say anew what members say in every sharing collection; return how many objects changed."""
    kinds = [Collection.Kind.SHARING, Collection.Kind.TOKENS]
    return sum(
        _run_in(Publisher(each, policy, now))
        for each in Collection.objects.filter(kind__in=kinds).order_by("id")
    )


def _run_in(publisher: Publisher) -> int:
    due = _due(publisher.collection)
    ended = take_down(
        publisher.collection,
        [body["id"] for key, body in _said(publisher.collection).items() if key not in due],
        act="feedback ended",
        policy=publisher.policy,
        now=publisher.now,
    )
    return ended + sum(_say(publisher, due, part) for part in parts(sorted(due)))


@transaction.atomic
def _say(publisher: Publisher, due: Mapping[_Key, _Summary], keys: Sequence[_Key]) -> int:
    collection = publisher.collection
    with publishing():
        standing = {*lock_standing(collection, sorted({about for about, _ in keys}))}
        # After the lock: another run that held it has said by now what it had to say.
        said = _said(collection, sorted(standing))
        words = [_words(key, due[key]) for key in keys if key[0] in standing and key not in said]
        changed = [
            revised(publisher, said[key], {**_NO_TIMES, **_parts(due[key])})
            for key in keys
            if key in said and key[1] == SIGHTED and said[key]["count"] != due[key].seen
        ]
        publisher.reissue(changed)
        ids = [*speak(publisher, words, tied=True), *(each.stix_id for each in changed)]
    acts = published_acts(ids, act="feedback summed up", collection=collection.alias)
    record(acts, policy=publisher.policy, now=publisher.now)
    return len(ids)


def _words(key: _Key, summary: _Summary) -> Own:
    about, verdict = key
    if verdict in SIGHTINGS:
        seen = {"count": 0} if verdict == NOT_SIGHTED else _parts(summary)
        targets = {"sighting_of_ref": (about,), "where_sighted_refs": (ANONYMOUS_MEMBER_ID,)}
        return Own("sighting", seen, targets)
    properties: dict[str, object] = {
        "opinion": feedback_policy().opinions[verdict],
        "extensions": {_VERDICT.name: {"verdict": verdict}},
    }
    return Own("opinion", properties, {"object_refs": (about,)})


def _parts(summary: _Summary) -> dict[str, object]:
    """Of the times no more than the week, and none where no k members saw it in the same time."""
    if summary.since > summary.until:
        return {"count": summary.seen}
    return {
        "count": summary.seen,
        "first_seen": _week(summary.since),
        "last_seen": _week(summary.until),
    }


def _week(day: date) -> str:
    return format_time(cut_down(datetime.combine(day, time(), UTC), "week"))


def _due(collection: Collection) -> dict[_Key, _Summary]:
    rows = bulk.rows(
        _MEMBERS,
        {
            "collection": collection.id,
            "k": collection.k,
            "sightings": list(SIGHTINGS),
            "verdicts": [*SIGHTINGS, *feedback_policy().opinions],
        },
    )
    return {
        (about, verdict): _Summary(floor_of(_together(seen, collection.k)), since, until)
        for about, verdict, seen, since, until in rows
    }


def _together(seen: Sequence[int], k: int) -> int:
    """How often all saw it, none counting for more than k members do: one cannot move a bucket."""
    most = sorted(seen)[-k]
    return sum(min(each, most) for each in seen)


def _said(collection: Collection, about: Sequence[str] | None = None) -> dict[_Key, dict[str, Any]]:
    """The summaries that stand, by what they say; of these objects, or of all."""
    rows = bulk.rows(
        """SELECT o.stix_id, e.target_id FROM forum_object o
           JOIN edge e ON e.collection_id = o.collection_id AND e.stix_id = o.stix_id
           WHERE o.collection_id = %(collection)s AND o.type IN ('sighting', 'opinion')
             AND o.state <> 'revoked' AND e.target_id <> %(nobody)s
             AND (%(about)s::text[] IS NULL OR e.target_id = ANY(%(about)s))""",
        {
            "collection": collection.id,
            "nobody": ANONYMOUS_MEMBER_ID,
            "about": None if about is None else list(about),
        },
    )
    targets = dict(rows)
    bodies = standing_bodies(collection, list(targets))
    return {(targets[each], _verdict_of(body)): body for each, body in bodies.items()}


def _verdict_of(body: Mapping[str, Any]) -> str:
    if body["type"] == "sighting":
        return SIGHTED if body["count"] else NOT_SIGHTED
    return str(body["extensions"][_VERDICT.id]["verdict"])


_MEMBERS = """
WITH members AS (
    -- One row for each member: whoever stands behind the object itself is none of those who say it
    -- too, and who read it elsewhere saw nothing.
    SELECT f.stix_id, f.verdict, max(coalesce(f.count_bucket, 1)) AS seen,
           min(f.first_day) AS since, max(f.last_day) AS until
    FROM feedback f
    WHERE f.collection_id = %(collection)s AND f.state = 'active'
      AND f.verdict = ANY(%(verdicts)s)
      AND (f.basis = 'own-telemetry'
           OR (f.basis = 'public' AND f.verdict <> ALL(%(sightings)s)))
      AND NOT EXISTS (SELECT FROM contribution c
                      WHERE c.contrib_tag = f.contrib_tag AND c.state = 'active')
    GROUP BY f.stix_id, f.verdict, f.contrib_tag
)
SELECT stix_id, verdict, array_agg(seen),
       (array_agg(since ORDER BY since))[%(k)s],
       (array_agg(until ORDER BY until DESC))[%(k)s]
FROM members GROUP BY stix_id, verdict HAVING count(*) >= %(k)s
"""
