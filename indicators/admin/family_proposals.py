"""Two prompt families that may be one: staff join them or keep them apart, the worker does it."""

from __future__ import annotations

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.admin.governed import Governed, site
from indicators.models.family_proposal import FamilyProposal
from indicators.pipeline import family_proposals
from indicators.ui.person import clerk_of, may


@admin.register(FamilyProposal, site=site)
class FamilyProposalAdmin(Governed[FamilyProposal]):
    list_display = ("one", "other", "bands", "collection", "state", "raised_on", "decided_by")
    list_filter = ("state", ("collection", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("collection", "older", "newer")
    search_fields = ("older__stix_id", "newer__stix_id")
    ordering = ("-raised_at",)
    fields = ("id", "one", "other", "bands", "collection", "state", "raised_on", "decided_by")
    readonly_fields = ("id", "one", "other", "raised_on")
    actions = ("accept", "reject")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_familyproposal")

    @admin.display(description="prompt family")
    def one(self, proposal: FamilyProposal) -> str:
        return str(proposal.older)

    @admin.display(description="and")
    def other(self, proposal: FamilyProposal) -> str:
        return str(proposal.newer)

    @admin.display(description="raised on", ordering="raised_at")
    def raised_on(self, proposal: FamilyProposal) -> str:
        return f"{proposal.raised_at:%Y-%m-%d}"

    @admin.action(description="Accept: they are one family", permissions=["decide"])
    def accept(self, request: HttpRequest, chosen: QuerySet[FamilyProposal]) -> None:
        self._decide(request, chosen, accepted=True)

    @admin.action(description="Reject: keep them apart", permissions=["decide"])
    def reject(self, request: HttpRequest, chosen: QuerySet[FamilyProposal]) -> None:
        self._decide(request, chosen, accepted=False)

    def _decide(
        self, request: HttpRequest, chosen: QuerySet[FamilyProposal], *, accepted: bool
    ) -> None:
        clerk = clerk_of(request)
        self.decide_each(
            request,
            chosen,
            lambda each: family_proposals.decide(clerk, each.pk, accepted=accepted),
            said="decided; the feed follows in a moment",
        )
