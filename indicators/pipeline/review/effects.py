"""What a decision does, once its time to be undone is over. Runs in the worker.

With REVIEW_UNDO_SECONDS = 0 it runs in the transaction of the decision itself.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.models.submission import HeldObject, Submission, SubmissionObject
from indicators.pipeline import bulk, doorbell, queue, told, waiting
from indicators.pipeline.review.item import (
    Decision,
    ReviewError,
    State,
    act,
    content,
    lock,
    terms_of,
)


@transaction.atomic
def take_effect(held_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Let one decision take effect; False if it is not due, or undone or overtaken meanwhile.

    What cannot take effect any more (the raw body is purged) is open again, and journalled.
    """
    try:
        held = lock(held_id)
    except ReviewError:
        return False
    if held.state != State.DECIDED or held.undo_until is None or held.undo_until > bulk.clock():
        return False
    try:
        with transaction.atomic():
            take(held, policy=policy, now=now)
    except ReviewError as error:
        held.refresh_from_db()
        reopen(held)
        record([act(held, "decision failed", "pipeline", why=str(error))], policy=policy, now=now)
        return False
    record([act(held, "decision in effect", "pipeline")], policy=policy, now=now)
    return True


def take(held: HeldObject, *, policy: Policy, now: datetime) -> None:
    """Let the decision over a locked item take effect.

    Raises:
        ReviewError: the submission is gone.
    """
    if held.decision == Decision.REJECT:
        _reject(held, policy=policy, now=now)
    else:
        _release(held)


def reopen(held: HeldObject) -> None:
    """Undecided again, as if nobody had proposed or decided anything."""
    held.state, held.decision, held.decision_ct = State.OPEN, "", None
    held.needs_two, held.first_by, held.second_by = False, "", ""
    held.decided_by, held.decided_at, held.undo_until = "", None, None
    held.save()


def check_alive(held: HeldObject) -> None:
    """Raise ReviewError if a whole object can go nowhere: its submission is purged or set aside."""
    if held.part != HeldObject.Part.OBJECT:
        return
    # What a legal hold keeps beyond its time is not shared any more.
    alive = Submission.objects.filter(
        pk=held.submission_id, body_ct__isnull=False, purge_after__gt=bulk.clock()
    )
    if not alive.exclude(state=Submission.State.QUARANTINED).exists():
        raise ReviewError(
            "The raw submission has been purged or set aside; the lab must send it again."
        )


def _release(held: HeldObject) -> None:
    held.state = State.RELEASED
    held.save(update_fields=["state"])
    if held.part == HeldObject.Part.OBJECT:
        _try_again(held)
    else:
        transaction.on_commit(lambda: doorbell.ring_released(held.id))


def _try_again(held: HeldObject) -> None:
    queue.lock([held.submission_id])
    check_alive(held)
    bulk.run(
        "UPDATE submission_object SET outcome = 'pending', waived = waived || %s::varchar[] "
        "WHERE submission_id = %s AND ordinal = %s",
        [list(held.reasons), held.submission_id, held.ordinal],
    )
    queue.requeue([held.submission_id])
    doorbell.ring_after_commit([held.submission_id])


def _reject(held: HeldObject, *, policy: Policy, now: datetime) -> None:
    held.state = State.REJECTED
    held.save(update_fields=["state"])
    message = str(terms_of(held)["message"])
    row = SubmissionObject.objects.filter(submission_id=held.submission_id, ordinal=held.ordinal)
    if held.part == HeldObject.Part.PROPERTIES:
        said = f"{', '.join(sorted(content(held)))} not shared: {message}"
        row.update(message_ct=told.seal_message(held.submission_id, held.ordinal, said))
        return
    row.update(
        outcome="rejected",
        reason=Reason.REVIEW_REJECTED,
        message_ct=told.seal_message(held.submission_id, held.ordinal, message),
    )
    waiting.give_up(
        [bytes(held.own_tag)],
        message="What it refers to was not accepted.",
        policy=policy,
        now=now,
    )


def due(limit: int) -> list[uuid.UUID]:
    """Decisions whose time has come, and releases whose doorbell may have been lost."""
    rows = bulk.rows(
        "SELECT id FROM held_object WHERE (state = 'decided' AND undo_until < clock_timestamp()) "
        "OR (state = 'released' AND part = 'properties' "
        "AND greatest(decided_at, undo_until) < clock_timestamp() - interval '5 seconds') LIMIT %s",
        [limit],
    )
    return [row[0] for row in rows]
