"""What the Forum has told all members, and what it has told this one alone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.members import notices, reports
from indicators.members.bulletins import published
from indicators.models.member import Member
from indicators.ui.listing import Slice
from indicators.ui.person import for_members


_A_PAGE = 10


@require_GET
@for_members
def bulletins(request: HttpRequest, member: Member) -> HttpResponse:
    part = Slice(Slice.asked(request).number, _A_PAGE)
    rows, total = published(begin=part.begin, most=part.size)
    return TemplateResponse(
        request,
        "portal/bulletins.html",
        {
            "here": "bulletins",
            "member": member,
            "listing": part.of(rows, total),
            "reports": reports.published(),
            "notices": notices.of(member.pk) if part.number == 1 else (),
        },
    )
