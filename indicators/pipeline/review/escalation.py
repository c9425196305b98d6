"""Pass an item on: to another reviewer, or to counsel. Whoever ever did does not decide it."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from indicators import keyring
from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.review_policy import current_review_policy
from indicators.models.submission import HeldObject
from indicators.pipeline.review.item import ReviewError, act, escalated_by, lock_open


@transaction.atomic
def escalate(
    held_id: uuid.UUID, *, to: str, why: str, by: str, policy: Policy, now: datetime
) -> HeldObject:
    """Pass an undecided item on to a line of `policy/review.toml`; the reason is kept sealed.

    Raises:
        ReviewError: it is decided or claimed already, there is no such line, it is there already,
            or nothing says why.
    """
    held = lock_open(held_id, by=by)
    lines = current_review_policy().lines
    if to not in lines:
        raise ReviewError(f"There is no line {to!r}, only: {', '.join(lines)}.")
    if held.escalated_to == to:
        raise ReviewError(f"It is with {to} already.")
    if not why.strip():
        raise ReviewError("Say why: whoever takes it up needs to know what to look at.")
    held.escalated_to = to
    held.escalated_by = ", ".join(dict.fromkeys([*escalated_by(held), by]))
    held.escalation_ct = keyring.seal("escalation", why.strip().encode(), place=held.id.bytes)
    held.claimed_by, held.claimed_until = "", None
    held.save()
    record([act(held, "held escalated", by, to=to)], policy=policy, now=now)
    return held


def why_escalated(held: HeldObject) -> str:
    """What the person wrote who passed it on; empty if nobody did."""
    if held.escalation_ct is None:
        return ""
    return keyring.unseal("escalation", bytes(held.escalation_ct), place=held.id.bytes).decode()
