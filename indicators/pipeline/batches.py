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

from indicators.domain.disclosure import Policy
from indicators.models.collection import Collection
from indicators.pipeline import bulk, release, rescreen
from indicators.roles import publishing


def run(*, policy: Policy, now: datetime) -> int:
    """Form the batches that are due, publish what their whiles are over for; return how many."""
    rescreen.waiting(policy=policy, now=now)
    published = 0
    for collection in Collection.objects.filter(pk__in=_with_items()).order_by("id"):
        with transaction.atomic(), publishing():
            release.lock_heads([collection.id])
            if _is_due(collection, now=now):
                _form(collection, now=now)
            published += release.publish_due(collection.id, policy_version=policy.version, now=now)
    return published


def _with_items() -> list[uuid.UUID]:
    """Where something waits: in the batched lane, or in one that was batched until now."""
    return [row[0] for row in bulk.rows("SELECT DISTINCT collection_id FROM release_item")]


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
    if collection.lane != Collection.Lane.BATCHED:
        return True
    rested = batched_at is None or batched_at + timedelta(minutes=collection.batch_minutes) <= now
    return bool(deadline <= now or (rested and members >= collection.batch_members))


def _form(collection: Collection, *, now: datetime) -> None:
    """Draw for each object when it goes out.

    From then on its deadline is the end of the spread: the longest that it waits for what it refers
    to (`release.publish_due`). What another transaction is just changing comes into the next batch.
    """
    bulk.run(
        """UPDATE release_item SET batch_tag = NULL,
               deadline = deadline + make_interval(mins => %(spread)s),
               not_before = %(now)s + CASE WHEN random() * 100 < %(soon)s THEN interval '0'
                    ELSE random() * make_interval(mins => %(spread)s) END
           WHERE collection_id = %(collection)s AND stix_id = ANY(ARRAY(
               SELECT stix_id FROM release_item
               WHERE collection_id = %(collection)s AND not_before IS NULL
               FOR UPDATE SKIP LOCKED))""",
        {
            "now": now,
            "soon": collection.batch_soon_percent,
            "spread": collection.batch_spread_minutes,
            "collection": collection.id,
        },
    )
    bulk.run(
        "UPDATE collection_head SET batched_at = %s WHERE collection_id = %s",
        [now, collection.id],
    )
