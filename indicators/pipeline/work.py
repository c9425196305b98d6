"""Work on one submission: its objects in chunks, each chunk one transaction.

A chunk is independently final: whatever kills the worker, the chunks that were committed stand and
the next lease takes up the rest.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial

from django.db import OperationalError

from indicators.domain.disclosure import Policy
from indicators.domain.feedback import TYPES as FEEDBACK
from indicators.domain.objects import ReceivedObject
from indicators.domain.outcomes import Held, Rejected, Waiting
from indicators.domain.surroundings import Surroundings
from indicators.matching.charged import charged_tokens
from indicators.matching.errors import TokensUnavailable
from indicators.matching.limits import current_limits
from indicators.pipeline import barred, hearing, lookups, queue, retract, verbatim
from indicators.pipeline.chunks import in_chunks, undecided
from indicators.pipeline.commit import commit
from indicators.pipeline.contested import contested
from indicators.pipeline.decide import decide, unexpected
from indicators.pipeline.known import known
from indicators.pipeline.lookups import Sender
from indicators.pipeline.mint import Moved
from indicators.pipeline.queue import Lease
from indicators.pipeline.stopwatch import timed
from indicators.pipeline.verdicts import Decision


_LOOKS = 3


def work_on(lease: Lease, *, policy: Policy, now: datetime) -> None:
    """Decide every object of the submission that is not decided yet.

    Raises:
        LeaseLost: another worker took over; nothing of the running chunk was kept.
        TokensUnavailable: personal identifiers are among them, and no token can be made now.
    """
    sender = sender_of(lease, policy=policy, now=now)
    for chunk in in_chunks(undecided(lease), verbatim=sender.is_verbatim):
        _work_on_chunk(lease, sender, chunk, policy=policy, now=now)


def sender_of(lease: Lease, *, policy: Policy, now: datetime) -> Sender:
    """Whose submission it is: read once, before its first chunk."""
    return lookups.sender(
        lease.objects(),
        member_id=lease.member_id,
        collection_id=lease.collection_id,
        policy=policy,
        now=now,
    )


def _work_on_chunk(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    """Decide a chunk; if something in it cannot be written, decide its objects one by one."""
    try:
        _decide(lease, sender, chunk, policy=policy, now=now)
    except (OperationalError, queue.LeaseLost, TokensUnavailable):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the other objects go on
        if len(chunk) == 1:
            decision = Decision(chunk[0], unexpected(error), None)
            commit(lease, sender, [decision], [], {}, policy=policy, now=now)
            return
        for each in chunk:
            _work_on_chunk(lease, sender, [each], policy=policy, now=now)


def _decide(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    if sender.is_verbatim:
        timed("catalogue", verbatim.work_on_chunk, lease, sender, chunk, policy=policy, now=now)
    elif chunk[0].body.get("revoked") is True:
        timed("take back", retract.work_on_chunk, lease, sender, chunk, policy=policy, now=now)
    elif chunk[0].type in FEEDBACK:
        timed("hear", hearing.work_on_chunk, lease, sender, chunk, policy=policy, now=now)
    else:
        _share(lease, sender, chunk, policy=policy, now=now)


def _share(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    """Look, decide and commit; look again if what was seen was withdrawn meanwhile."""
    for _ in range(_LOOKS):
        around = timed(
            "look up", lookups.surroundings, sender, chunk, received_at=lease.received_at, now=now
        )
        decided = decide(
            chunk,
            sender=sender,
            known=partial(known, sender, lease.submission_id),
            tokens=partial(
                charged_tokens, sender.member.id, limits=current_limits(), policy=policy, now=now
            ),
            policy=policy,
            around=around,
        )
        screened = decided.screened
        tags = barred.tags_by_ordinal(
            sender, screened, decided.linked, {each.ordinal: each.id for each in chunk}
        )
        disputed = contested(sender, chunk, decided.linked, tags)
        known_again = {**disputed.held, **barred.refused(tags)}
        linked = [each for each in decided.linked if each.shared.ordinal not in known_again]
        ends = {**decided.ends, **known_again}
        decisions = [
            Decision(each, ends.get(each.ordinal), screened.get(each.ordinal)) for each in chunk
        ]
        with suppress(Moved):
            stale = _stale(decisions, around)
            timed(
                "write",
                commit,
                lease,
                sender,
                decisions,
                linked,
                decided.names,
                stale=stale,
                joining=disputed.joining,
                policy=policy,
                now=now,
            )
            return
    raise Moved


def _stale(decisions: Sequence[Decision], around: Surroundings) -> list[str]:
    """The member's own ids under which something stands that must not, and nothing new comes."""
    return [
        each.received.id
        for each in decisions
        if isinstance(each.verdict, Held | Rejected | Waiting)
        and (past := around.past.get(each.received.id))
        and past.must_go
    ]
