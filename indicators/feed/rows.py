"""Which rows of `publication` make a page: three ways into the table, each along an index.

The texts are constant. The driver writes the values into them (psycopg2 binds on the client), so
the planner sees `NULL IS NULL OR …` or `false AND …` as constants and drops what is not asked for;
what remains is the plan of a hand-written query. Each text gives at most `take` rows in order of
position.
Refuses: OFFSET, COUNT over the table, and blanked rows (`body IS NULL`).
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import connection

from indicators.feed.filters import Filters


_COLUMNS = "p.position, p.date_added, p.stix_id, p.version, p.spec_version, p.body"
_WANTED = """
    p.collection_id = %(collection)s AND p.position > %(after)s AND p.body IS NOT NULL
    AND (%(spec_versions)s::text[] IS NULL OR p.spec_version = ANY (%(spec_versions)s::text[]))
    AND (
        %(every)s
        OR (%(last)s AND p.superseded_by IS NULL)
        OR (%(at)s::timestamptz[] IS NOT NULL AND p.version = ANY (%(at)s::timestamptz[]))
        OR (%(first)s AND NOT EXISTS (
            SELECT FROM publication older
            WHERE older.collection_id = p.collection_id AND older.stix_id = p.stix_id
              AND older.version < p.version AND older.body IS NOT NULL
        ))
    )
"""
_BY_POSITION = f"""
    SELECT {_COLUMNS} FROM publication p
    WHERE {_WANTED}
    ORDER BY p.position LIMIT %(take)s
"""  # noqa: S608  constants only
# One ordered index scan per type, merged: a list of types in one condition would be a scan of
# everything between the hits.
_BY_TYPE = f"""
    SELECT p.* FROM unnest(%(types)s::text[]) AS asked (type) CROSS JOIN LATERAL (
        SELECT {_COLUMNS} FROM publication p
        WHERE {_WANTED} AND p.type = asked.type
        ORDER BY p.position LIMIT %(take)s
    ) AS p
    ORDER BY p.position LIMIT %(take)s
"""  # noqa: S608  constants only
# MATERIALIZED keeps the planner from walking all positions in order until it has met enough ids.
_BY_ID = f"""
    WITH hits AS MATERIALIZED (
        SELECT {_COLUMNS} FROM publication p
        WHERE {_WANTED} AND p.stix_id = ANY (%(ids)s)
          AND (%(types)s::text[] IS NULL OR p.type = ANY (%(types)s::text[]))
    )
    SELECT p.* FROM hits p ORDER BY p.position LIMIT %(take)s
"""  # noqa: S608  constants only


def way_in(filters: Filters) -> str:
    """The text that reads along the best index for these filters."""
    if filters.ids:
        return _BY_ID
    return _BY_TYPE if filters.types else _BY_POSITION


def arguments(collection_id: UUID, filters: Filters, *, after: int, take: int) -> dict[str, Any]:
    """The values of a text of `way_in`."""
    versions = filters.versions
    return {
        "collection": collection_id,
        "after": after,
        "take": take,
        "ids": list(filters.ids),
        "types": list(filters.types) or None,
        "spec_versions": list(filters.spec_versions) or None,
        "every": versions.every,
        "first": versions.first,
        "last": versions.last,
        "at": list(versions.at) or None,
    }


def position_at(collection_id: UUID, filters: Filters) -> int:
    """The last position added at or before `added_after`: from there on, position alone counts.

    Dates are unique and increase with the position, so that the turn loses and repeats nothing, and
    every filter has an index that is ordered by position.
    """
    if filters.added_after is None:
        return 0
    with connection.cursor() as cursor:
        cursor.execute(_POSITION_AT, [collection_id, filters.added_after])
        row = cursor.fetchone()
    return row[0] if row else 0


_POSITION_AT = """
    SELECT position FROM publication
    WHERE collection_id = %s AND date_added <= %s
    ORDER BY date_added DESC LIMIT 1
"""


def holds(collection_id: UUID, stix_id: str) -> bool:
    """Whether any version of this object can be read in the collection."""
    with connection.cursor() as cursor:
        cursor.execute(_HOLDS, [collection_id, stix_id])
        return cursor.fetchone() is not None


_HOLDS = """
    SELECT 1 FROM publication
    WHERE collection_id = %s AND stix_id = %s AND body IS NOT NULL LIMIT 1
"""
