"""What is held or waiting falls when its lab sends something newer, takes it back, or leaves."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.pipeline import bulk, told


_LATEST = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class _Fallen:
    tag: bytes
    submission_id: uuid.UUID
    ordinal: int


def overtake(
    newer: Mapping[bytes, datetime | None],
    *,
    reason: Reason,
    message: str,
    policy: Policy,
    now: datetime,
) -> set[bytes]:
    """Close what is held, decided, released and waiting under these tags, up to the version given.

    None overtakes every version. Returns the tags that had an object there, not just some
    properties of a published one.
    """
    limits = [(tag, version or _LATEST) for tag, version in newer.items()]
    objects = [*_held(limits), *_waiting(limits)]
    _close(objects, reason=reason, message=message, policy=policy, now=now)
    return {each.tag for each in objects}


@transaction.atomic
def give_up(
    member_id: uuid.UUID, *, most: int, message: str, policy: Policy, now: datetime
) -> bool:
    """Close what is held and waits of a member, at most so many of each; False if there is none.

    What a reviewer has let go whole is in the queue again, or out.
    """
    place = {"member": member_id, "most": most}
    held, waiting = bulk.rows(_HELD_OF, place), bulk.rows(_WAITING_OF, place)
    objects = [_Fallen(bytes(tag), *rest) for tag, *rest, part in held if part == "object"]
    objects += [_Fallen(*each) for each in dict.fromkeys(_plain(row) for row in waiting)]
    _close(objects, reason=Reason.WITHDRAWN, message=message, policy=policy, now=now)
    return bool(held or waiting)


def _close(
    objects: Sequence[_Fallen], *, reason: Reason, message: str, policy: Policy, now: datetime
) -> None:
    bulk.many(
        """UPDATE submission_object o
           SET outcome = 'withdrawn', reason = d.reason, message_ct = d.message_ct
           FROM (VALUES %s) AS d (submission_id, ordinal, reason, message_ct)
           WHERE o.submission_id = d.submission_id AND o.ordinal = d.ordinal""",
        [_row(each, reason, message) for each in objects],
        template="(%s, %s, %s, %s::bytea)",
    )
    acts = [
        Act("pipeline", "object overtaken", f"{each.submission_id}#{each.ordinal}",
            {"reason": reason.value})
        for each in objects
    ]  # fmt: skip
    record(acts, policy=policy, now=now)


def _row(each: _Fallen, reason: Reason, message: str) -> tuple[object, ...]:
    sealed = told.seal_message(each.submission_id, each.ordinal, message)
    return (each.submission_id, each.ordinal, reason.value, sealed)


def _held(limits: Sequence[tuple[bytes, datetime]]) -> list[_Fallen]:
    rows = bulk.many(
        """UPDATE held_object h SET state = 'superseded' FROM (VALUES %s) AS d (tag, version)
           WHERE h.own_tag = d.tag AND h.state IN ('open', 'decided', 'released')
             AND (h.version IS NULL OR h.version <= d.version)
           RETURNING h.own_tag, h.submission_id, h.ordinal, h.part""",
        limits,
        template="(%s::bytea, %s::timestamptz)",
    )
    return [_Fallen(bytes(row[0]), row[1], row[2]) for row in rows if row[3] == "object"]


def _waiting(limits: Sequence[tuple[bytes, datetime]]) -> list[_Fallen]:
    rows = bulk.many(
        """DELETE FROM waiting_edge e USING (VALUES %s) AS d (tag, version)
           WHERE e.own_tag = d.tag AND (e.version IS NULL OR e.version <= d.version)
           RETURNING e.own_tag, e.submission_id, e.ordinal""",
        limits,
        template="(%s::bytea, %s::timestamptz)",
    )
    return [_Fallen(*each) for each in dict.fromkeys(_plain(row) for row in rows)]


def _plain(row: tuple[bytes, uuid.UUID, int]) -> tuple[bytes, uuid.UUID, int]:
    """Bytes that can be compared."""
    return bytes(row[0]), row[1], row[2]


_HELD_OF = """
UPDATE held_object SET state = 'superseded' WHERE id IN (
    SELECT h.id FROM held_object h JOIN submission s ON s.id = h.submission_id
    WHERE s.member_id = %(member)s
      AND (h.state IN ('open', 'decided') OR (h.state = 'released' AND h.part = 'properties'))
    LIMIT %(most)s)
RETURNING own_tag, submission_id, ordinal, part
"""
_WAITING_OF = """
DELETE FROM waiting_edge WHERE id IN (
    SELECT w.id FROM waiting_edge w JOIN submission s ON s.id = w.submission_id
    WHERE s.member_id = %(member)s LIMIT %(most)s)
RETURNING own_tag, submission_id, ordinal
"""
