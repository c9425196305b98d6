"""Objects that wait for another: woken when it is published, ended when their time is up."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.pipeline import bulk, doorbell, queue, told


def wake(tags: Sequence[bytes]) -> None:
    """Make due again what waited for these, inside the transaction that publishes them.

    An object that waits for several things is tried once for each and says what it still needs.
    """
    found = bulk.rows(
        "SELECT DISTINCT submission_id, ordinal FROM waiting_edge WHERE needs_tag = ANY(%s)",
        [list(tags)],
    )
    if not found:
        return
    submissions = sorted({row[0] for row in found})
    queue.lock(submissions)
    bulk.many("DELETE FROM waiting_edge WHERE (submission_id, ordinal) IN (VALUES %s)", found)
    bulk.many(
        """UPDATE submission_object SET outcome = 'pending'
           WHERE outcome = 'waiting' AND (submission_id, ordinal) IN (VALUES %s)""",
        found,
    )
    queue.requeue(submissions)
    doorbell.ring_after_commit(submissions)


def recheck(submission_id: uuid.UUID, standing: Sequence[bytes]) -> None:
    """Make due again what waits for something that was published a moment ago.

    `standing` are the tags of what is needed and stands by now: its publisher may have looked for
    waiting objects before ours were written.
    """
    found = bulk.rows(
        "DELETE FROM waiting_edge WHERE submission_id = %s AND needs_tag = ANY(%s) "
        "RETURNING submission_id, ordinal",
        [submission_id, list(standing)],
    )
    bulk.many(
        """UPDATE submission_object SET outcome = 'pending'
           WHERE outcome = 'waiting' AND (submission_id, ordinal) IN (VALUES %s)""",
        dict.fromkeys(found),
    )


def give_up(tags: Sequence[bytes], *, message: str, policy: Policy, now: datetime) -> None:
    """Refuse what waits for something that a reviewer rejected or its lab took back."""
    found = bulk.rows(
        "DELETE FROM waiting_edge WHERE needs_tag = ANY(%s) RETURNING submission_id, ordinal",
        [list(tags)],
    )
    _refuse(found, reason=Reason.REFERENCE_REFUSED, message=message, policy=policy, now=now)


@transaction.atomic
def expire(*, policy: Policy, now: datetime) -> int:
    """Refuse what has waited too long; its raw body is about to be purged."""
    found = bulk.rows(
        "DELETE FROM waiting_edge WHERE until < %s RETURNING submission_id, ordinal", [now]
    )
    message = "What it refers to did not arrive in time; send both again together."
    return _refuse(found, reason=Reason.REFERENCE_MISSING, message=message, policy=policy, now=now)


def _refuse(
    found: Sequence[tuple[uuid.UUID, int]],
    *,
    reason: Reason,
    message: str,
    policy: Policy,
    now: datetime,
) -> int:
    objects = list(dict.fromkeys(found))
    bulk.many(
        """UPDATE submission_object o
           SET outcome = 'rejected', reason = d.reason, message_ct = d.message_ct
           FROM (VALUES %s) AS d (submission_id, ordinal, reason, message_ct)
           WHERE o.submission_id = d.submission_id AND o.ordinal = d.ordinal
             AND o.outcome = 'waiting'""",
        [(*each, reason.value, told.seal_message(*each, message)) for each in objects],
    )
    body = {"reason": reason.value}
    acts = [Act("pipeline", "object rejected", f"{sub}#{n}", body) for sub, n in objects]
    record(acts, policy=policy, now=now)
    return len(objects)
