"""What a person decides over held objects: release or reject, each one act in the journal.

A release publishes nothing by itself: it lets the object, or its held properties, go on down the
same river, where the worker publishes them.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from indicators import keyring
from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import NEVER_WAIVED, WHY_NEVER_WAIVED, Reason
from indicators.models.submission import HeldObject, Submission, SubmissionObject
from indicators.pipeline import bulk, doorbell, queue, told, waiting


class ReviewError(Exception):
    """A decision that cannot be taken; the message says why."""


@transaction.atomic
def release(held_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> None:
    """Let a held object, or held properties of a published one, go on.

    Raises:
        ReviewError: it is decided already, its raw body is purged, or what it is held for nobody
            may waive.
    """
    held = _open(held_id)
    if never := NEVER_WAIVED.intersection(held.reasons):
        why = "; ".join(f"{each}: {WHY_NEVER_WAIVED[each]}" for each in sorted(never))
        raise ReviewError(f"Nobody can release this as it is. {why}.")
    _decide(held, HeldObject.State.RELEASED, by=by, now=now)
    if held.part == HeldObject.Part.OBJECT:
        _try_again(held)
    else:
        transaction.on_commit(lambda: doorbell.ring_released(held.id))
    record([_act(held, "held released", by)], policy=policy, now=now)


@transaction.atomic
def reject(held_id: uuid.UUID, *, by: str, message: str, policy: Policy, now: datetime) -> None:
    """Refuse a held object, or held properties; the message goes to the lab.

    Raises:
        ReviewError: it is decided already.
    """
    held = _open(held_id)
    _decide(held, HeldObject.State.REJECTED, by=by, now=now)
    row = SubmissionObject.objects.filter(submission_id=held.submission_id, ordinal=held.ordinal)
    if held.part == HeldObject.Part.OBJECT:
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
    else:
        said = f"{', '.join(sorted(content(held)))} not shared: {message}"
        row.update(message_ct=told.seal_message(held.submission_id, held.ordinal, said))
    record([_act(held, "held rejected", by)], policy=policy, now=now)


def content(held: HeldObject) -> Mapping[str, Any]:
    """What is held: the object as the lab sent it, or its held properties by name."""
    found: Mapping[str, Any] = _opened(held)["content"]
    return found


def original_id(held: HeldObject) -> str:
    """The lab's own id of the object."""
    return str(_opened(held)["original_id"])


def _opened(held: HeldObject) -> Mapping[str, Any]:
    raw = keyring.unseal("held", bytes(held.projected_ct), place=held.id.bytes)
    found: Mapping[str, Any] = json.loads(raw)
    return found


def _open(held_id: uuid.UUID) -> HeldObject:
    held = HeldObject.objects.select_for_update().filter(pk=held_id).first()
    if held is None or held.state != HeldObject.State.OPEN:
        raise ReviewError("This has been decided already.")
    return held


def _decide(held: HeldObject, state: HeldObject.State, *, by: str, now: datetime) -> None:
    held.state, held.decided_by, held.decided_at = state, by, now
    held.save(update_fields=["state", "decided_by", "decided_at"])


def _try_again(held: HeldObject) -> None:
    queue.lock([held.submission_id])
    alive = Submission.objects.filter(pk=held.submission_id, body_ct__isnull=False)
    if not alive.exclude(state=Submission.State.QUARANTINED).exists():
        raise ReviewError(
            "The raw submission has been purged or set aside; the lab must send it again."
        )
    bulk.run(
        "UPDATE submission_object SET outcome = 'pending', waived = waived || %s::varchar[] "
        "WHERE submission_id = %s AND ordinal = %s",
        [list(held.reasons), held.submission_id, held.ordinal],
    )
    queue.requeue([held.submission_id])
    doorbell.ring_after_commit([held.submission_id])


def _act(held: HeldObject, act: str, by: str) -> Act:
    return Act(by, act, f"{held.submission_id}#{held.ordinal}", {"reasons": list(held.reasons)})
