"""Bulletins: written by one person, read as members would, and published by another."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from indicators.console.steps import Step, made, taken
from indicators.members.registry import Clerk
from indicators.models.bulletin import Bulletin
from indicators.models.two_people import same_person
from indicators.pipeline import bulletins as desk
from indicators.ui.listing import listed
from indicators.ui.person import for_staff, may


_ORDERS = {"newest": ("-written_at", "id"), "oldest": ("written_at", "id")}
_STEPS: Mapping[str, Step[UUID]] = {
    "publish": Step(
        "change_bulletin",
        lambda clerk, pk, _sent: desk.publish(clerk, pk),
        "Every active member sees it from now on.",
    ),
    "refuse": Step(
        "change_bulletin",
        lambda clerk, pk, sent: desk.refuse(clerk, pk, why=sent.get("why", "")),
        "Refused.",
    ),
    "withdraw": Step(
        "change_bulletin",
        lambda clerk, pk, sent: desk.withdraw(clerk, pk, why=sent.get("why", "")),
        "No member sees it any more.",
    ),
}


@require_GET
@for_staff("view_bulletin")
def bulletins(request: HttpRequest) -> HttpResponse:
    return TemplateResponse(
        request,
        "console/bulletins/list.html",
        {"here": "bulletins", "listing": listed(request, Bulletin.objects.all(), orders=_ORDERS)},
    )


@require_http_methods(["GET", "POST"])
@for_staff("add_bulletin")
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and (written := made(request, _write)):
        return redirect("console:bulletin", written.pk)
    return TemplateResponse(request, "console/bulletins/new.html", {"here": "bulletins"})


def _write(clerk: Clerk, sent: QueryDict) -> Bulletin:
    return desk.write(clerk, title=sent.get("title", ""), text=sent.get("text", ""))


@require_http_methods(["GET", "POST"])
@for_staff("view_bulletin")
def bulletin(request: HttpRequest, bulletin_id: UUID) -> HttpResponse:
    if request.method == "POST" and taken(request, _STEPS, bulletin_id):
        return redirect("console:bulletin", bulletin_id)
    row = Bulletin.objects.filter(pk=bulletin_id).first()
    if row is None:
        raise Http404
    return TemplateResponse(
        request,
        "console/bulletins/one.html",
        {
            "here": "bulletins",
            "row": row,
            "seen": desk.seen_in(row),
            "decides": may(request, "change_bulletin"),
            "is_mine": same_person(row.written_by, request.user.get_username()),
        },
    )
