"""Live objects of collections, by type and by what they speak of: for pages that show the feed."""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
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


def of_types(homes: Collection[UUID], types: Sequence[str], *, most: int) -> list[Live]:
    """The newest live objects of these types."""
    return _read(
        """SELECT found.* FROM unnest(%s::uuid[]) AS home CROSS JOIN unnest(%s::text[]) AS asked
           CROSS JOIN LATERAL (
               SELECT collection_id, date_added, body FROM publication
               WHERE collection_id = home AND type = asked
                 AND superseded_by IS NULL AND body IS NOT NULL
               ORDER BY position DESC LIMIT %s
           ) AS found ORDER BY date_added DESC LIMIT %s""",
        [list(homes), list(types), most, most],
    )


def by_id(homes: Collection[UUID], ids: Collection[str]) -> list[Live]:
    """These objects, in each of the collections in which they stand."""
    return _live(
        "collection_id = ANY(%s) AND stix_id = ANY(%s) ORDER BY type, stix_id",
        [list(homes), list(ids)],
    )


def speaking_of(homes: Collection[UUID], ids: Collection[str], *, most: int) -> list[Live]:
    """What refers to one of these objects: relationships, groupings, notes, sightings."""
    return _live(
        """(collection_id, stix_id) IN (SELECT collection_id, stix_id FROM edge
               WHERE collection_id = ANY(%s) AND target_id = ANY(%s))
           ORDER BY date_added DESC LIMIT %s""",
        [list(homes), list(ids), most],
    )


def forums_campaigns(homes: Collection[UUID]) -> set[str]:
    """Ids of live campaigns that the Forum made of several views."""
    live = Campaign.objects.filter(collection__in=list(homes), state=Campaign.State.LIVE)
    return set(live.values_list("stix_id", flat=True))


def counted(homes: Collection[UUID], *, since: datetime) -> list[tuple[str, int]]:
    """How many objects of each type have been published since, the most first."""
    return _rows(
        """SELECT type, count(*) FROM publication
           WHERE collection_id = ANY(%s) AND date_added > %s AND superseded_by IS NULL
             AND body IS NOT NULL GROUP BY type ORDER BY count(*) DESC, type""",
        [list(homes), since],
    )


def _live(condition: str, arguments: Sequence[Any]) -> list[Live]:
    return _read(
        "SELECT collection_id, date_added, body FROM publication "  # noqa: S608  our own text
        f"WHERE superseded_by IS NULL AND body IS NOT NULL AND {condition}",
        arguments,
    )


def _read(text: str, arguments: Sequence[Any]) -> list[Live]:
    return [Live(home, added, json.loads(body)) for home, added, body in _rows(text, arguments)]


def _rows(text: str, arguments: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, arguments)
        found: list[Any] = cursor.fetchall()
        return found
