"""Work on one submission: its objects in chunks, each chunk one transaction.

A chunk is independently final: whatever kills the worker, the chunks that were committed stand and
the next lease takes up the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.objects import LinkedObject, ReceivedObject, ScreenedObject
from indicators.domain.outcomes import Held, Reason, Verdict
from indicators.domain.surroundings import Surroundings
from indicators.models.collection import Collection
from indicators.pipeline import (
    lineage,
    lookups,
    process,
    publish,
    queue,
    retract,
    verbatim,
    verdicts,
    waiting,
    withdraw,
)
from indicators.pipeline.chunks import in_chunks, undecided
from indicators.pipeline.lineage import Contributed
from indicators.pipeline.lookups import Sender
from indicators.pipeline.mint import mint
from indicators.pipeline.publish import Publisher
from indicators.pipeline.queue import Lease
from indicators.pipeline.verdicts import Decision
from indicators.roles import publishing


logger = logging.getLogger(__name__)


def work_on(lease: Lease, *, policy: Policy, now: datetime) -> None:
    """Decide every object of the submission that is not decided yet.

    Raises:
        LeaseLost: another worker took over; nothing of the running chunk was kept.
    """
    sender = lookups.sender(lease)
    for chunk in in_chunks(undecided(lease), verbatim=_is_verbatim(sender)):
        if _is_verbatim(sender):
            verbatim.work_on_chunk(lease, sender, chunk, policy=policy, now=now)
        else:
            _work_on_chunk(lease, sender, chunk, policy=policy, now=now)


def _is_verbatim(sender: Sender) -> bool:
    return sender.collection.kind == Collection.Kind.VERBATIM


def _work_on_chunk(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    if chunk[0].body.get("revoked") is True:
        retract.work_on_chunk(lease, sender, chunk, policy=policy, now=now)
        return
    around = lookups.surroundings(sender, chunk, received_at=lease.received_at, now=now)
    screened, refused = _prepare(chunk, policy=policy, around=around)
    linked, stopped = _finish(
        screened, sender=sender, submission_id=lease.submission_id, policy=policy, around=around
    )
    ends = {**refused, **stopped}
    decisions = [
        Decision(each, ends.get(each.ordinal), screened.get(each.ordinal)) for each in chunk
    ]
    try:
        _commit(lease, sender, decisions, linked, policy=policy, now=now)
    except (OperationalError, queue.LeaseLost):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the other objects go on
        _isolate(lease, sender, chunk, error, policy=policy, now=now)


def _isolate(
    lease: Lease,
    sender: Sender,
    chunk: Sequence[ReceivedObject],
    error: Exception,
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """One object that cannot be written must not take the others of its chunk with it."""
    if len(chunk) > 1:
        for each in chunk:
            _work_on_chunk(lease, sender, [each], policy=policy, now=now)
        return
    decision = Decision(chunk[0], _unexpected(error), None)
    _commit(lease, sender, [decision], [], policy=policy, now=now)


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
) -> tuple[list[LinkedObject], dict[int, Verdict]]:
    references = {
        ref for each in screened.values() for refs in each.references.values() for ref in refs
    }
    tags = {each: sender.tag(each) for each in references}
    known = lookups.known(sender, submission_id, references)
    linked: list[LinkedObject] = []
    verdicts_: dict[int, Verdict] = {}
    for ordinal, each in screened.items():
        try:
            linked.append(
                process.finish(each, tags=tags, known=known, policy=policy, around=around)
            )
        except Verdict as verdict:
            verdicts_[ordinal] = verdict
        except Exception as error:  # noqa: BLE001  fail closed: what we did not expect is held
            verdicts_[ordinal] = _unexpected(error)
    return linked, verdicts_


def _unexpected(error: Exception) -> Verdict:
    reference = uuid.uuid4()
    logger.error("object held after an error, reference %s", reference, exc_info=error)
    return Held(
        Reason.INTERNAL_ERROR,
        f"The hub failed on this object; it is held, and the Forum looks into it ({reference}).",
    )


def _commit(
    lease: Lease,
    sender: Sender,
    decisions: Sequence[Decision],
    linked: Sequence[LinkedObject],
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """One transaction: outcomes, lineage, journal and the publications themselves."""
    by_ordinal = {each.received.ordinal: each for each in decisions}
    tags = {
        each.shared.ordinal: sender.tag(by_ordinal[each.shared.ordinal].received.id)
        for each in linked
    }
    publisher = Publisher(sender.collection, policy, now)
    with transaction.atomic():
        queue.extend(lease)
        queue.one_at_a_time(lease)
        before = lineage.standing(list(tags.values()))
        own, changed = _earlier(linked, tags, before)
        with publishing():
            minted = mint(sender.collection.id, linked, own=own, now=now)
        contributed = [
            Contributed(by_ordinal[each.linked.shared.ordinal].received, screened, each)
            for each in minted
            if (screened := by_ordinal[each.linked.shared.ordinal].screened)
        ]
        displaced = lineage.write(sender, contributed, before, now=now)
        verdicts.write(
            decisions,
            submission_id=lease.submission_id,
            sender=sender,
            policy=policy,
            waits_until=lease.received_at + timedelta(days=settings.RETENTION_DAYS),
            now=now,
        )
        _journal(publisher, [each.stix_id for each in minted if each.is_new])
        waiting.wake(list(tags.values()))
        waiting.recheck(lease.submission_id)
        with publishing():
            publish.new_and_changed(publisher, minted, changed=changed)
        withdraw.settle(publisher, displaced)
        with publishing():
            publisher.publish()


def _earlier(
    linked: Sequence[LinkedObject],
    tags: dict[int, bytes],
    before: dict[bytes, lineage.Standing],
) -> tuple[dict[int, str], frozenset[str]]:
    """Ids that unkeyed objects keep from before, and ids whose content may change."""
    own: dict[int, str] = {}
    changed: set[str] = set()
    for each in linked:
        earlier = before.get(tags[each.shared.ordinal])
        if earlier and earlier.active:
            if each.canonical is None:
                own[each.shared.ordinal] = earlier.stix_id
            if earlier.is_first:
                changed.add(earlier.stix_id)
    return own, frozenset(changed)


def _journal(publisher: Publisher, stix_ids: Sequence[str]) -> None:
    acts = verdicts.published_acts(
        stix_ids, act="object published", collection=publisher.collection.alias
    )
    record(acts, policy=publisher.policy, now=publisher.now)
