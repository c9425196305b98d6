"""The review queue: what is held, by rank and age; one item as it came and as it would go out.

Who sent it is not shown: the decision is over the content. Every step is one of `pipeline.review`;
these pages only say which, and what came of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from indicators.console.decisions import Panel, decide, may_decide, step_of
from indicators.console.held import Shown
from indicators.domain.outcomes import Reason
from indicators.domain.review_policy import current_review_policy
from indicators.domain.review_templates import current_templates
from indicators.matching.errors import TokensUnavailable
from indicators.members.registry import Clerk
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.preview import Previewed
from indicators.pipeline.review import ReviewError
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


RIGHTS = ("view_heldobject", "change_heldobject", "counsel_heldobject")
_ORDERS = {
    "rank": ("rank", "held_at", "id"),
    "age": ("held_at", "id"),
    "newest": ("-held_at", "id"),
}
_STATE_WORDS = {"open": "undecided", "decided": "can be undone", "done": "done"}
_STATES = {
    "open": (HeldObject.State.OPEN,),
    "decided": (HeldObject.State.DECIDED,),
    "done": (HeldObject.State.RELEASED, HeldObject.State.APPLIED, HeldObject.State.REJECTED),
}


@require_GET
@for_staff(*RIGHTS)
def queue(request: HttpRequest) -> HttpResponse:
    now = clerk_of(request).now
    found = _asked(request, _visible(request))
    found = found.select_related("submission__collection").defer("submission__body_ct")
    listing = listed(request, found, orders=_ORDERS)
    return TemplateResponse(
        request,
        "console/review/queue.html",
        {
            "here": "review",
            "counts": review.counts(now=now),
            "listing": listing,
            "rows": [Shown(review.entry(held, now=now)) for held in listing.rows],
            "reasons": sorted(Reason),
            "lines": current_review_policy().lines,
            "states": _STATE_WORDS,
            "codes": current_templates().reject,
            "decides": may(request, "change_heldobject", "counsel_heldobject"),
            **_shift(request, now=now),
            **_undoable(request),
        },
    )


def _shift(request: HttpRequest, *, now: datetime) -> dict[str, Any]:
    """Who is at it, and what the last shift left word of: for who sees the whole queue."""
    if not _sees_all(request):
        return {}
    return {"load": review.load(now=now), "notes": review.unread(), "longest": review.LONGEST}


@require_POST
@for_staff("change_heldobject")
def hand_over(request: HttpRequest) -> HttpResponse:
    """Give back all that this person holds, with a word for the next."""
    try:
        given_back = review.hand_over(clerk_of(request), text=request.POST.get("text", ""))
    except ReviewError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, f"Handed over. {given_back} given back.")
    return redirect("console:review")


@require_POST
@for_staff("change_heldobject")
def read_note(request: HttpRequest, note_id: uuid.UUID) -> HttpResponse:
    try:
        review.mark_read(clerk_of(request), note_id)
    except ReviewError as error:
        messages.error(request, str(error))
    return redirect("console:review")


def _visible(request: HttpRequest) -> QuerySet[HeldObject]:
    """Counsel sees what was passed on to counsel, and nothing else."""
    if _sees_all(request):
        return HeldObject.objects.all()
    return HeldObject.objects.filter(escalated_to=review.COUNSEL)


def _sees_all(request: HttpRequest) -> bool:
    return may(request, "view_heldobject", "change_heldobject")


def _asked(request: HttpRequest, found: QuerySet[HeldObject]) -> QuerySet[HeldObject]:
    """What the address asks for; an unknown word asks for nothing."""
    asked = request.GET
    found = found.filter(state__in=_STATES.get(asked.get("state", ""), _STATES["open"]))
    if (reason := asked.get("reason", "")) in set(Reason):
        found = found.filter(reasons__contains=[reason])
    whose = asked.get("with", "")
    if whose in current_review_policy().lines:
        found = found.filter(escalated_to=whose)
    elif whose == "me":
        me = request.user.get_username()
        found = found.filter(Q(claimed_by=me) | Q(decided_by=me))
    elif whose == "second":
        found = found.exclude(first_by="")
    return found


def _undoable(request: HttpRequest) -> dict[str, Any]:
    """What this person has just decided and may still undo."""
    last = request.session.get("decided")
    decided = HeldObject.objects.filter(pk=last, state=HeldObject.State.DECIDED) if last else None
    return {"undoable": decided.first() if decided is not None else None}


@require_GET
@for_staff(*RIGHTS)
def item(request: HttpRequest, held_id: uuid.UUID) -> HttpResponse:
    held = _visible(request).select_related("submission__collection").filter(pk=held_id).first()
    if held is None:
        messages.error(request, "There is no such item, or it is with somebody else.")
        return redirect("console:review")
    clerk = clerk_of(request)
    shown = Shown(review.entry(held, now=clerk.now))
    panel = Panel(held, request.user.get_username(), shown.entry.claim)
    return TemplateResponse(
        request,
        "console/review/item.html",
        {
            "here": "review",
            "shown": shown,
            "held": held,
            "panel": panel if may_decide(request, held) else None,
            "outcome": _outcome(shown, clerk),
            **_undoable(request),
        },
    )


def _outcome(shown: Shown, clerk: Clerk) -> Previewed | None:
    """Nothing where what is held is decided already, or no token can be made now."""
    if shown.held.state != HeldObject.State.OPEN:
        return None
    with suppress(TokensUnavailable):
        return shown.outcome(clerk)
    return None


@require_POST
@for_staff("change_heldobject")
def take_next(request: HttpRequest) -> HttpResponse:
    """Claim the first item that is free."""
    clerk = clerk_of(request)
    held = review.claim_next(by=clerk.by, policy=clerk.policy, now=clerk.now)
    if held is None:
        messages.success(request, "Nothing waits that you could decide.")
        return redirect("console:review")
    return redirect("console:review-item", held.pk)


@require_POST
@for_staff("change_heldobject", "counsel_heldobject")
def decide_one(request: HttpRequest, held_id: uuid.UUID) -> HttpResponse:
    """One step over one item; after a decision the way leads on to the next."""
    step = step_of(request.POST)
    here = reverse("console:review-item", args=[held_id])
    try:
        held = decide(request, held_id, step)
    except ReviewError as error:
        messages.error(request, str(error))
        return HttpResponseRedirect(here)
    messages.success(request, review.standing(held))
    stays = held.state == HeldObject.State.OPEN and not held.first_by and not held.escalated_to
    if stays or step == "undo":
        return HttpResponseRedirect(here)
    request.session["decided"] = str(held.pk)
    return _on_to_next(request)


def _on_to_next(request: HttpRequest) -> HttpResponse:
    if not may(request, "change_heldobject"):
        return redirect("console:review")
    clerk = clerk_of(request)
    held = review.claim_next(by=clerk.by, policy=clerk.policy, now=clerk.now)
    return redirect("console:review-item", held.pk) if held else redirect("console:review")


@require_POST
@for_staff("change_heldobject", "counsel_heldobject")
def decide_many(request: HttpRequest) -> HttpResponse:
    """The same step over each item that is ticked, in one order for all who do this at once."""
    chosen = sorted(set(request.POST.getlist("held")))
    said, refused = _decide_each(request, chosen, step_of(request.POST))
    if said:
        messages.success(request, f"{len(said)} done. {' '.join(dict.fromkeys(said))}")
    for text in sorted(set(refused)):
        messages.error(request, f"{refused.count(text)} not decided. {text}")
    if not chosen:
        messages.error(request, "Tick what it is about first.")
    return redirect("console:review")


def _decide_each(
    request: HttpRequest, chosen: Iterable[str], step: str
) -> tuple[list[str], list[str]]:
    said: list[str] = []
    refused: list[str] = []
    for each in chosen:
        try:
            said.append(review.standing(decide(request, uuid.UUID(each), step)))
        except (ReviewError, ValueError) as error:
            refused.append(str(error))
    return said, refused
