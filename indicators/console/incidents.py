"""Incidents of the hub: those that are open with their clocks, and the timeline of each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from indicators.console.steps import Step, made, moment_in, taken
from indicators.members.registry import Clerk
from indicators.models.incident import Incident, IncidentEntry
from indicators.pipeline import incidents as desk
from indicators.pipeline.incidents import Clock
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


_ORDERS = {"newest": ("-noticed_at", "id"), "oldest": ("noticed_at", "id")}


class Row(NamedTuple):
    """An incident as the list shows it."""

    incident: Incident
    clock: Clock


@require_GET
@for_staff("view_incident")
def incidents(request: HttpRequest) -> HttpResponse:
    closed = request.GET.get("state") == "closed"
    found = Incident.objects.filter(closed_at__isnull=not closed)
    listing = listed(request, found, orders=_ORDERS)
    now = clerk_of(request).now
    return TemplateResponse(
        request,
        "console/incidents/list.html",
        {
            "here": "incidents",
            "listing": listing,
            "rows": [Row(each, desk.clock_of(each, now=now)) for each in listing.rows],
            "closed": closed,
        },
    )


@require_http_methods(["GET", "POST"])
@for_staff("add_incident")
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and (opened := made(request, _open)):
        return redirect("console:incident", opened.pk)
    return TemplateResponse(
        request,
        "console/incidents/new.html",
        {"here": "incidents", "kinds": Incident.Kind.choices, "now": clerk_of(request).now},
    )


def _open(clerk: Clerk, sent: QueryDict) -> Incident:
    return desk.open_incident(
        clerk,
        reference=sent.get("reference", ""),
        kind=sent.get("kind", ""),
        noticed_at=moment_in(sent, "noticed_at"),
        text=sent.get("text", ""),
    )


def _words(sent: QueryDict) -> str:
    return sent.get("text", "")


_STEPS: Mapping[str, Step[UUID]] = {
    "entry": Step(
        "change_incident",
        lambda clerk, pk, sent: desk.add(clerk, pk, kind=sent.get("kind", ""), text=_words(sent)),
        "It stands in the timeline.",
    ),
    "notice": Step(
        "change_incident",
        lambda clerk, pk, sent: desk.give_notice(
            clerk, pk, at=moment_in(sent, "at"), text=_words(sent)
        ),
        "The notice is recorded; the clock stands.",
    ),
    "none": Step(
        "counsel_incident",
        lambda clerk, pk, sent: desk.owe_none(clerk, pk, why=_words(sent)),
        "Recorded: no notice is due. The clock stands.",
    ),
    "close": Step(
        "change_incident",
        lambda clerk, pk, sent: desk.close(clerk, pk, why=_words(sent)),
        "It is closed.",
    ),
}


@require_http_methods(["GET", "POST"])
@for_staff("view_incident")
def incident(request: HttpRequest, incident_id: UUID) -> HttpResponse:
    if request.method == "POST" and taken(request, _STEPS, incident_id):
        return redirect("console:incident", incident_id)
    row = Incident.objects.filter(pk=incident_id).first()
    if row is None:
        raise Http404
    return TemplateResponse(
        request,
        "console/incidents/one.html",
        {
            "here": "incidents",
            "row": row,
            "clock": desk.clock_of(row, now=clerk_of(request).now),
            "lines": desk.timeline(row),
            "kinds": IncidentEntry.Kind.choices,
            "writes": may(request, "change_incident") and not row.closed_at,
            "now": clerk_of(request).now,
        },
    )
