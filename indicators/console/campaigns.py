"""What correlation found, and what it puts before staff: two sides, and what both show."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from indicators.domain.stix.references import type_of
from indicators.models.campaign import Campaign, CampaignMember, CorrelationRun
from indicators.models.proposal import CampaignProposal
from indicators.pipeline.campaigns import proposals
from indicators.pipeline.campaigns.objects import title
from indicators.pipeline.campaigns.proposals import ProposalError
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


RIGHTS = ("view_campaignproposal", "change_campaignproposal")
_ORDERS = {
    "newest": ("-opened_at", "id"),
    "oldest": ("opened_at", "id"),
    "share": ("-share", "id"),
}


_STANDING = 100
"""Campaigns that the page lists; the feed has all."""


class Standing(NamedTuple):
    """A campaign as the list shows it."""

    campaign: Campaign
    title: str
    reports: int


class Side(NamedTuple):
    """One side of a proposal: the campaigns that stand there now, and its reports by type."""

    campaigns: Sequence[str]
    types: Sequence[tuple[str, int]]
    reports: Sequence[str]


@require_GET
@for_staff(*RIGHTS)
def campaigns(request: HttpRequest) -> HttpResponse:
    state = request.GET.get("state", "")
    wanted = state if state in CampaignProposal.State.values else CampaignProposal.State.OPEN
    found = CampaignProposal.objects.filter(state=wanted).select_related("collection")
    return TemplateResponse(
        request,
        "console/campaigns/list.html",
        {
            "here": "campaigns",
            "listing": listed(request, found, orders=_ORDERS),
            "states": CampaignProposal.State.choices,
            "state": wanted,
            "standing": _standing(),
            "live": _live().count(),
            "runs": CorrelationRun.objects.select_related("collection").order_by("-started_at")[:5],
        },
    )


def _live() -> QuerySet[Campaign]:
    return Campaign.objects.filter(state=Campaign.State.LIVE)


def _standing() -> list[Standing]:
    """Those that were founded last."""
    shown = _live().select_related("collection").order_by("-founded_at", "stix_id")[:_STANDING]
    members = CampaignMember.objects.filter(campaign_id__in=[each.stix_id for each in shown])
    sizes = dict(members.values_list("campaign_id").annotate(n=Count("report")))
    return [Standing(each, title(each), sizes.get(each.stix_id, 0)) for each in shown]


@require_GET
@for_staff(*RIGHTS)
def proposal(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    row = CampaignProposal.objects.select_related("collection").filter(pk=proposal_id).first()
    if row is None:
        raise Http404
    decided = row.state not in (CampaignProposal.State.OPEN, CampaignProposal.State.OVER)
    return TemplateResponse(
        request,
        "console/campaigns/proposal.html",
        {
            "here": "campaigns",
            "row": row,
            "evidence": proposals.evidence_of(row),
            "one": _side(row.one),
            "other": _side(row.other),
            "decided": decided,
            "decides": may(request, "change_campaignproposal")
            and row.state != CampaignProposal.State.OVER,
        },
    )


def _side(reports: Sequence[str]) -> Side:
    where = CampaignMember.objects.filter(report__in=reports).values_list("campaign_id", flat=True)
    standing = Campaign.objects.filter(stix_id__in=set(where), state=Campaign.State.LIVE)
    return Side(sorted(map(title, standing)), _by_type(reports), reports)


def _by_type(reports: Iterable[str]) -> list[tuple[str, int]]:
    return Counter(map(type_of, reports)).most_common()


@require_POST
@for_staff("change_campaignproposal")
def decide(request: HttpRequest, proposal_id: uuid.UUID) -> HttpResponse:
    together, why = "together" in request.POST, request.POST.get("why", "")
    try:
        row = proposals.decide(clerk_of(request), proposal_id, together=together, why=why)
    except ProposalError as error:
        messages.error(request, str(error))
        return redirect("console:proposal", proposal_id)
    messages.success(request, f"{row.get_state_display()}. The next run carries it out.")
    return redirect("console:campaigns")
