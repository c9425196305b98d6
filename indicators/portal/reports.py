"""What the Forum reports of a quarter: as text, and as the JSON that counsel signed off."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.domain.transparency import in_words
from indicators.members import reports
from indicators.models.member import Member
from indicators.ui.person import for_members


@require_GET
@for_members
def report(request: HttpRequest, member: Member, quarter: str) -> HttpResponse:
    row = reports.find(quarter)
    if row is None:
        raise Http404
    if request.GET.get("as") == "json":
        return HttpResponse(row.body, content_type="application/json")
    return TemplateResponse(
        request,
        "portal/report.html",
        {
            "here": "bulletins",
            "member": member,
            "row": row,
            "words": in_words(json.loads(row.body)),
        },
    )
