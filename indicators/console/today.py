"""Today: what needs somebody, what flows, and how well each lab is hidden in it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.console import figures
from indicators.pipeline import heartbeats, incidents, legal_demand, policy_approvals, review
from indicators.ui.person import clerk_of, for_staff, may


@require_GET
@for_staff()
def today(request: HttpRequest) -> HttpResponse:
    now = clerk_of(request).now
    figures_ = {
        "counts": review.counts(now=now),
        "flow": figures.flow(now=now),
        "river": figures.river(now=now),
        "crowds": figures.crowds(now=now),
        "trouble": heartbeats.trouble(heartbeats.lately(now=now)),
        "unapproved": policy_approvals.lacking(),
    }
    if may(request, "view_incident"):
        figures_ |= {"clocks": incidents.running(now=now)}
    if may(request, "change_legaldemand"):
        figures_ |= {"untold": legal_demand.overdue(now=now)}
    if may(request, "view_credential"):
        # When a member was last heard is for those alone who see members anyway.
        figures_ |= {"silent": figures.silent(now=now), "expiring": figures.expiring(now=now)}
    return TemplateResponse(
        request, "console/today.html", {"here": "today", "now": now, **figures_}
    )
