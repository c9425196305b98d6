"""Work on one submission: its objects in chunks, each chunk one transaction.

A chunk is independently final: whatever kills the worker, the chunks that were committed stand and
the next lease takes up the rest.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.conf import settings
from django.db import OperationalError, transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.objects import LinkedObject, ReceivedObject, ScreenedObject
from indicators.domain.outcomes import Held, Reason, Verdict, Waiting
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
from indicators.pipeline.mint import Minted, Moved, mint
from indicators.pipeline.publish import Publisher
from indicators.pipeline.queue import Lease
from indicators.pipeline.verdicts import Decision
from indicators.roles import publishing


logger = logging.getLogger(__name__)
_LOOKS = 3


def work_on(lease: Lease, *, policy: Policy, now: datetime) -> None:
    """Decide every object of the submission that is not decided yet.

    Raises:
        LeaseLost: another worker took over; nothing of the running chunk was kept.
    """
    sender = lookups.sender(lease)
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
    except (OperationalError, queue.LeaseLost):
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the other objects go on
        if len(chunk) == 1:
            decision = Decision(chunk[0], _unexpected(error), None)
            _commit(lease, sender, [decision], [], {}, policy=policy, now=now)
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
        ends = {**refused, **stopped}
        decisions = [
            Decision(each, ends.get(each.ordinal), screened.get(each.ordinal)) for each in chunk
        ]
        with suppress(Moved):
            _commit(lease, sender, decisions, linked, names, policy=policy, now=now)
            return
    raise Moved


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
    return linked, verdicts_, {tag: each for each, tag in tags.items()}


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
    names: Mapping[bytes, str],
    *,
    policy: Policy,
    now: datetime,
) -> None:
    """One transaction: outcomes, lineage, journal and the publications themselves.

    Raises:
        Moved: something that was looked up is gone; nothing was written.
    """
    by_ordinal = {each.received.ordinal: each for each in decisions}
    tags = {
        each.shared.ordinal: sender.lookup_tag(by_ordinal[each.shared.ordinal].received.id)
        for each in linked
    }
    publisher = Publisher(sender.collection, policy, now)
    with transaction.atomic():
        queue.extend(lease)
        before = lineage.standing(list(tags.values()))
        with publishing():
            minted = mint(sender.collection.id, linked, own=_own(linked, tags, before), now=now)
        leads = _leads(publisher, minted, tags, before)
        contributed = [
            Contributed(by_ordinal[each.linked.shared.ordinal].received, screened, each)
            for each in minted
            if (screened := by_ordinal[each.linked.shared.ordinal].screened)
        ]
        displaced = lineage.write(sender, contributed, before, leads=leads, now=now)
        verdicts.write(
            decisions,
            submission_id=lease.submission_id,
            sender=sender,
            policy=policy,
            waits_until=lease.received_at + timedelta(days=settings.RETENTION_DAYS),
            now=now,
        )
        waiting.wake([sender.own_tag(each.received.id) for each in contributed])
        _recheck(lease, sender, decisions, names)
        with publishing():
            said = publish.new_and_changed(publisher, minted, leads=leads)
        _journal(publisher, said)
        withdraw.settle(publisher, displaced)
        with publishing():
            publisher.publish()


def _own(
    linked: Sequence[LinkedObject], tags: dict[int, bytes], before: dict[bytes, lineage.Standing]
) -> dict[int, str]:
    """Ids that unkeyed objects keep from their earlier version."""
    earlier = {
        each.shared.ordinal: before.get(tags[each.shared.ordinal])
        for each in linked
        if each.canonical is None
    }
    return {ordinal: each.stix_id for ordinal, each in earlier.items() if each and each.active}


def _leads(
    publisher: Publisher,
    minted: Sequence[Minted],
    tags: dict[int, bytes],
    before: dict[bytes, lineage.Standing],
) -> frozenset[int]:
    """Ordinals whose contribution the published content follows from now on."""
    joined = [each.stix_id for each in minted if not each.is_new]
    led = lineage.led(publisher.collection.id, joined, now=publisher.now) if joined else set()
    leads: dict[str, int] = {}
    for each in minted:
        ordinal = each.linked.shared.ordinal
        earlier = before.get(tags[ordinal])
        stays = earlier and earlier.active and earlier.is_first and earlier.stix_id == each.stix_id
        if each.is_new or stays or each.stix_id not in led:
            leads.setdefault(each.stix_id, ordinal)
    return frozenset(leads.values())


def _recheck(
    lease: Lease, sender: Sender, decisions: Sequence[Decision], names: Mapping[bytes, str]
) -> None:
    """What was waited for may have been published since it was looked up."""
    needs = {
        need
        for each in decisions
        if isinstance(each.verdict, Waiting)
        for need in each.verdict.needs
    }
    if not needs:
        return
    standing = lookups.known(sender, lease.submission_id, [names[need] for need in needs]).standing
    waiting.recheck(lease.submission_id, list(standing))


def _journal(publisher: Publisher, stix_ids: Sequence[str]) -> None:
    acts = verdicts.published_acts(
        stix_ids, act="object published", collection=publisher.collection.alias
    )
    record(acts, policy=publisher.policy, now=publisher.now)
