"""What this lab has sent, and what became of each object: the same words as in its TAXII status."""

from __future__ import annotations

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.intake import mine
from indicators.intake.status import part_of, size_of
from indicators.models.member import Member
from indicators.ui.listing import Slice
from indicators.ui.person import for_members


_OBJECTS = 200
"""Of one submission, on a page."""


@require_GET
@for_members
def submissions(request: HttpRequest, member: Member) -> HttpResponse:
    part = Slice.asked(request)
    rows, total = mine.sent(member.pk, begin=part.begin, most=part.size)
    return TemplateResponse(
        request,
        "portal/submissions/list.html",
        {"here": "submissions", "member": member, "listing": part.of(rows, total)},
    )


@require_GET
@for_members
def submission(request: HttpRequest, member: Member, submission_id: uuid.UUID) -> HttpResponse:
    own = {"member_id": member.pk, "submission_id": submission_id}
    total = size_of(**own)
    part = Slice.asked(request, size=_OBJECTS).within(total)
    status = part_of(**own, ordinals=range(part.begin, min(part.begin + part.size, total)))
    if not total or status is None:
        raise Http404
    listing = part.of(status.entries, total)
    return TemplateResponse(
        request,
        "portal/submissions/one.html",
        {"here": "submissions", "member": member, "status": status, "listing": listing},
    )
