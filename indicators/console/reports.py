"""Reports of quarters: drawn up, signed off by counsel, published."""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from indicators.console.steps import Step, made, taken
from indicators.domain.transparency import in_words
from indicators.members.registry import Clerk
from indicators.models.quarterly_report import QuarterlyReport
from indicators.models.two_people import same_person
from indicators.pipeline import quarterly_report as desk
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


_ORDERS = {"newest": ("-quarter",), "oldest": ("quarter",)}
_STEPS: Mapping[str, Step[str]] = {
    "anew": Step(
        "add_quarterlyreport",
        lambda clerk, quarter, _sent: desk.draw_up(clerk, quarter),
        "Drawn up anew.",
    ),
    "sign": Step(
        "sign_quarterlyreport",
        lambda clerk, quarter, _sent: desk.sign(clerk, quarter),
        "Signed off. Nobody outside reads it before it is published.",
    ),
    "publish": Step(
        "change_quarterlyreport",
        lambda clerk, quarter, _sent: desk.publish(clerk, quarter),
        "Every member reads it from now on.",
    ),
}


@require_http_methods(["GET", "POST"])
@for_staff("view_quarterlyreport")
def reports(request: HttpRequest) -> HttpResponse:
    draws = may(request, "add_quarterlyreport")
    if request.method == "POST":
        if not draws:
            raise PermissionDenied
        if drawn := made(request, _draw_up):
            return redirect("console:report", drawn.pk)
    return TemplateResponse(
        request,
        "console/reports/list.html",
        {
            "here": "reports",
            "listing": listed(request, QuarterlyReport.objects.all(), orders=_ORDERS),
            "quarters": desk.to_draw_up(now=clerk_of(request).now) if draws else (),
        },
    )


def _draw_up(clerk: Clerk, sent: QueryDict) -> QuarterlyReport:
    return desk.draw_up(clerk, sent.get("quarter", ""))


@require_http_methods(["GET", "POST"])
@for_staff("view_quarterlyreport")
def report(request: HttpRequest, quarter: str) -> HttpResponse:
    if request.method == "POST" and taken(request, _STEPS, quarter):
        return redirect("console:report", quarter)
    row = QuarterlyReport.objects.filter(pk=quarter).first()
    if row is None:
        raise Http404
    return TemplateResponse(
        request,
        "console/reports/one.html",
        {
            "here": "reports",
            "row": row,
            "words": in_words(json.loads(row.body)),
            "is_mine": same_person(row.drafted_by, request.user.get_username()),
        },
    )
