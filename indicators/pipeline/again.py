"""Look again at what is held, as if it had just come: a pause was lifted, or the policy changed.

What a reviewer waived stays waived. What somebody has claimed or decided is left to them, and what
is kept only because of a legal hold stays where it is: its time to be shared is over.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.pipeline import bulk, doorbell, queue


@transaction.atomic
def look_again(
    held_ids: Sequence[uuid.UUID], *, why: str, policy: Policy, now: datetime
) -> list[uuid.UUID]:
    """Make due again what these items hold whole; returns those that were."""
    rows = bulk.rows(
        """SELECT h.id, h.submission_id, h.ordinal FROM held_object h
           WHERE h.id = ANY(%s) AND h.state = 'open' AND h.part = 'object'
             AND (h.claimed_until IS NULL OR h.claimed_until < clock_timestamp())
           ORDER BY h.id FOR UPDATE SKIP LOCKED""",
        [list(held_ids)],
    )
    submissions = sorted({row[1] for row in rows})
    queue.lock(submissions)
    alive = _alive(submissions, now=now)
    taken = [row for row in rows if row[1] in alive]
    if not taken:
        return []
    _make_due(taken, now=now)
    queue.requeue(sorted(alive))
    doorbell.ring_after_commit(sorted(alive))
    acts = [
        Act("pipeline", "held looked at again", f"{submission}#{ordinal}", {"why": why})
        for _, submission, ordinal in taken
    ]
    record(acts, policy=policy, now=now)
    return [row[0] for row in taken]


def _alive(submission_ids: Sequence[uuid.UUID], *, now: datetime) -> set[uuid.UUID]:
    rows = bulk.rows(
        "SELECT id FROM submission WHERE id = ANY(%s) AND body_ct IS NOT NULL "
        "AND purge_after > %s AND state <> 'quarantined'",
        [list(submission_ids), now],
    )
    return {row[0] for row in rows}


def _make_due(taken: Sequence[tuple[uuid.UUID, uuid.UUID, int]], *, now: datetime) -> None:
    bulk.run(
        "UPDATE held_object SET state = 'superseded', decided_by = 'pipeline', decided_at = %s "
        "WHERE id = ANY(%s)",
        [now, [row[0] for row in taken]],
    )
    bulk.many(
        """UPDATE submission_object SET outcome = 'pending'
           WHERE outcome = 'held' AND (submission_id, ordinal) IN (VALUES %s)""",
        [row[1:] for row in taken],
    )
