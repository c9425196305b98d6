"""The release queue, and the one place where publications come into being.

Everything that is published passes through here, in whatever lane. Positions and dates are given
under the lock of the collection's head row, taken last and held for a few statements: so they
follow the order of commits, and a poller can never pass a row that appears later (ADR-0003).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from indicators.domain.stix.types import SCO_TYPES
from indicators.pipeline import bulk


@dataclass(frozen=True, slots=True)
class Item:
    """One version of one object, ready to go out."""

    stix_id: str
    type: str
    body: str
    version: datetime
    rank: int
    """Within a batch, lower ranks go first: observables, then objects, then relationships."""


@dataclass(frozen=True, slots=True)
class Wait:
    """Waits for a batch: until when at the longest, and one tag per member, for counting."""

    deadline: datetime
    batch_tag: bytes


def enqueue(
    collection_id: uuid.UUID,
    items: Iterable[Item],
    *,
    policy_version: str,
    wait: Wait | None,
    now: datetime,
) -> None:
    """Put items into the queue; a newer version of one that still waits takes its place."""
    lane = (None, wait.deadline, wait.batch_tag) if wait else (now, None, None)
    bulk.insert(
        "release_item",
        ("collection_id", "stix_id", "type", "body", "version", "policy_version", "rank",
         "ready_at", "not_before", "deadline", "batch_tag"),
        (
            (collection_id, each.stix_id, each.type, each.body, each.version, policy_version,
             each.rank, now, *lane)
            for each in items
        ),
        tail="""ON CONFLICT (collection_id, stix_id) DO UPDATE SET body = excluded.body,
                version = excluded.version, policy_version = excluded.policy_version""",
    )  # fmt: skip


def drop(collection_id: uuid.UUID, stix_ids: Iterable[str]) -> None:
    """Take out of the queue what still waits of these objects."""
    bulk.run(
        "DELETE FROM release_item WHERE collection_id = %s AND stix_id = ANY(%s)",
        [collection_id, list(stix_ids)],
    )


def lock_heads(collection_ids: Iterable[uuid.UUID]) -> None:
    """Take the publish locks of several collections, in the order in which all take them."""
    bulk.rows(
        "SELECT position FROM collection_head WHERE collection_id = ANY(%s) "
        "ORDER BY collection_id FOR UPDATE",
        [sorted(collection_ids)],
    )


def publish_due(collection_id: uuid.UUID, *, now: datetime) -> int:
    """Publish what is due in one collection and return how many versions that were.

    Within a batch the order is by rank and then by chance: the order in which a lab lists its
    objects is a habit of that lab.
    """
    bulk.rows(
        "SELECT position FROM collection_head WHERE collection_id = %s FOR UPDATE", [collection_id]
    )
    published = bulk.rows(
        _PUBLISH, {"collection": collection_id, "now": now, "unversioned": sorted(SCO_TYPES)}
    )
    if published:
        _supersede(collection_id, [row[0] for row in published])
    return len(published)


# The versions of one object rise, whatever clock gave them: an observable has no `modified` of its
# own, and a worker's idea of now may be older than what another published meanwhile.
_PUBLISH = """
WITH head AS (
    SELECT position, greatest(clock_timestamp(), date_added) AS base
    FROM collection_head WHERE collection_id = %(collection)s
), due AS (
    DELETE FROM release_item WHERE collection_id = %(collection)s AND not_before <= %(now)s
    RETURNING stix_id, type, body, version, policy_version, rank
), numbered AS (
    SELECT due.*, row_number() OVER (ORDER BY rank, random()) AS n FROM due
), moved AS (
    UPDATE collection_head SET position = head.position + (SELECT count(*) FROM numbered),
        date_added = head.base + (SELECT count(*) FROM numbered) * interval '1 microsecond'
    FROM head WHERE collection_id = %(collection)s AND EXISTS (SELECT FROM numbered)
)
INSERT INTO publication (collection_id, position, date_added, stix_id, version, type,
                         spec_version, body, policy_version)
SELECT %(collection)s, head.position + n, head.base + n * interval '1 microsecond', stix_id,
       CASE WHEN type = ANY(%(unversioned)s) THEN greatest(version, (
           SELECT max(p.version) + interval '1 millisecond' FROM publication p
           WHERE p.collection_id = %(collection)s AND p.stix_id = numbered.stix_id))
       ELSE version END,
       type, '2.1', body, policy_version
FROM numbered, head
RETURNING stix_id
"""


def _supersede(collection_id: uuid.UUID, stix_ids: list[str]) -> None:
    """Of each object only the newest version is live, in whatever order versions arrived."""
    bulk.run(
        """WITH newest AS (
               SELECT DISTINCT ON (stix_id) stix_id, position FROM publication
               WHERE collection_id = %s AND stix_id = ANY(%s) AND body IS NOT NULL
               ORDER BY stix_id, version DESC, position DESC
           )
           UPDATE publication p
           SET superseded_by = CASE WHEN p.position <> newest.position THEN newest.position END
           FROM newest
           WHERE p.collection_id = %s AND p.stix_id = newest.stix_id
             AND p.superseded_by IS DISTINCT FROM
                 CASE WHEN p.position <> newest.position THEN newest.position END""",
        [collection_id, stix_ids, collection_id],
    )
