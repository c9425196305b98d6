"""Which keys have read past published objects, and past the news that they are gone.

For staff: whom to call when something wrong was out. What a key read is known from its marks
(`members/polls`), by the minute and for some months.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from indicators.domain.delivery import Shown, got
from indicators.models.collection import Collection
from indicators.models.member import Credential
from indicators.pipeline import bulk
from indicators.pipeline.standing import Place


_Reached = defaultdict[tuple[uuid.UUID, str], dict[int, datetime]]
"""By collection and key: when it had first read past which of the positions asked about."""


@dataclass(frozen=True, slots=True)
class Line:
    """One key in one collection, over the objects asked for."""

    credential: Credential
    collection: str
    last_read: datetime
    got: int
    """How many of the objects its pages went past while their words stood."""
    first_got: datetime | None
    gone: int
    """How many of those are gone."""
    heard: int
    """Of how many of those it has read that they are."""

    @property
    def is_behind(self) -> bool:
        """It may still act on something that is gone."""
        return self.heard < self.gone


@dataclass(slots=True)
class _Story:
    """When an object had words, and where its end is told: collection and position."""

    shown: list[Shown] = field(default_factory=list)
    gone: list[tuple[uuid.UUID, int]] = field(default_factory=list)


def of(places: Iterable[Place]) -> list[Line]:
    """A line for each key that reads a collection of these objects, those behind first."""
    by_home: dict[uuid.UUID, set[str]] = defaultdict(set)
    for home, stix_id in places:
        by_home[home].add(stix_id)
    collections = Collection.objects.in_bulk(by_home)
    lines = [
        line
        for home, collection in collections.items()
        for line in _in_one(collection, sorted(by_home[home]))
    ]
    return sorted(lines, key=lambda each: (not each.is_behind, -each.got, str(each.credential)))


def _in_one(collection: Collection, ids: Sequence[str]) -> list[Line]:
    beside = Collection.objects.filter(
        parent=collection.parent_id or collection.pk, kind=Collection.Kind.WITHDRAWN
    ).first()
    stories = _stories(collection.pk, beside.pk if beside else None, ids)
    marks = dict(bulk.rows(_MARKS, [collection.pk]))
    reached = _reached(_positions(collection.pk, stories.values()), list(marks))
    keys = Credential.objects.select_related("member").in_bulk(marks)
    return [
        _line(keys[key], collection, marks[key], stories.values(), reached) for key in sorted(keys)
    ]


def _line(
    key: Credential,
    collection: Collection,
    last_read: datetime,
    stories: Iterable[_Story],
    reached: _Reached,
) -> Line:
    moments, gone, heard = [], 0, 0
    for story in stories:
        moment = got(reached[collection.pk, key.pk], story.shown)
        if moment is not None:
            moments.append(moment)
            gone += bool(story.gone)
            heard += any(position in reached[home, key.pk] for home, position in story.gone)
    first = min(moments, default=None)
    return Line(key, collection.alias, last_read, len(moments), first, gone, heard)


def _stories(home: uuid.UUID, beside: uuid.UUID | None, ids: Sequence[str]) -> dict[str, _Story]:
    stories: dict[str, _Story] = defaultdict(_Story)
    asked = {"home": home, "beside": beside, "ids": ids}
    for stix_id, position, until in bulk.rows(_SHOWN, asked):
        stories[stix_id].shown.append(Shown(position, until))
    for stix_id, where, position in bulk.rows(_GONE, asked):
        stories[stix_id].gone.append((where, position))
    return dict(stories)


def _reached(asked: Mapping[uuid.UUID, set[int]], keys: Sequence[str]) -> _Reached:
    found: _Reached = defaultdict(dict)
    for home, positions in asked.items():
        of_this = {"home": home, "keys": keys, "positions": sorted(positions)}
        for key, position, minute in bulk.rows(_REACHED, of_this):
            found[home, key][position] = minute
    return found


def _positions(home: uuid.UUID, stories: Iterable[_Story]) -> Mapping[uuid.UUID, set[int]]:
    """What must be known of the keys: whether and when they read past these."""
    asked: dict[uuid.UUID, set[int]] = defaultdict(set)
    for story in stories:
        asked[home].update(each.position for each in story.shown)
        for where, position in story.gone:
            asked[where].add(position)
    return asked


_MARKS = "SELECT credential_id, last_minute FROM poll_mark WHERE collection_id = %s"
# A row for each key and position asked about, however often the key has read. A key's passages rise
# in position and minute, so the nearest one is the earliest: one look into the index. What is too
# old for a passage is known by the mark.
_REACHED = """
SELECT key.id, asked.position, coalesce(passed.minute, mark.minute)
FROM unnest(%(keys)s::text[]) AS key (id)
CROSS JOIN unnest(%(positions)s::bigint[]) AS asked (position)
LEFT JOIN LATERAL (
    SELECT minute FROM passage
    WHERE collection_id = %(home)s AND credential_id = key.id AND position >= asked.position
    ORDER BY position LIMIT 1
) AS passed ON true
LEFT JOIN LATERAL (
    SELECT last_minute AS minute FROM poll_mark
    WHERE collection_id = %(home)s AND credential_id = key.id AND last_position >= asked.position
) AS mark ON true
WHERE coalesce(passed.minute, mark.minute) IS NOT NULL
"""
_NOTES = """
notes AS (
    SELECT e.target_id AS stix_id, n.collection_id, n.position, n.date_added
    FROM edge e JOIN publication n
      ON n.collection_id = e.collection_id AND n.stix_id = e.stix_id
    WHERE e.collection_id = %(beside)s AND e.target_id = ANY(%(ids)s)
), versions AS (
    SELECT stix_id, position, date_added, superseded_by,
           superseded_by IS NULL AND body::jsonb ->> 'revoked' = 'true' AS is_revoked
    FROM publication WHERE collection_id = %(home)s AND stix_id = ANY(%(ids)s)
)"""
# A version is read until the next one; an observable, which has none that says so, until the list
# of what is gone names it.
_SHOWN = f"""
WITH {_NOTES}
SELECT v.stix_id, v.position, CASE WHEN v.superseded_by = v.position
    THEN (SELECT min(n.date_added) FROM notes n
          WHERE n.stix_id = v.stix_id AND n.date_added >= v.date_added)
    ELSE (SELECT p.date_added FROM publication p
          WHERE p.collection_id = %(home)s AND p.position = v.superseded_by) END
FROM versions v WHERE v.is_revoked IS NOT TRUE
"""  # noqa: S608  our own text
# It may have come again since: only what was said after its last words counts.
_GONE = f"""
WITH {_NOTES}
SELECT stix_id, %(home)s, position FROM versions WHERE is_revoked
UNION ALL
SELECT n.stix_id, n.collection_id, n.position FROM notes n
WHERE n.date_added >= ALL (SELECT v.date_added FROM versions v
                           WHERE v.stix_id = n.stix_id AND v.is_revoked IS NOT TRUE)
"""  # noqa: S608  our own text
