"""One chunk, one transaction: outcomes, lineage, journal and the publications themselves.

What speaks of tokens goes into the collection beside the one that was written to; the two are
published in one transaction, their heads locked in one order for all.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy
from indicators.domain.objects import LinkedObject
from indicators.domain.outcomes import Waiting
from indicators.domain.tokens import PARTS
from indicators.pipeline import (
    lineage,
    publish,
    queue,
    verdicts,
    waiting,
    withdraw,
)
from indicators.pipeline.known import known
from indicators.pipeline.lineage import Contributed, Slot, Standing
from indicators.pipeline.lookups import Sender
from indicators.pipeline.mint import Minted, Moved, mint
from indicators.pipeline.publish import Publisher
from indicators.pipeline.queue import Lease
from indicators.pipeline.verdicts import Decision
from indicators.roles import publishing


@dataclass(frozen=True, slots=True)
class _Branch:
    """What goes into one collection."""

    publisher: Publisher
    minted: Sequence[Minted]
    leads: frozenset[Slot]


def commit(
    lease: Lease,
    sender: Sender,
    decisions: Sequence[Decision],
    linked: Sequence[LinkedObject],
    names: Mapping[bytes, str],
    *,
    stale: Sequence[str] = (),
    joining: Collection[int] = (),
    policy: Policy,
    now: datetime,
) -> None:
    """Write down what was decided, publish what is linked, and take back what is stale.

    `joining` are the ordinals of what may join objects that stand, and make none of its own.

    Raises:
        Moved: something that was looked up is gone; nothing was written.
        LeaseLost: another worker took over; nothing was written.
    """
    by_ordinal = {each.received.ordinal: each for each in decisions}
    slots = _slots(sender, by_ordinal, linked)
    with transaction.atomic():
        queue.extend(lease)
        before = lineage.standing(list(slots.values()))
        publishers = _publishers(sender, policy=policy, now=now)
        branches = [
            _branch(publisher, [each for each in linked if each.is_token is speaks], slots, before)
            for speaks, publisher in publishers
        ]
        _check_joining(branches, joining)
        lost = lineage.displaced(
            slots, before, {each.publisher.collection.id: each.minted for each in branches}
        )
        for rows in lineage.take_back(sender, stale, now=now).values():
            for collection_id, stix_id in rows:
                lost.setdefault(collection_id, set()).add(stix_id)
        for branch in branches:
            _contribute(sender, branch, by_ordinal)
        verdicts.write(
            decisions,
            submission_id=lease.submission_id,
            sender=sender,
            policy=policy,
            waits_until=lease.received_at + timedelta(days=settings.RETENTION_DAYS),
            now=now,
        )
        published = [by_ordinal[each.shared.ordinal].received.id for each in linked]
        waiting.wake([sender.own_tag(each) for each in dict.fromkeys(published)])
        recheck(lease, sender, decisions, names)
        for branch in branches:
            _enqueue(branch)
        withdraw.settle(Publisher(sender.collection, policy, now), lost)
        with publishing():
            # The heads in the order in which all lock them.
            for branch in sorted(branches, key=lambda each: each.publisher.collection.id):
                branch.publisher.publish()


def _slots(
    sender: Sender, by_ordinal: Mapping[int, Decision], linked: Sequence[LinkedObject]
) -> dict[Slot, bytes]:
    return {
        (each.shared.ordinal, part): sender.lookup_tag(
            by_ordinal[each.shared.ordinal].received.id, part
        )
        for each in linked
        for part in PARTS
    }


def _check_joining(branches: Iterable[_Branch], joining: Collection[int]) -> None:
    for branch in branches:
        if any(each.is_new and each.linked.shared.ordinal in joining for each in branch.minted):
            raise Moved


def _publishers(sender: Sender, *, policy: Policy, now: datetime) -> list[tuple[bool, Publisher]]:
    """The collections, and whether each is that of tokens: references lead from there to here."""
    return [
        (
            each is sender.tokens,
            Publisher.for_member(sender.member.id, each, policy=policy, now=now),
        )
        for each in sender.collections
    ]


def _branch(
    publisher: Publisher,
    linked: Sequence[LinkedObject],
    slots: Mapping[Slot, bytes],
    before: Mapping[bytes, Standing],
) -> _Branch:
    own = _own(publisher, linked, slots, before)
    with publishing():
        minted = mint(publisher.collection.id, linked, own=own, now=publisher.now)
    return _Branch(publisher, minted, _leads(publisher, minted, slots, before))


def _own(
    publisher: Publisher,
    linked: Sequence[LinkedObject],
    slots: Mapping[Slot, bytes],
    before: Mapping[bytes, Standing],
) -> dict[Slot, str]:
    """Ids that unkeyed objects keep from their earlier version."""
    earlier = {
        each.shared.slot: before.get(slots[each.shared.slot])
        for each in linked
        if each.canonical is None
    }
    return {
        slot: each.stix_id
        for slot, each in earlier.items()
        if each and each.active and each.collection_id == publisher.collection.id
    }


def _leads(
    publisher: Publisher,
    minted: Sequence[Minted],
    slots: Mapping[Slot, bytes],
    before: Mapping[bytes, Standing],
) -> frozenset[Slot]:
    """The slots whose contribution the published content follows from now on."""
    joined = [each.stix_id for each in minted if not each.is_new]
    led = lineage.led(publisher.collection.id, joined, now=publisher.now) if joined else set()
    leads: dict[str, Slot] = {}
    for each in minted:
        earlier = before.get(slots[each.slot])
        stays = earlier and earlier.active and earlier.is_first and earlier.stix_id == each.stix_id
        if each.is_new or stays or each.stix_id not in led:
            leads.setdefault(each.stix_id, each.slot)
    return frozenset(leads.values())


def _contribute(sender: Sender, branch: _Branch, by_ordinal: Mapping[int, Decision]) -> None:
    contributed = [
        Contributed(by_ordinal[each.linked.shared.ordinal].received, screened, each)
        for each in branch.minted
        if (screened := by_ordinal[each.linked.shared.ordinal].screened)
    ]
    publisher = branch.publisher
    lineage.write(
        sender, publisher.collection.id, contributed, leads=branch.leads, now=publisher.now
    )


def _enqueue(branch: _Branch) -> None:
    publisher = branch.publisher
    with publishing():
        said = publish.new_and_changed(publisher, branch.minted, leads=branch.leads)
    acts = verdicts.published_acts(
        said, act="object published", collection=publisher.collection.alias
    )
    record(acts, policy=publisher.policy, now=publisher.now)


def recheck(
    lease: Lease, sender: Sender, decisions: Sequence[Decision], names: Mapping[bytes, str]
) -> None:
    """What was waited for may have been published since the look; inside the transaction."""
    needs = {
        need
        for each in decisions
        if isinstance(each.verdict, Waiting)
        for need in each.verdict.needs
    }
    if not needs:
        return
    found = known(sender, lease.submission_id, [names[need] for need in needs])
    waiting.recheck(lease.submission_id, list(found.standing))
