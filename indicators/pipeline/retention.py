"""What is kept ends: raw bodies, held content, ids and messages, links, marks of re-sent bodies.

Each function is one step of the nightly job: it touches only what is due, in parts of their own, so
that it can be killed and run again. A legal hold keeps what lies in its scope from being removed;
it does not keep anything open: whoever waited for a decision is told when its time is over.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.domain.terms import current_terms
from indicators.keyring import SealError
from indicators.models.submission import HeldObject
from indicators.pipeline import bulk, told, waiting
from indicators.pipeline.legal_hold import NOT_HELD
from indicators.pipeline.review.item import content


logger = logging.getLogger(__name__)
_AT_ONCE = 500
_TOO_LONG = (
    "Nobody decided over it in time, and what you sent is not kept any longer. Send it again if it "
    "is still of use."
)


def expire_held(*, policy: Policy, now: datetime) -> int:
    """Reject what is held and undecided when its submission is due to be purged."""
    return _until_none_is_left(lambda: _expire_some(policy=policy, now=now))


def purge_bodies(*, now: datetime) -> int:
    """Remove the raw bodies that are due, of finished submissions outside every hold."""
    return _until_none_is_left(lambda: bulk.run(_PURGE, {"now": now, "most": _AT_ONCE}))


def delete_held(*, now: datetime) -> int:
    """Delete held items that are decided, once their submission is due."""
    return _until_none_is_left(lambda: bulk.run(_DELETE_HELD, {"now": now, "most": _AT_ONCE}))


def forget_statuses(*, now: datetime) -> int:
    """Remove the sealed ids, versions and messages of old submissions; returns how many."""
    return _until_none_is_left(lambda: _forget_some(now=now))


def forget_links(*, now: datetime) -> int:
    """Delete old withdrawn contributions; none while a legal hold is in force.

    A contribution names no member, so nobody can say whether it lies within a hold.
    """
    last = now.date() - timedelta(days=current_terms().links)
    parameters = {"now": now, "last": last, "most": _AT_ONCE}
    links = _until_none_is_left(lambda: bulk.run(_FORGET_LINKS, parameters))
    return links + _until_none_is_left(lambda: bulk.run(_FORGET_FEEDBACK, parameters))


def forget_resends(*, now: datetime) -> int:
    """Delete the marks by which a body sent again within a day is known."""
    return bulk.run("DELETE FROM idempotency WHERE expires_at < %s", [now])


def overdue(*, now: datetime) -> int:
    """Submissions that are due to be purged and are not finished: somebody must look."""
    rows = bulk.rows(
        "SELECT count(*) FROM submission WHERE purge_after < %s AND body_ct IS NOT NULL "
        "AND state IN ('received', 'working')",
        [now],
    )
    return int(rows[0][0])


def _until_none_is_left(some: Callable[[], int]) -> int:
    total = 0
    while done := some():
        total += done
    return total


@transaction.atomic
def _expire_some(*, policy: Policy, now: datetime) -> int:
    rows = bulk.rows(
        """SELECT h.id FROM held_object h JOIN submission s ON s.id = h.submission_id
           WHERE h.state = 'open' AND s.purge_after < %s
           ORDER BY h.id LIMIT %s FOR UPDATE OF h SKIP LOCKED""",
        [now, _AT_ONCE],
    )
    held = list(HeldObject.objects.filter(pk__in=[row[0] for row in rows]))
    HeldObject.objects.filter(pk__in=[each.pk for each in held]).update(
        state=HeldObject.State.REJECTED, decided_by="pipeline", decided_at=now
    )
    whole = [each for each in held if each.part == HeldObject.Part.OBJECT]
    _reject(whole)
    _tell([each for each in held if each.part == HeldObject.Part.PROPERTIES])
    waiting.give_up(
        [bytes(each.own_tag) for each in whole],
        message="What it refers to was not decided in time.",
        policy=policy,
        now=now,
    )
    record([_act(each) for each in held], policy=policy, now=now)
    return len(held)


def _reject(held: Sequence[HeldObject]) -> None:
    bulk.many(
        """UPDATE submission_object o
           SET outcome = 'rejected', reason = d.reason, message_ct = d.message_ct
           FROM (VALUES %s) AS d (submission_id, ordinal, reason, message_ct)
           WHERE o.submission_id = d.submission_id AND o.ordinal = d.ordinal
             AND o.outcome = 'held'""",
        [_told(each, Reason.HELD_TOO_LONG, _TOO_LONG) for each in held],
        template="(%s, %s, %s, %s::bytea)",
    )


def _tell(held: Sequence[HeldObject]) -> None:
    """The object itself is out; only some of its properties never were."""
    bulk.many(
        """UPDATE submission_object o SET message_ct = d.message_ct
           FROM (VALUES %s) AS d (submission_id, ordinal, reason, message_ct)
           WHERE o.submission_id = d.submission_id AND o.ordinal = d.ordinal""",
        [_told(each, "", f"{_names(each)} not shared: nobody decided in time") for each in held],
        template="(%s, %s, %s, %s::bytea)",
    )


def _names(held: HeldObject) -> str:
    try:
        return ", ".join(sorted(content(held)))
    except SealError:
        # One that does not open must not keep all others; what it was nobody can say any more.
        logger.error("held item %s does not open; it expires unread", held.pk)  # noqa: TRY400  nothing to trace
        return "A part of it was"


def _told(each: HeldObject, reason: str, message: str) -> tuple[uuid.UUID, int, str, bytes | None]:
    place = (each.submission_id, each.ordinal)
    return (*place, str(reason), told.seal_message(*place, message))


def _act(each: HeldObject) -> Act:
    body = {"reasons": list(each.reasons), "part": each.part}
    return Act("pipeline", "held expired", f"{each.submission_id}#{each.ordinal}", body)


@transaction.atomic
def _forget_some(*, now: datetime) -> int:
    before = now - timedelta(days=current_terms().statuses)
    rows = bulk.rows(_TO_FORGET, {"now": now, "before": before, "most": _AT_ONCE})
    ids = [row[0] for row in rows]
    bulk.run(
        "UPDATE submission_object SET original_ct = '', message_ct = NULL "
        "WHERE submission_id = ANY(%s)",
        [ids],
    )
    bulk.run(
        "UPDATE submission SET forgotten = true, body_mac = '' WHERE id = ANY(%s)",
        [ids],
    )
    return len(ids)


_PURGE = f"""
UPDATE submission SET body_ct = NULL WHERE id IN (
    SELECT s.id FROM submission s
    WHERE s.purge_after < %(now)s AND s.body_ct IS NOT NULL
      AND s.state IN ('complete', 'quarantined') AND {NOT_HELD}
    LIMIT %(most)s FOR UPDATE OF s SKIP LOCKED)
