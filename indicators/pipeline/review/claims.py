"""One reviewer, one item, for a while: a claim keeps others from reading the same thing twice.

A claim is one conditional UPDATE, so of two at once one loses. When it runs out it is free again by
itself. Nobody has to claim in order to decide; but what another has claimed cannot be decided.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import NEVER_WAIVED
from indicators.models.submission import HeldObject
from indicators.pipeline import bulk
from indicators.pipeline.review.item import ReviewError, act, find, lock, lock_open


_TAKE = """
UPDATE held_object SET claimed_by = %(by)s,
       claimed_until = clock_timestamp() + make_interval(secs => %(seconds)s)
"""
_FREE = "(claimed_by IN ('', %(by)s) OR claimed_until < clock_timestamp())"
_NEXT = """
(SELECT id FROM held_object
 WHERE state = 'open' AND escalated_to = '' AND lower(first_by) <> lower(%(by)s)
   AND (claimed_by = '' OR claimed_until < clock_timestamp())
   AND NOT reasons && %(never)s::varchar[]
 ORDER BY rank, held_at LIMIT 1 FOR UPDATE SKIP LOCKED)
"""


@transaction.atomic
def claim(held_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> HeldObject:
    """Take an item for REVIEW_CLAIM_SECONDS, or renew one's own claim.

    Raises:
        ReviewError: another has it, or it is decided already.
    """
    taken = bulk.run(
        f"{_TAKE} WHERE id = %(id)s AND state = 'open' AND {_FREE}",
        {"id": held_id, "by": by, "seconds": settings.REVIEW_CLAIM_SECONDS},
    )
    if not taken:
        lock_open(held_id, by=by)  # says why, unless it came free a moment ago
        raise ReviewError("Somebody else had this until now; try again.")
    return _claimed(held_id, by=by, policy=policy, now=now)


@transaction.atomic
def claim_next(*, by: str, policy: Policy, now: datetime) -> HeldObject | None:
    """Take the first item of the queue that is free and that this person may decide; or None."""
    rows = bulk.rows(
        f"{_TAKE} WHERE id = {_NEXT} RETURNING id",
        {"by": by, "seconds": settings.REVIEW_CLAIM_SECONDS, "never": sorted(NEVER_WAIVED)},
    )
    return _claimed(rows[0][0], by=by, policy=policy, now=now) if rows else None


@transaction.atomic
def give_back(held_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> HeldObject:
    """End one's own claim.

    Raises:
        ReviewError: this person has not claimed it.
    """
    held = lock(held_id)
    if held.claimed_by != by:
        raise ReviewError("You have not claimed this.")
    held.claimed_by, held.claimed_until = "", None
    held.save(update_fields=["claimed_by", "claimed_until"])
    record([act(held, "held given back", by)], policy=policy, now=now)
    return held


def _claimed(held_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> HeldObject:
    held = find(held_id)
    record([act(held, "held claimed", by)], policy=policy, now=now)
    return held
