"""Who may read and write what: members down, collections across."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.models.collection import Collection
from indicators.models.member import Grant, Member
from indicators.ui.person import for_staff


@dataclass(frozen=True, slots=True)
class Line:
    """One member's row: its grant in each collection, or none."""

    member: Member
    grants: list[Grant | None]


@require_GET
@for_staff("view_grant")
def matrix(request: HttpRequest) -> HttpResponse:
    # What stands beside a collection has the same readers, and is written by nobody.
    collections = list(Collection.objects.filter(parent=None).order_by("kind", "alias"))
    grants = {(each.member_id, each.collection_id): each for each in Grant.objects.all()}
    members = Member.objects.order_by("slug")
    return TemplateResponse(
        request,
        "console/matrix.html",
        {
            "here": "matrix",
            "collections": collections,
            "lines": [_line(each, collections, grants) for each in members],
        },
    )


def _line(
    member: Member, collections: list[Collection], grants: Mapping[tuple[UUID, UUID], Grant]
) -> Line:
    return Line(member, [grants.get((member.pk, each.pk)) for each in collections])