"""  # noqa: S608  our own text
_DELETE_HELD = f"""
DELETE FROM held_object WHERE id IN (
    SELECT held.id FROM held_object held JOIN submission s ON s.id = held.submission_id
    WHERE s.purge_after < %(now)s AND {NOT_HELD}
      AND (held.state IN ('applied', 'rejected', 'superseded')
           OR (held.state = 'released' AND held.part = 'object'))
    LIMIT %(most)s FOR UPDATE OF held SKIP LOCKED)
"""  # noqa: S608  our own text
_TO_FORGET = f"""
SELECT s.id FROM submission s
WHERE NOT s.forgotten AND s.received_at < %(before)s AND s.body_ct IS NULL AND {NOT_HELD}
LIMIT %(most)s FOR UPDATE OF s SKIP LOCKED
"""  # noqa: S608  our own text
_FORGET_LINKS = """
DELETE FROM contribution WHERE lookup_tag IN (
    SELECT c.lookup_tag FROM contribution c
    WHERE c.state = 'withdrawn' AND c.last_day < %(last)s AND NOT EXISTS (
        SELECT FROM legal_hold h WHERE h.approved_at IS NOT NULL AND h.released_at IS NULL
          AND h.expires_at > %(now)s)
    LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""
_FORGET_FEEDBACK = """
DELETE FROM feedback WHERE (lookup_tag, collection_id, stix_id) IN (
    SELECT f.lookup_tag, f.collection_id, f.stix_id FROM feedback f
    WHERE f.state = 'withdrawn' AND f.last_day < %(last)s AND NOT EXISTS (
        SELECT FROM legal_hold h WHERE h.approved_at IS NOT NULL AND h.released_at IS NULL
          AND h.expires_at > %(now)s)
      -- Who was heard over what stands is not heard again.
      AND NOT (f.heard AND EXISTS (
        SELECT FROM forum_object o WHERE o.collection_id = f.collection_id
          AND o.stix_id = f.stix_id AND o.state <> 'revoked'))
    LIMIT %(most)s FOR UPDATE SKIP LOCKED)
"""
