"""Live objects of collections, by type and by what they speak of: for pages that show the feed."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from indicators.models.campaign import Campaign


class Live(NamedTuple):
    """An object as it stands, and where."""

    collection_id: UUID
    added: datetime
    body: dict[str, Any]


def newest(homes: Collection[UUID], type_: str, *, most: int) -> list[Live]:
    """The newest live objects of a type."""
    return _live(
        """FROM unnest(%(homes)s::uuid[]) AS home
           CROSS JOIN LATERAL (
             SELECT * FROM publication WHERE collection_id = home AND type = %(type)s AND {live}
             ORDER BY position DESC LIMIT %(most)s
           ) AS found ORDER BY date_added DESC LIMIT %(most)s""",
        {"homes": list(homes), "type": type_, "most": most},
    )


def by_id(homes: Collection[UUID], ids: Collection[str]) -> list[Live]:
    """These objects, in each of the collections in which they stand."""
    return _live(
        """FROM publication WHERE {live} AND (collection_id, stix_id) IN (
             SELECT collection_id, stix_id FROM forum_object
             WHERE collection_id = ANY(%(homes)s) AND stix_id = ANY(%(ids)s)
           ) ORDER BY type, stix_id""",
        {"homes": list(homes), "ids": list(ids)},
    )


def speaking_of(homes: Collection[UUID], ids: Collection[str], *, most: int) -> list[Live]:
    """What refers to one of these objects: relationships, groupings, notes, sightings.

    Of very much only what came last, for which numbers of edges stand.
    """
    return _live(
        """FROM publication WHERE {live} AND (collection_id, stix_id) IN (
             SELECT collection_id, stix_id FROM edge
             WHERE collection_id = ANY(%(homes)s) AND target_id = ANY(%(ids)s)
             ORDER BY id DESC LIMIT 2 * %(most)s
           ) ORDER BY date_added DESC LIMIT %(most)s""",
        {"homes": list(homes), "ids": list(ids), "most": most},
    )


def joined(
    homes: Collection[UUID], since: Mapping[str, datetime], *, most: int
) -> dict[str, list[datetime]]:
    """When relationships of each of these objects were published, after the moment beside its id.

    Of those that stand, and for each no more than came last.
    """
    moments = list(since.values())
    parameters = {"homes": list(homes), "ids": list(since), "since": moments, "most": most}
    found: dict[str, list[datetime]] = {each: [] for each in since}
    for stix_id, added in _rows(_JOINED.format(live=_LIVE), parameters):
        found[stix_id].append(added)
    return found


_JOINED = """
SELECT asked.id, date_added
FROM unnest(%(ids)s::text[], %(since)s::timestamptz[]) AS asked (id, since)
CROSS JOIN LATERAL (
  SELECT collection_id, stix_id FROM edge
  WHERE collection_id = ANY(%(homes)s) AND target_id = asked.id
  ORDER BY edge.id DESC LIMIT %(most)s
) AS said
JOIN publication USING (collection_id, stix_id)
JOIN forum_object USING (collection_id, stix_id)
WHERE {live} AND state <> 'revoked' AND publication.type = 'relationship'
  AND date_added > asked.since
ORDER BY asked.id, date_added
"""


def forums_campaigns(homes: Collection[UUID]) -> set[str]:
    """Ids of live campaigns that the Forum made of several views."""
    live = Campaign.objects.filter(collection__in=list(homes), state=Campaign.State.LIVE)
    return set(live.values_list("stix_id", flat=True))


def latest_campaigns(homes: Collection[UUID], *, most: int) -> list[Live]:
    """The campaigns of several views that were found last, as the feed tells them."""
    live = Campaign.objects.filter(collection__in=list(homes), state=Campaign.State.LIVE)
    ids = live.order_by("-founded_at", "stix_id").values_list("stix_id", flat=True)[:most]
    return sorted(by_id(homes, list(ids)), key=lambda each: each.added, reverse=True)


def counted(homes: Collection[UUID], *, since: datetime) -> list[tuple[str, int]]:
    """How many objects of each type have been published since, the most first."""
    return _rows(
        """SELECT type, count(*) FROM unnest(%(homes)s::uuid[]) AS home
           CROSS JOIN LATERAL (
             SELECT position FROM publication WHERE collection_id = home AND date_added > %(since)s
             ORDER BY date_added LIMIT 1
           ) AS first
           JOIN publication ON collection_id = home AND publication.position >= first.position
             AND superseded_by IS NULL AND body IS NOT NULL
           GROUP BY type ORDER BY count(*) DESC, type""",
        {"homes": list(homes), "since": since},
    )


# As no index says it: on a young hub, of which the database has counted nothing, it takes the index
# of what is live for a short one, and reads a collection whole to find one object of it.
_LIVE = "COALESCE(superseded_by, -1) = -1 AND body IS NOT NULL"


def _live(text: str, parameters: Mapping[str, Any]) -> list[Live]:
    rows = _rows("SELECT collection_id, date_added, body " + text.format(live=_LIVE), parameters)
    return [Live(home, added, json.loads(body)) for home, added, body in rows]


def _rows(text: str, parameters: Mapping[str, Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        found: list[Any] = cursor.fetchall()
        return found
