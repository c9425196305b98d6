"""What labs have sent over ninety days, what of it is held, and what the journal says of it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from indicators import keyring
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import bulk, told
from tests.crowd.feed import SPAN
from tests.crowd.size import Size
from tests.forum import Forum, indicator, now


_OBJECTS = 5
"""Of an ordinary envelope."""
_ACTS = ("received", "object published", "object held", "object rejected", "held claimed",
         "held released", "grant given", "credential issued")  # fmt: skip


def envelope(forum: Forum, size: Size) -> tuple[UUID, UUID]:
    """One large envelope down the river; returns its submission, and an item that it left held."""
    objects = (
        indicator(
            f"[domain-name:value = 'gw-{number}-{uuid4().hex[:8]}.meadowexit.example']",
            **({} if number % 10 else {"description": f"Our night shift saw it, {number} times."}),
        )
        for number in range(size.envelope)
    )
    status = forum.push("alder", *objects)
    held = HeldObject.objects.filter(submission_id=status.id).earliest("ordinal")
    return status.id, held.pk


def submissions(forum: Forum, size: Size) -> None:
    """Ordinary ones of all three labs; a few are worked on, or were given up."""
    rows = list(_submissions(forum, size.submissions))
    Submission.objects.bulk_create(rows, batch_size=2000)
    _objects(rows)
    _held(rows[: size.held])


def _submissions(forum: Forum, number: int) -> Iterator[Submission]:
    place = forum.collections["distillation"]
    labs = [each.member_id for each in forum.principals.values()]
    states = Submission.State
    for n in range(number):
        at = now() - SPAN * (n / number)
        odd = {10: states.QUARANTINED, 20: states.WORKING}.get(n % 500, states.COMPLETE)
        yield Submission(
            member_id=labs[n % len(labs)],
            collection=place,
            body_mac=os.urandom(32),
            state=odd,
            n_objects=_OBJECTS,
            received_at=at,
            due_since=at,
            finished_at=at + timedelta(seconds=1) if odd == states.COMPLETE else None,
            # Nobody is to take it up: it stays as it is.
            lease_until=at + timedelta(days=365) if odd == states.WORKING else None,
            purge_after=at + timedelta(days=30),
        )


def _objects(sent: Iterable[Submission]) -> None:
    bulk.insert(
        "submission_object",
        ("submission_id", "ordinal", "own_tag", "original_ct", "outcome", "reason", "message_ct",
         "rule_ids", "waived", "policy_version", "regime"),
        (_object(each.pk, ordinal) for each in sent for ordinal in range(_OBJECTS)),
    )  # fmt: skip


def _object(submission: UUID, ordinal: int) -> tuple[Any, ...]:
    own = f"indicator--{uuid4()}"
    original = told.seal_original(submission, ordinal, own, "2026-11-01T09:14:00.000Z")
    message = told.seal_message(submission, ordinal, f"published as indicator--{uuid4()}")
    outcome, reason = ("rejected", "BAD_PATTERN") if ordinal == _OBJECTS - 1 else ("published", "")
    return (submission, ordinal, os.urandom(32), original, outcome, reason, message, [], [],
            "test", "test")  # fmt: skip


def _held(sent: Iterable[Submission]) -> None:
    """Most are decided, some are with counsel."""
    HeldObject.objects.bulk_create(
        (_item(each, number) for number, each in enumerate(sent)), batch_size=2000
    )


def _item(sent: Submission, number: int) -> HeldObject:
    states = HeldObject.State
    state = (states.REJECTED, states.APPLIED, states.OPEN, states.APPLIED)[number % 4]
    id_ = uuid4()
    content = {"description": f"Seen by our night shift, {number} times."}
    sealed = json.dumps({"original_id": f"indicator--{id_}", "content": content}).encode()
    return HeldObject(
        id=id_,
        submission=sent,
        ordinal=0,
        own_tag=os.urandom(32),
        part=HeldObject.Part.PROPERTIES,
        projected_ct=keyring.seal("held", sealed, place=id_.bytes),
        reasons=["FREE_TEXT"],
        state=state,
        escalated_to="counsel" if state == states.OPEN else "",
        decided_by="" if state == states.OPEN else "rowan",
        held_at=sent.received_at,
    )


def journal(size: Size) -> None:
    """Half over what members and staff did, half over what the Forum did to its feed."""
    bulk.run(_JOURNAL, {"entries": size.entries, "acts": list(_ACTS), "now": now(), "span": SPAN})


_JOURNAL = """
INSERT INTO audit_entry (id, at, actor, act, subject, policy_version, regime, body, salt)
SELECT gen_random_uuid(), %(now)s - %(span)s * (n::float / %(entries)s),
       CASE WHEN n %% 3 = 0 THEN 'pipeline' ELSE 'member:' || md5((n %% 7)::text) END,
       (%(acts)s::text[])[1 + (n / 2) %% cardinality(%(acts)s::text[])],
       CASE WHEN n %% 2 = 0 THEN 'distillation/indicator--' || gen_random_uuid()
            ELSE gen_random_uuid() || '#' || n %% 5 END,
       'test', 'test', '{"reason":"none"}', sha256(n::text::bytea)
FROM generate_series(1, %(entries)s) AS n
"""
