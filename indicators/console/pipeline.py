"""How the river runs: what waits in it, how long it takes, what it gave up on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.console.figures import river
from indicators.models.submission import Submission
from indicators.pipeline import bulk
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff


_ORDERS = {
    "newest": ("-received_at", "-id"),
    "oldest": ("received_at", "id"),
    "attempts": ("-attempts", "id"),
}
_STATES = {
    "unfinished": (Submission.State.RECEIVED, Submission.State.WORKING),
    "quarantined": (Submission.State.QUARANTINED,),
    "complete": (Submission.State.COMPLETE,),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """How long submissions took from their arrival to their last object, in the last day."""

    number: int
    half: timedelta | None
    most: timedelta | None
    """95 % took no longer."""


@require_GET
@for_staff("view_submission")
def pipeline(request: HttpRequest) -> HttpResponse:
    now = clerk_of(request).now
    state = request.GET.get("state", "")
    found = Submission.objects.filter(state__in=_STATES.get(state, _STATES["unfinished"]))
    found = found.select_related("collection").defer("body_ct")
    return TemplateResponse(
        request,
        "console/pipeline.html",
        {
            "here": "pipeline",
            "river": river(now=now),
            "pace": _pace(now=now),
            "state": state or "unfinished",
            "states": list(_STATES),
            "listing": listed(request, found, orders=_ORDERS),
        },
    )


def _pace(*, now: datetime) -> Pace:
    [(number, half, most)] = bulk.rows(
        """SELECT count(*),
                  percentile_disc(0.5) WITHIN GROUP (ORDER BY finished_at - received_at),
                  percentile_disc(0.95) WITHIN GROUP (ORDER BY finished_at - received_at)
           FROM submission WHERE finished_at IS NOT NULL AND received_at > %s""",
        [now - timedelta(days=1)],
    )
    return Pace(number, half, most)
