"""Proposals of correlation: two sides, what speaks for their being one, and a decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from indicators.admin.governed import Governed, Why, site
from indicators.models.proposal import CampaignProposal
from indicators.pipeline.campaigns import proposals
from indicators.ui.person import clerk_of, may


_SHOWN = 20
"""Reports of a side that are listed."""


@admin.register(CampaignProposal, site=site)
class CampaignProposalAdmin(Governed[CampaignProposal]):
    list_display = ("kind", "collection", "sizes", "share_said", "state", "opened_on", "decided_by")
    list_filter = ("state", "kind", ("collection", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("collection",)
    ordering = ("-opened_at",)
    action_form = Why
    actions = ("together", "apart")
    fields = readonly_fields = (
        "id", "kind", "collection", "state", "share_said", "evidence", "one_side", "other_side",
        "opened_on", "decided_by", "why",
    )  # fmt: skip

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_campaignproposal")

    @admin.display(description="reports")
    def sizes(self, row: CampaignProposal) -> str:
        return f"{len(row.one)} and {len(row.other)}"

    @admin.display(description="of the smaller side's links", ordering="share")
    def share_said(self, row: CampaignProposal) -> str:
        return f"{row.share:.0%}"

    @admin.display(description="what both show")
    def evidence(self, row: CampaignProposal) -> SafeString:
        return _lines(f"{each.kind}: {each.text}" for each in proposals.evidence_of(row))

    @admin.display(description="the one side")
    def one_side(self, row: CampaignProposal) -> SafeString:
        return _lines(row.one[:_SHOWN])

    @admin.display(description="the other side")
    def other_side(self, row: CampaignProposal) -> SafeString:
        return _lines(row.other[:_SHOWN])

    @admin.display(description="opened on", ordering="opened_at")
    def opened_on(self, row: CampaignProposal) -> str:
        return f"{row.opened_at:%Y-%m-%d}"

    @admin.action(description="They are one campaign", permissions=["decide"])
    def together(self, request: HttpRequest, chosen: QuerySet[CampaignProposal]) -> None:
        self._decide(request, chosen, together=True)

    @admin.action(description="They are two", permissions=["decide"])
    def apart(self, request: HttpRequest, chosen: QuerySet[CampaignProposal]) -> None:
        self._decide(request, chosen, together=False)

    def _decide(
        self, request: HttpRequest, chosen: QuerySet[CampaignProposal], *, together: bool
    ) -> None:
        clerk, why = clerk_of(request), request.POST.get("why", "")
        self.decide_each(
            request,
            chosen,
            lambda each: proposals.decide(clerk, each.pk, together=together, why=why),
            said="decided; the next run carries it out",
        )


def _lines(texts: Iterable[str]) -> SafeString:
    return format_html_join("", "<div>{}</div>", ((each,) for each in texts))
