"""What correlation puts before staff: recorded by each run, decided by people until they undo it.

A decision is a record of its own and is never edited. To undo one is another decision over the same
two sides; of two that contradict each other the later one holds.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from indicators.domain.correlation.links import Value
from indicators.domain.correlation.proposals import Decision, Proposal, Sides, same_sides
from indicators.members.registry import Clerk
from indicators.models.campaign import Campaign
from indicators.models.collection import Collection
from indicators.models.proposal import CampaignProposal
from indicators.pipeline import bulk, doorbell


_State = CampaignProposal.State
_LOOKED_AT = 20
"""Reports of a side by which its campaign is known."""


class ProposalError(ValueError):
    """A decision that cannot be made; the message says why."""


def decisions(collection: Collection) -> list[Decision]:
    """What staff decided, the latest last."""
    rows = CampaignProposal.objects.filter(
        collection=collection, state__in=[_State.TOGETHER, _State.APART]
    ).order_by("decided_at")
    return [Decision(each.state == _State.TOGETHER, sides_of(each)) for each in rows]


def sides_of(row: CampaignProposal) -> Sides:
    """The reports of the one side and of the other."""
    return frozenset(row.one), frozenset(row.other)


def record(
    collection: Collection,
    run_id: uuid.UUID,
    *,
    asked: Iterable[Proposal],
    settled: Iterable[Proposal],
    now: datetime,
) -> int:
    """Write down what a run asks and what needed nobody; returns how many are open.

    A proposal that is open already is brought up to date; one that no run makes any more is over.
    """
    rows = list(
        CampaignProposal.objects.filter(
            collection=collection, state__in=[_State.OPEN, _State.BY_ITSELF]
        )
    )
    wanted = [(_State.OPEN, each) for each in asked]
    wanted += [(_State.BY_ITSELF, each) for each in settled]
    for state, each in wanted:
        now_said = _said(each) | {"run_id": run_id}
        earlier = _earlier([row for row in rows if row.state == state], each)
        if earlier is None:
            fresh = CampaignProposal(collection=collection, state=state, opened_at=now, **now_said)
            fresh.save(force_insert=True)
        else:
            CampaignProposal.objects.filter(pk=earlier.pk).update(**now_said)
    open_ = CampaignProposal.objects.filter(collection=collection, state=_State.OPEN)
    open_.exclude(run_id=run_id).update(state=_State.OVER)
    return open_.count()


def _earlier(rows: Sequence[CampaignProposal], proposal: Proposal) -> CampaignProposal | None:
    same = (
        row
        for row in rows
        if row.kind == proposal.kind and same_sides(sides_of(row), proposal.sides)
    )
    return next(same, None)


def _said(each: Proposal) -> dict[str, Any]:
    """The fields of a proposal's record that follow from the evidence."""
    one, other = (sorted(side) for side in each.sides)
    return {
        "kind": each.kind.value,
        "one": one,
        "other": other,
        "share": each.share,
        "values": [[value.kind, value.text] for value in each.values],
    }


def evidence_of(row: CampaignProposal) -> list[Value]:
    """What both sides show, the heaviest first."""
    return [Value(kind, text) for kind, text in row.values]


@transaction.atomic
def decide(clerk: Clerk, proposal_id: uuid.UUID, *, together: bool, why: str) -> CampaignProposal:
    """Decide that two sides are one campaign or two; the next run carries it out.

    What is open is decided; what was decided before, or needed nobody, gets another record.

    Raises:
        ProposalError: there is none, it is over, or no reason is given.
    """
    row = CampaignProposal.objects.select_for_update().filter(pk=proposal_id).first()
    if row is None or row.state == _State.OVER:
        raise ProposalError("There is no such proposal that could be decided.")
    if not why.strip():
        raise ProposalError("Say why: the decision is recorded.")
    state = _State.TOGETHER if together else _State.APART
    if row.state == state:
        raise ProposalError(f"That is decided already: {row.get_state_display()}")
    is_new = row.state != _State.OPEN
    if is_new:
        row.pk = uuid.uuid4()
    row.state, row.why = state, why.strip()
    row.decided_by, row.decided_at = clerk.by, clerk.now
    row.save(force_insert=is_new)
    clerk.note(f"campaign proposal {state}", f"{row.collection.alias}/{row.pk}", kind=row.kind)
    transaction.on_commit(doorbell.ring_correlation)
    return row


def touching(campaign: Campaign) -> QuerySet[CampaignProposal]:
    """Those over reports of a campaign, by the first few of each side: their order is chance's."""
    rows = bulk.rows(
        """SELECT p.id FROM campaign_proposal p
           WHERE p.collection_id = %(home)s AND p.state <> 'over' AND EXISTS (
             SELECT FROM unnest(p.one[1:%(few)s] || p.other[1:%(few)s]) AS asked (report)
             JOIN campaign_member m ON m.collection_id = p.collection_id
               AND m.report = asked.report AND m.campaign_id = %(campaign)s)""",
        {"home": campaign.collection_id, "campaign": campaign.stix_id, "few": _LOOKED_AT},
    )
    return CampaignProposal.objects.filter(pk__in=[row[0] for row in rows])


def find(proposal_id: str) -> CampaignProposal:
    """The proposal of this id, or of the only id that begins so.

    Raises:
        ProposalError: none, or several.
    """
    rows = CampaignProposal.objects.all()
    found = [each for each in rows if str(each.id).startswith(proposal_id.lower())]
    if not proposal_id or len(found) != 1:
        raise ProposalError(f"{len(found)} proposals have an id that begins with {proposal_id!r}.")
    return found[0]
