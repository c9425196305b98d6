"""The batched lane: what waits is released in batches, each object after a while of its own.

Two things a reader could join are kept apart: what came together (a batch holds something of
several members) and when it came (a share goes out at once, the rest evenly over the spread;
arXiv 2211.12686). However few members send, nothing waits longer than the collection says: few
members are an honest warning, never a refusal to work (ADR-0019).
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta

from django.db import transaction

from indicators.models.collection import Collection
from indicators.pipeline import bulk, release
from indicators.roles import publishing


def run(*, now: datetime) -> int:
    """Form the batches that are due, publish what their whiles are over for; return how many."""
    published = 0
    for collection in Collection.objects.filter(lane=Collection.Lane.BATCHED).order_by("id"):
        with transaction.atomic(), publishing():
            release.lock_heads([collection.id])
            if _is_due(collection, now=now):
                _form(collection, now=now)
            published += release.publish_due(collection.id, now=now)
    return published


def _is_due(collection: Collection, *, now: datetime) -> bool:
    ((batched_at, members, deadline),) = bulk.rows(
        """SELECT h.batched_at, count(DISTINCT r.batch_tag), min(r.deadline)
           FROM collection_head h LEFT JOIN release_item r
             ON r.collection_id = h.collection_id AND r.not_before IS NULL
           WHERE h.collection_id = %s GROUP BY h.batched_at""",
        [collection.id],
    )
    if deadline is None:
        return False
    rested = batched_at is None or batched_at + timedelta(minutes=collection.batch_minutes) <= now
    return bool(deadline <= now or (rested and members >= collection.batch_members))


def _form(collection: Collection, *, now: datetime) -> None:
    """Draw for each object when it goes out; what refers never before what it refers to."""
    bulk.run(
        """UPDATE release_item SET batch_tag = NULL, deadline = NULL, not_before = %s +
               CASE WHEN random() * 100 < %s THEN interval '0'
                    ELSE random() * make_interval(mins => %s) END
           WHERE collection_id = %s AND not_before IS NULL""",
        [now, collection.batch_soon_percent, collection.batch_spread_minutes, collection.id],
    )
    for rank in (0, 1, 2):
        _after_their_targets(collection.id, rank)
    bulk.run(
        "UPDATE collection_head SET batched_at = %s WHERE collection_id = %s",
        [now, collection.id],
    )


def _after_their_targets(collection_id: uuid.UUID, rank: int) -> None:
    bulk.run(
        """UPDATE release_item holder SET not_before = latest.moment
           FROM (SELECT e.stix_id, max(t.not_before) AS moment FROM edge e
                   JOIN release_item t ON t.collection_id = e.collection_id
                    AND t.stix_id = e.target_id
                  WHERE e.collection_id = %s GROUP BY e.stix_id) AS latest
           WHERE holder.collection_id = %s AND holder.rank = %s
             AND holder.stix_id = latest.stix_id AND holder.not_before < latest.moment""",
        [collection_id, collection_id, rank],
    )
