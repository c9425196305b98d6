"""Work on one submission: its objects in chunks, each chunk one transaction.

A chunk is independently final: whatever kills the worker, the chunks that were committed stand and
the next lease takes up the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime

from django.db import OperationalError

from indicators.domain.disclosure import Policy
from indicators.domain.feedback import TYPES as FEEDBACK
from indicators.domain.objects import LinkedObject, ReceivedObject, ScreenedObject
from indicators.domain.outcomes import Held, Reason, Rejected, Verdict, Waiting
from indicators.domain.surroundings import Surroundings
from indicators.matching.charged import Charged, charged_tokens
from indicators.matching.errors import TokensUnavailable
from indicators.matching.limits import current_limits
from indicators.models.collection import Collection
from indicators.pipeline import barred, hearing, lookups, process, queue, retract, verbatim
from indicators.pipeline.chunks import in_chunks, undecided
from indicators.pipeline.commit import commit
from indicators.pipeline.contested import contested
from indicators.pipeline.known import known
from indicators.pipeline.lookups import Sender
from indicators.pipeline.mint import Moved
from indicators.pipeline.queue import Lease
from indicators.pipeline.verdicts import Decision


logger = logging.getLogger(__name__)
_LOOKS = 3


def work_on(lease: Lease, *, policy: Policy, now: datetime) -> None:
    """Decide every object of the submission that is not decided yet.

    Raises:
        LeaseLost: another worker took over; nothing of the running chunk was kept.
        TokensUnavailable: personal identifiers are among them, and no token can be made now.
    """
    sender = lookups.sender(lease, policy=policy, now=now)
    for chunk in in_chunks(undecided(lease), verbatim=_is_verbatim(sender)):
        _work_on_chunk(lease, sender, chunk, policy=policy, now=now)


def _is_verbatim(sender: Sender) -> bool:
    return sender.collection.kind == Collection.Kind.VERBATIM


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
            decision = Decision(chunk[0], _unexpected(error), None)
            commit(lease, sender, [decision], [], {}, policy=policy, now=now)
            return
        for each in chunk:
            _work_on_chunk(lease, sender, [each], policy=policy, now=now)


def _decide(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    if _is_verbatim(sender):
        verbatim.work_on_chunk(lease, sender, chunk, policy=policy, now=now)
    elif chunk[0].body.get("revoked") is True:
        retract.work_on_chunk(lease, sender, chunk, policy=policy, now=now)
    elif chunk[0].type in FEEDBACK:
        hearing.work_on_chunk(lease, sender, chunk, policy=policy, now=now)
    else:
        _share(lease, sender, chunk, policy=policy, now=now)


def _share(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    """Look, decide and commit; look again if what was seen was withdrawn meanwhile."""
    for _ in range(_LOOKS):
        around = lookups.surroundings(sender, chunk, received_at=lease.received_at, now=now)
        screened, refused = _prepare(chunk, policy=policy, around=around)
        linked, stopped, names = _finish(
            screened, sender=sender, submission_id=lease.submission_id, policy=policy, around=around
        )
        tags = barred.tags_by_ordinal(
            sender, screened, linked, {each.ordinal: each.id for each in chunk}
        )
        disputed = contested(sender, chunk, linked, tags)
        known_again = {**disputed.held, **barred.refused(tags)}
        linked = [each for each in linked if each.shared.ordinal not in known_again]
        ends = {**refused, **stopped, **known_again}
        decisions = [
            Decision(each, ends.get(each.ordinal), screened.get(each.ordinal)) for each in chunk
        ]
        with suppress(Moved):
            stale = _stale(decisions, around)
            commit(
                lease,
                sender,
                decisions,
                linked,
                names,
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


def _prepare(
    chunk: Sequence[ReceivedObject], *, policy: Policy, around: Surroundings
) -> tuple[dict[int, ScreenedObject], dict[int, Verdict]]:
    screened: dict[int, ScreenedObject] = {}
    verdicts_: dict[int, Verdict] = {}
    for each in chunk:
        try:
            screened[each.ordinal] = process.prepare(each, policy=policy, around=around)
        except Verdict as verdict:
            verdicts_[each.ordinal] = verdict
        except Exception as error:  # noqa: BLE001  fail closed: what we did not expect is held
            verdicts_[each.ordinal] = _unexpected(error)
    return screened, verdicts_


def _finish(
    screened: dict[int, ScreenedObject],
    *,
    sender: Sender,
    submission_id: uuid.UUID,
    policy: Policy,
    around: Surroundings,
) -> tuple[list[LinkedObject], dict[int, Verdict], dict[bytes, str]]:
    references = {
        ref for each in screened.values() for refs in each.references.values() for ref in refs
    }
    tags = {each: sender.own_tag(each) for each in references}
    leads = known(sender, submission_id, references)
    wanted = {each for one in screened.values() for each in one.identifiers}
    charged = charged_tokens(
        sender.member.id, wanted, limits=current_limits(), policy=policy, now=around.now
    )
    linked: list[LinkedObject] = []
    verdicts_: dict[int, Verdict] = {}
    for ordinal, each in screened.items():
        try:
            _check_covered(each, charged)
            linked += process.finish(
                each, tags=tags, tokens=charged.tokens, known=leads, policy=policy, around=around
            )
        except Verdict as verdict:
            verdicts_[ordinal] = verdict
        except Exception as error:  # noqa: BLE001  fail closed: what we did not expect is held
            verdicts_[ordinal] = _unexpected(error)
    return linked, verdicts_, {tag: each for each, tag in tags.items()}


def _check_covered(screened: ScreenedObject, charged: Charged) -> None:
    for each in screened.identifiers:
        if error := charged.spent.get(each.kind):
            raise Rejected(
                Reason.BUDGET_SPENT,
                f"{error.used} of {error.cap} evaluations of {error.kind} are used today: what you "
                "send in clear counts as what you blind does. Send it again after "
                f"{error.resets_at:%Y-%m-%dT%H:%M:%SZ}.",
            )


def _unexpected(error: Exception) -> Verdict:
    reference = uuid.uuid4()
    logger.error("object held after an error, reference %s", reference, exc_info=error)
    return Held(
        Reason.INTERNAL_ERROR,
        f"The hub failed on this object; it is held, and the Forum looks into it ({reference}).",
    )
