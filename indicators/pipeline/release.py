"""The release queue, and the one place where publications come into being.

Everything that is published passes through here, in whatever lane. Positions and dates are given
under the lock of the collection's head row, taken last and held for a few statements: so they
follow the order of commits, and a poller can never pass a row that appears later (ADR-0003).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from indicators import keyring
from indicators.domain.echo import published_marks
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
    policies: Mapping[str, str],
    wait: Wait | None,
    takes_away: bool = False,
    now: datetime,
) -> None:
    """Put items into the queue; a newer version of one that still waits takes its place.

    `policies` has, by Forum id, the version of the policy that decided over each.

    It keeps that place, too, unless the object stands on the feed and the newer version does not
    wait: then it goes out now, but not ahead of what it refers to and was never published, which
    its mere id would tell. What `takes_away` goes out even then.
    """
    lane = (None, wait.deadline, wait.batch_tag) if wait else (now, now, None)
    bulk.insert(
        "release_item",
        ("collection_id", "stix_id", "type", "body", "version", "policy_version", "rank",
         "ready_at", "not_before", "deadline", "batch_tag"),
        (
            (collection_id, each.stix_id, each.type, each.body, each.version,
             policies[each.stix_id], each.rank, now, *lane)
            for each in sorted(items, key=lambda each: each.stix_id)  # as all lock them
        ),
        tail=_TAKES_AWAY if takes_away else _IN_ITS_PLACE,
    )  # fmt: skip


_STANDS = """excluded.not_before IS NOT NULL AND EXISTS (
    SELECT FROM publication p WHERE p.collection_id = excluded.collection_id
    AND p.stix_id = excluded.stix_id AND p.superseded_by IS NULL AND p.body IS NOT NULL)"""
_AHEAD = """EXISTS (
    SELECT FROM edge e JOIN release_item t ON t.stix_id = e.target_id
      AND t.collection_id IN (SELECT e.collection_id UNION
                              SELECT parent_id FROM collection WHERE id = e.collection_id)
    WHERE e.collection_id = release_item.collection_id AND e.stix_id = release_item.stix_id
      AND NOT EXISTS (SELECT FROM publication p WHERE p.collection_id = t.collection_id
                      AND p.stix_id = t.stix_id AND p.superseded_by IS NULL
                      AND p.body IS NOT NULL))"""
"""It refers to something that waits itself and was never published."""


def _in_its_place(goes_now: str) -> str:
    places = ", ".join(
        f"{name} = CASE WHEN {goes_now} THEN excluded.{name} ELSE release_item.{name} END"
        for name in ("not_before", "deadline", "ready_at")
    )
    return f"""ON CONFLICT (collection_id, stix_id) DO UPDATE SET body = excluded.body,
        version = excluded.version, policy_version = excluded.policy_version, {places}"""


_TAKES_AWAY = _in_its_place(_STANDS)
_IN_ITS_PLACE = _in_its_place(f"{_STANDS} AND NOT {_AHEAD}")


def decided(collection_id: uuid.UUID, stix_ids: Iterable[str], *, policy_version: str) -> None:
    """What still waits of these objects was looked at under this policy."""
    bulk.run(
        "UPDATE release_item SET policy_version = %s "
        "WHERE collection_id = %s AND stix_id = ANY(%s)",
        [policy_version, collection_id, list(stix_ids)],
    )


def free_to_go(collection_id: uuid.UUID, stix_ids: Iterable[str]) -> set[str]:
    """Those of these that wait for nothing that they refer to."""
    rows = bulk.rows(
        f"SELECT stix_id FROM release_item WHERE collection_id = %s AND stix_id = ANY(%s) "  # noqa: S608  our own text
        f"AND NOT {_AHEAD}",
        [collection_id, list(stix_ids)],
    )
    return {row[0] for row in rows}


def at_once(collection_id: uuid.UUID, stix_ids: Iterable[str], *, now: datetime) -> None:
    """What waits of these objects goes out with the next publishing, in no batch."""
    bulk.run(
        "UPDATE release_item SET not_before = %s, deadline = %s, ready_at = %s "
        "WHERE collection_id = %s AND stix_id = ANY(ARRAY(SELECT stix_id FROM release_item "
        "WHERE collection_id = %s AND stix_id = ANY(%s) ORDER BY stix_id FOR UPDATE))",
        [now, now, now, collection_id, collection_id, list(stix_ids)],
    )


def wait_beside(collection_id: uuid.UUID, stix_ids: Iterable[str], *, stix_id: str) -> None:
    """If this object waits, these wait for it alone, and go out in the moment in which it does.

    They must refer to it.
    """
    bulk.run(
        "UPDATE release_item r SET deadline = t.deadline + interval '1 year' FROM release_item t "
        "WHERE t.collection_id = %s AND t.stix_id = %s "
        "AND r.collection_id = t.collection_id AND r.stix_id = ANY(%s)",
        [collection_id, stix_id, list(stix_ids)],
    )


def uncount(collection_id: uuid.UUID, stix_ids: Iterable[str]) -> None:
    """Of what still waits of these objects nobody knows any more whose it is in the batch."""
    bulk.run(
        "UPDATE release_item SET batch_tag = NULL WHERE collection_id = %s AND stix_id = ANY(ARRAY("
        "SELECT stix_id FROM release_item WHERE collection_id = %s AND stix_id = ANY(%s) "
        "AND batch_tag IS NOT NULL ORDER BY stix_id FOR UPDATE))",
        [collection_id, collection_id, list(stix_ids)],
    )


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


def publish_due(collection_id: uuid.UUID, *, policy_version: str, now: datetime) -> int:
    """Publish what is due in one collection and return how many versions that were.

    What has waited for its batch while the policy changed waits on, for the look back.

    What refers to something that still waits goes out after it, at the latest when its own deadline
    has passed. Within a batch the order is by rank and then by chance: the order in which a lab
    lists its objects is a habit of that lab. Rows that another transaction holds are left to it:
    it took them before it waits for the lock of the head that we hold.
    """
    bulk.rows(
        "SELECT position FROM collection_head WHERE collection_id = %s FOR UPDATE", [collection_id]
    )
    place = {
        "collection": collection_id,
        "policy": policy_version,
        "now": now,
        "unversioned": sorted(SCO_TYPES),
    }
    published = bulk.rows(_PUBLISH, place)
    if published:
        _supersede(collection_id, [stix_id for stix_id, _ in published])
        _remember([(stix_id, body) for stix_id, body in published])
    return len(published)


def _remember(published: Iterable[tuple[str, str]]) -> None:
    """By what an echo of these versions is known.

    Not before they are on the feed: what comes back as an echo would tell that they wait.
    """
    bulk.insert(
        "spoken",
        ("stix_id", "mac"),
        (
            (stix_id, keyring.spoken_mac(mark))
            for stix_id, body in published
            for mark in published_marks(json.loads(body))
        ),
        tail="ON CONFLICT DO NOTHING",
    )


# What is locked is put into an array, here and above, and so found once. To statistics the queue is
# mostly empty; as a subquery it would be found anew for each row, and a chunk took a minute.
#
# The versions of one object rise, whatever clock gave them: an observable has no `modified` of its
# own, and a worker's idea of now may be older than what another published meanwhile.
_PUBLISH = """
WITH RECURSIVE head AS (
    SELECT position, greatest(clock_timestamp(), date_added) AS base
    FROM collection_head WHERE collection_id = %(collection)s
), ready AS (
    SELECT stix_id, deadline > %(now)s AS can_wait FROM release_item
    WHERE collection_id = %(collection)s AND not_before <= %(now)s
      AND (policy_version = %(policy)s OR deadline = ready_at)
), leads (holder, target) AS (
    SELECT r.stix_id, e.target_id FROM ready r
    JOIN edge e ON e.collection_id = %(collection)s AND e.stix_id = r.stix_id WHERE r.can_wait
    UNION
    SELECT l.holder, e.target_id FROM leads l
    JOIN ready r ON r.stix_id = l.target AND r.can_wait
    JOIN edge e ON e.collection_id = %(collection)s AND e.stix_id = l.target
), early AS (
    SELECT l.holder FROM leads l JOIN release_item t ON t.stix_id = l.target
    WHERE (t.not_before > %(now)s OR t.not_before IS NULL
           OR (t.policy_version <> %(policy)s AND t.deadline <> t.ready_at))
      AND t.collection_id IN (SELECT id FROM collection WHERE id = %(collection)s UNION
                              SELECT parent_id FROM collection WHERE id = %(collection)s)
      AND NOT EXISTS (SELECT FROM publication p WHERE p.collection_id = t.collection_id
                      AND p.stix_id = t.stix_id AND p.superseded_by IS NULL)
), due AS (
    DELETE FROM release_item WHERE collection_id = %(collection)s AND stix_id = ANY(ARRAY(
        SELECT stix_id FROM release_item
        WHERE collection_id = %(collection)s AND stix_id IN (SELECT stix_id FROM ready)
          AND stix_id NOT IN (SELECT holder FROM early)
        FOR UPDATE SKIP LOCKED))
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
RETURNING stix_id, body
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
