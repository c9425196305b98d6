"""PostgreSQL is the queue: claim a submission, keep its lease, give it back finished.

Every transition is one conditional UPDATE; no row touched means that somebody else did it. Leases
are counted by the database's clock alone. Celery only rings (ADR-0002).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from indicators import keyring
from indicators.pipeline import bulk


LEASE_SECONDS = 60
MOST_ATTEMPTS = 5
"""Leases lost in a row (killed, out of memory, timed out) before a submission is set aside."""
_KIND = 80


class LeaseLost(Exception):  # noqa: N818  what happened
    """Another worker holds the submission now; whatever this one still does must not count."""


@dataclass(frozen=True, slots=True)
class Lease:
    """A submission that is ours to work on until the lease runs out."""

    submission_id: uuid.UUID
    token: uuid.UUID
    member_id: uuid.UUID
    collection_id: uuid.UUID
    received_at: datetime
    attempts: int
    body_ct: bytes

    def objects(self) -> list[Mapping[str, Any]]:
        """The objects as the lab sent them."""
        return opened(self.submission_id, self.body_ct)


def opened(submission_id: uuid.UUID, body_ct: bytes) -> list[Mapping[str, Any]]:
    """The objects of a raw body."""
    raw = keyring.unseal("body", body_ct, place=submission_id.bytes)
    found: list[Mapping[str, Any]] = json.loads(raw)["objects"]
    return found


def claim(submission_id: uuid.UUID) -> Lease | None:
    """Take a submission that is due, or None if there is nothing to do (yet).

    What one member sent to one collection is worked on in the order of receipt and one at a time:
    of two versions the newer wins, and nothing overtakes a retraction (ADR-0015).

    The attempt is counted and committed before any work starts, so that a submission that kills its
    worker cannot kill workers for ever.
    """
    token = uuid.uuid4()
    rows = bulk.rows(
        """UPDATE submission s
           SET state = 'working', lease_token = %s, attempts = attempts + 1,
               lease_until = clock_timestamp() + make_interval(secs => %s)
           WHERE id = %s AND body_ct IS NOT NULL
             AND (state = 'received' OR (state = 'working' AND lease_until < clock_timestamp()))
             AND NOT EXISTS (
                 SELECT FROM submission earlier
                 WHERE earlier.member_id = s.member_id AND earlier.collection_id = s.collection_id
                   AND earlier.state IN ('received', 'working')
                   AND (earlier.received_at, earlier.id) < (s.received_at, s.id))
           RETURNING member_id, collection_id, received_at, attempts, body_ct""",
        [token, LEASE_SECONDS, submission_id],
    )
    if not rows:
        return None
    member_id, collection_id, received_at, attempts, body_ct = rows[0]
    return Lease(
        submission_id, token, member_id, collection_id, received_at, attempts, bytes(body_ct)
    )


def extend(lease: Lease) -> None:
    """Renew the lease, as the first statement of a transaction: the row lock fences all others.

    Raises:
        LeaseLost: it ran out and was taken over.
    """
    touched = bulk.run(
        """UPDATE submission SET lease_until = clock_timestamp() + make_interval(secs => %s)
           WHERE id = %s AND lease_token = %s AND state = 'working'""",
        [LEASE_SECONDS, lease.submission_id, lease.token],
    )
    if not touched:
        raise LeaseLost(str(lease.submission_id))


@transaction.atomic
def finish(lease: Lease) -> uuid.UUID | None:
    """Give the submission back; return the sender's next one, or this one if it is due again.

    The lock comes first and the look second: in one statement the look would use an older snapshot
    and miss an object that was just made due.
    """
    extend(lease)
    again = bool(
        bulk.rows(
            "SELECT FROM submission_object WHERE submission_id = %s AND outcome = 'pending' "
            "LIMIT 1",
            [lease.submission_id],
        )
    )
    bulk.run(
        """UPDATE submission SET state = %s, lease_token = NULL, lease_until = NULL, attempts = 0,
                  failure_kind = '', due_since = clock_timestamp(),
                  finished_at = clock_timestamp() WHERE id = %s""",
        ["received" if again else "complete", lease.submission_id],
    )
    rows = bulk.rows(
        """SELECT id FROM submission WHERE member_id = %s AND collection_id = %s
           AND state IN ('received', 'working') ORDER BY received_at, id LIMIT 1""",
        [lease.member_id, lease.collection_id],
    )
    return rows[0][0] if rows else None


def failed(lease: Lease, error: Exception) -> None:
    """Keep of what sort the error was, never its text: that may say what a lab sent."""
    bulk.run(
        "UPDATE submission SET failure_kind = %s WHERE id = %s AND lease_token = %s",
        [type(error).__name__[:_KIND], lease.submission_id, lease.token],
    )


def postpone(lease: Lease) -> None:
    """After a failure that is not the submission's own: try again soon, for a day not counted.

    The day begins when it became due, however long ago it was received. The longer it has waited,
    the longer until the next try: 2 seconds to 5 minutes.
    """
    bulk.run(
        """UPDATE submission SET
                  attempts = CASE WHEN due_since > clock_timestamp() - interval '1 day'
                                  THEN greatest(attempts - 1, 0) ELSE attempts END,
                  lease_until = clock_timestamp() + least(interval '5 minutes',
                      greatest(interval '2 seconds', (clock_timestamp() - due_since) / 10))
           WHERE id = %s AND lease_token = %s""",
        [lease.submission_id, lease.token],
    )


def set_aside(lease: Lease, reference: str) -> None:
    """Quarantine: it is never tried again by itself."""
    bulk.run(
        """UPDATE submission SET state = 'quarantined', lease_token = NULL, lease_until = NULL,
                  failure_reference = %s, finished_at = clock_timestamp()
           WHERE id = %s AND lease_token = %s""",
        [reference, lease.submission_id, lease.token],
    )


def put_back(submission_id: uuid.UUID) -> None:
    """Take a submission out of quarantine, as if it had never been tried."""
    bulk.run(
        """UPDATE submission SET state = 'received', attempts = 0, failure_reference = '',
                  failure_kind = '', finished_at = NULL, due_since = clock_timestamp()
           WHERE id = %s AND state = 'quarantined'""",
        [submission_id],
    )


def requeue(submission_ids: list[uuid.UUID]) -> None:
    """Make finished submissions due again; their pending objects are marked by the caller first.

    The rows are locked before the caller's marks become visible (`finish` explains why).
    """
    bulk.run(
        "UPDATE submission SET state = 'received', due_since = clock_timestamp() "
        "WHERE id = ANY(%s) AND state = 'complete'",
        [submission_ids],
    )


def lock(submission_ids: list[uuid.UUID]) -> None:
    """Hold these submissions still until the transaction ends, in one order for all."""
    bulk.rows(
        "SELECT id FROM submission WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [submission_ids]
    )


def due(limit: int) -> list[uuid.UUID]:
    """What the doorbell may have been lost for: waiting over five seconds, or a lease run out."""
    rows = bulk.rows(
        """SELECT id FROM submission
           WHERE (state = 'received' AND due_since < clock_timestamp() - interval '5 seconds')
              OR (state = 'working' AND lease_until < clock_timestamp())
           ORDER BY received_at LIMIT %s""",
        [limit],
    )
    return [row[0] for row in rows]
