"""One campaign for staff: what it says and was called, what holds it together, and decisions."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.db.models import Count, F, Func, TextField, Value
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from indicators.console.campaigns import RIGHTS
from indicators.console.steps import Step, taken
from indicators.domain.correlation.policy import current_correlation
from indicators.feed import objects
from indicators.members.registry import Clerk
from indicators.models.campaign import Campaign, CampaignMember
from indicators.models.campaign_name import CampaignName
from indicators.models.proposal import CampaignProposal
from indicators.pipeline.campaigns import naming, proposals
from indicators.pipeline.campaigns.evidence import shown_by
from indicators.pipeline.campaigns.naming import NamingError
from indicators.pipeline.campaigns.objects import title
from indicators.pipeline.campaigns.proposals import ProposalError
from indicators.ui.defang import pretty
from indicators.ui.listing import listed
from indicators.ui.person import for_staff, may


_ORDERS = {"newest": ("-opened_at", "id"), "oldest": ("opened_at", "id")}
_VALUES = 50
"""Of its evidence, what the page shows."""
_FACTS = ("description", "objective", "first_seen", "last_seen", "confidence", "modified")


def _name(clerk: Clerk, stix_id: str, sent: QueryDict) -> object:
    campaign = _found(stix_id)
    if campaign is None:
        raise NamingError("There is no such campaign.")
    return naming.give(clerk, campaign, sent.get("name", "").strip())


def _decide(clerk: Clerk, sent: QueryDict, *, together: bool) -> object:
    try:
        proposal_id = UUID(sent.get("proposal", ""))
    except ValueError:
        raise ProposalError("Choose over what you decide.") from None
    return proposals.decide(clerk, proposal_id, together=together, why=sent.get("why", ""))


_RIGHT = "change_campaignproposal"
_STEPS: Mapping[str, Step[str]] = {
    "give": Step(_RIGHT, _name, "Named. The worker says it on the feed now."),
    "together": Step(
        _RIGHT,
        lambda clerk, _id, sent: _decide(clerk, sent, together=True),
        "Decided: they are one. The next run carries it out.",
    ),
    "apart": Step(
        _RIGHT,
        lambda clerk, _id, sent: _decide(clerk, sent, together=False),
        "Decided: they are two. The next run carries it out.",
    ),
}


@require_http_methods(["GET", "POST"])
@for_staff(*RIGHTS)
def campaign(request: HttpRequest, stix_id: str) -> HttpResponse:
    if request.method == "POST" and taken(request, _STEPS, stix_id):
        return redirect("console:campaign", stix_id)
    row = _found(stix_id)
    if row is None:
        raise Http404
    return TemplateResponse(
        request,
        "console/campaigns/one.html",
        {
            "here": "campaigns",
            "row": row,
            "title": title(row) or stix_id,
            "longest": naming.LONGEST,
            "decides": may(request, _RIGHT),
            "listing": listed(request, proposals.touching(row), orders=_ORDERS),
            "open": CampaignProposal.State.OPEN,
            "evidence": shown_by(row, policy=current_correlation(), most=_VALUES),
            "types": _types(row),
            **_said(row),
            **_names(row),
        },
    )


def _found(stix_id: str) -> Campaign | None:
    return Campaign.objects.select_related("collection").filter(stix_id=stix_id).first()


def _said(row: Campaign) -> Mapping[str, object]:
    """What the feed says of it today; nothing where it has been revoked."""
    found = objects.by_id([row.collection_id], [row.stix_id])
    if not found:
        return {}
    body = found[0].body
    facts = [(name.replace("_", " "), body[name]) for name in _FACTS if name in body]
    return {"body": pretty(body), "facts": facts, "added": found[0].added}


def _names(row: Campaign) -> Mapping[str, object]:
    """What it was called before, what it is to be called, and which others it goes on for."""
    merged = Campaign.objects.filter(collection=row.collection_id, merged_into=row.stix_id)
    coming = CampaignName.objects.filter(campaign_id=row.stix_id, state=CampaignName.State.GIVEN)
    return {
        "former": naming.former(row),
        "coming": coming.order_by("-given_at").first(),
        "merged": [(each, title(each)) for each in merged.order_by("founded_at")[:_VALUES]],
    }


def _types(row: Campaign) -> list[tuple[str, int]]:
    """Its reports by type, the most first."""
    reports = CampaignMember.objects.filter(collection=row.collection_id, campaign_id=row.stix_id)
    of_type = Func(
        F("report"), Value("--"), Value(1), function="split_part", output_field=TextField()
    )
    counted = reports.annotate(type=of_type).values_list("type").annotate(n=Count("report"))
    return list(counted.order_by("-n", "type"))
