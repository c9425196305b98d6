"""How the river runs: what waits in it, how long it takes, who works on it, what it gave up on.

Whose a submission is stands on none of these pages: its record in the admin says that.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from indicators.console.figures import river
from indicators.console.steps import Step, taken
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import bulk, heartbeats, retry, stage_times
from indicators.pipeline.stage_times import Pace as StagePace
from indicators.pipeline.stage_times import Window
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


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


class Stage(NamedTuple):
    """A stage of the river, as far as the sample tells."""

    name: str
    hour: StagePace | None
    day: StagePace | None


@dataclass(frozen=True, slots=True)
class Stages:
    """How long each stage took of late, and how often something had to be tried again."""

    hour: Window
    day: Window

    @property
    def rows(self) -> list[Stage]:
        """Stages through which something came."""
        found = [
            Stage(each, self.hour.pace(each), self.day.pace(each)) for each in stage_times.STAGES
        ]
        return [each for each in found if each.day]


@require_GET
@for_staff("view_submission")
def pipeline(request: HttpRequest) -> HttpResponse:
    now = clerk_of(request).now
    heard = heartbeats.lately(now=now)
    state = request.GET.get("state", "")
    found = Submission.objects.filter(state__in=_STATES.get(state, _STATES["unfinished"]))
    found = found.select_related("collection").defer("body_ct")
    return TemplateResponse(
        request,
        "console/pipeline/list.html",
        {
            "here": "pipeline",
            "river": river(now=now),
            "pace": _pace(now=now),
            "stages": _stages(now=now),
            "most": stage_times.MOST,
            "heard": heard,
            "trouble": heartbeats.trouble(heard),
            "state": state or "unfinished",
            "states": list(_STATES),
            "listing": listed(request, found, orders=_ORDERS),
        },
    )


_STEPS: Mapping[str, Step[UUID]] = {
    "retry": Step(
        "retry_submission",
        lambda clerk, pk, _: retry.retry(clerk, pk),
        "It is in the queue again, with all its attempts.",
    ),
}


@require_http_methods(["GET", "POST"])
@for_staff("view_submission")
def submission(request: HttpRequest, submission_id: UUID) -> HttpResponse:
    """One submission, in numbers; what is quarantined can be tried again here."""
    if request.method == "POST" and taken(request, _STEPS, submission_id):
        return redirect("console:submission", submission_id)
    known = Submission.objects.select_related("collection").defer("body_ct")
    found = known.filter(pk=submission_id).first()
    if found is None:
        raise Http404
    outcomes = _outcomes(found)
    return TemplateResponse(
        request,
        "console/pipeline/one.html",
        {
            "here": "pipeline",
            "row": found,
            "outcomes": outcomes,
            "undecided": found.n_objects - sum(number for _, number in outcomes),
            **_retrying(request, found),
        },
    )


def _retrying(request: HttpRequest, found: Submission) -> dict[str, object]:
    """Whether this person may try it again; that a recall is in the way is told to nobody else."""
    is_aside = found.state == Submission.State.QUARANTINED
    if not (is_aside and may(request, "retry_submission")):
        return {}
    return {"retries": True, "obstacle": retry.obstacle(clerk_of(request), found)}


def _outcomes(found: Submission) -> Sequence[tuple[str, int]]:
    """How many of its objects came to what, the most first."""
    rows = SubmissionObject.objects.filter(submission=found).values_list("outcome")
    return list(rows.annotate(n=Count("ordinal")).order_by("-n", "outcome"))


def _stages(*, now: datetime) -> Stages | None:
    """None while nobody knows."""
    runs = stage_times.lately(now=now)
    if runs is None:
        return None
    hour = stage_times.since(runs, now - timedelta(hours=1))
    return Stages(hour, stage_times.since(runs, now - timedelta(days=1)))


def _pace(*, now: datetime) -> Pace:
    [(number, half, most)] = bulk.rows(
        """SELECT count(*),
                  percentile_disc(0.5) WITHIN GROUP (ORDER BY finished_at - received_at),
                  percentile_disc(0.95) WITHIN GROUP (ORDER BY finished_at - received_at)
           FROM submission WHERE finished_at IS NOT NULL AND received_at > %s""",
        [now - timedelta(days=1)],
    )
    return Pace(number, half, most)
