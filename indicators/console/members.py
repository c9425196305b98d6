"""Who may read and write what, members down and collections across; who comes and who leaves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.members import leaving
from indicators.models.collection import Collection
from indicators.models.member import Grant, Member
from indicators.models.offboarding import Offboarding
from indicators.models.onboarding import Onboarding
from indicators.ui.person import for_staff, may


@dataclass(frozen=True, slots=True)
class Line:
    """One member's row: its grant in each collection, or none."""

    member: Member
    grants: list[Grant | None]


@require_GET
@for_staff("view_grant", "view_onboarding")
def matrix(request: HttpRequest) -> HttpResponse:
    """Rights are for whoever may see grants; members, and who comes and leaves, for all here."""
    # What stands beside a collection has the same readers, and is written by nobody.
    beside = Collection.objects.filter(parent=None).order_by("kind", "alias")
    collections = list(beside) if may(request, "view_grant") else []
    grants = {(each.member_id, each.collection_id): each for each in Grant.objects.all()}
    members = Member.objects.order_by("slug")
    return TemplateResponse(
        request,
        "console/matrix.html",
        {
            "here": "matrix",
            "collections": collections,
            "lines": [_line(each, collections, grants) for each in members],
            **(_moving() if may(request, "view_onboarding") else {}),
        },
    )


def _moving() -> dict[str, Any]:
    """Who is on the way in, and who on the way out."""
    coming = Onboarding.objects.filter(state=Onboarding.State.OPEN).select_related("member")
    over = (Offboarding.State.CLOSED, Offboarding.State.CALLED_OFF)
    going = Offboarding.objects.exclude(state__in=over).select_related("member")
    return {"coming": coming.order_by("opened_at"), "going": going.order_by("opened_at")}


@require_GET
@for_staff("view_member", "view_onboarding")
def member(request: HttpRequest, slug: str) -> HttpResponse:
    found = get_object_or_404(Member, slug=slug)
    departures = Offboarding.objects.filter(member=found).order_by("-opened_at")
    return TemplateResponse(
        request,
        "console/membership/member.html",
        {
            "here": "matrix",
            "member": found,
            "has": leaving.standing(found),
            "onboarding": Onboarding.objects.filter(member=found).first(),
            "departures": departures,
            "agreed": Offboarding.Agreed.choices,
            "may_leave": may(request, "add_offboarding")
            and not departures.exclude(state=Offboarding.State.CALLED_OFF).exists(),
        },
    )


def _line(
    member: Member, collections: list[Collection], grants: Mapping[tuple[UUID, UUID], Grant]
) -> Line:
    return Line(member, [grants.get((member.pk, each.pk)) for each in collections])
