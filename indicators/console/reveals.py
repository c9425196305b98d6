"""Reveals: ask who stands behind one object, decide over another's request, look once.

The look runs in transactions of its own: its entry in the journal is committed before anything is
looked up, so that it stands even if the page fails. What was found is on that one answer alone.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indicators.console.steps import Step, made, take
from indicators.domain.review_policy import current_review_policy
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.publication import Publication
from indicators.models.reveal import LONGEST_REFERENCE, Reveal
from indicators.models.two_people import LAPSED, same_person
from indicators.pipeline import reveal
from indicators.pipeline.reveal import Contributor, RevealError
from indicators.ui.listing import listed
from indicators.ui.person import by_staff, clerk_of, for_staff, may


_ORDERS = {"newest": ("-requested_at", "id"), "oldest": ("requested_at", "id")}
_DIGITS = 18
"""Of a position."""
STATES = (*Reveal.State.values, LAPSED)


class Row(NamedTuple):
    """A request as the list shows it."""

    asked: Reveal
    stands: str


@require_http_methods(["GET", "POST"])
@for_staff("view_reveal")
def reveals(request: HttpRequest) -> HttpResponse:
    """The register; a POST asks for another one."""
    asks = may(request, "request_reveal")
    if request.method == "POST":
        if not asks:
            raise PermissionDenied
        if asked := made(request, _ask):
            messages.success(request, "Asked for. Another person allows it; then you look, once.")
            return redirect("console:reveal", asked.pk)
    now, state = clerk_of(request).now, request.GET.get("state", "")
    found = Reveal.objects.filter(_standing(state, now)).select_related("collection")
    listing = listed(request, found, orders=_ORDERS)
    return TemplateResponse(
        request,
        "console/reveals/list.html",
        {
            "here": "reveals",
            "listing": listing,
            "rows": [Row(each, reveal.standing(each, now=now)) for each in listing.rows],
            "states": STATES,
            "state": state,
            "form": _form(request) if asks else None,
        },
    )


def _standing(state: str, now: datetime) -> Q:
    """By what the list says of a request: its state, or that its time is over."""
    if state == LAPSED:
        return Q(state__in=reveal.PENDING, expires_at__lte=now)
    if state in reveal.PENDING:
        return Q(state=state, expires_at__gt=now)
    return Q(state=state) if state in Reveal.State.values else Q()


def _form(request: HttpRequest) -> Mapping[str, object]:
    """What the form offers, and what it was sent with, or led to with."""
    sent = request.POST if request.method == "POST" else request.GET
    return {
        "collections": Collection.objects.order_by("alias").values_list("alias", flat=True),
        "reasons": current_review_policy().reveal_reasons,
        "longest": LONGEST_REFERENCE,
        **{name: sent.get(name, "") for name in ("collection", "object", "reason")},
        **{name: request.POST.get(name, "") for name in ("reference", "text")},
    }


def _ask(clerk: Clerk, sent: QueryDict) -> Reveal:
    if not sent.get("reference", "").strip():
        raise RevealError("Give the reference of the case file.")
    collection, stix_id = _meant(sent.get("collection", ""), sent.get("object", "").strip())
    return reveal.request(
        collection,
        stix_id,
        reason=sent.get("reason", ""),
        text=sent.get("text", ""),
        reference=sent.get("reference", ""),
        **_by(clerk),
    )


def _meant(alias: str, name: str) -> tuple[Collection, str]:
    """The object of this id in this collection, or what was published as `<alias>:<position>`."""
    home, _, position = name.rpartition(":")
    collection = Collection.objects.filter(alias=home or alias).first()
    if collection is None:
        raise RevealError("Choose the collection in which it was published.")
    if not home:
        return collection, name
    at = int(position) if position.isdecimal() and len(position) <= _DIGITS else 0
    published = Publication.objects.filter(collection=collection, position=at).first()
    if published is None:
        raise RevealError(f"{home} has no publication {position!r}.")
    return collection, published.stix_id


def _by(clerk: Clerk) -> dict[str, Any]:
    return {"by": clerk.by, "policy": clerk.policy, "now": clerk.now}


@require_GET
@for_staff("view_reveal")
def one(request: HttpRequest, reveal_id: uuid.UUID) -> HttpResponse:
    return _page(request, reveal_id)


def _page(
    request: HttpRequest, reveal_id: uuid.UUID, *, found: Sequence[Contributor] | None = None
) -> HttpResponse:
    asked = Reveal.objects.select_related("collection").filter(pk=reveal_id).first()
    if asked is None:
        raise Http404
    stands = reveal.standing(asked, now=clerk_of(request).now)
    own = same_person(asked.requested_by, request.user.get_username())
    return TemplateResponse(
        request,
        "console/reveals/one.html",
        {
            "here": "reveals",
            "asked": asked,
            "stands": stands,
            "reason": current_review_policy().reveal_reasons.get(asked.reason, asked.reason),
            "why": reveal.reason_text(asked),
            "decides": stands == Reveal.State.REQUESTED
            and not own
            and may(request, "approve_reveal"),
            "looks": stands == Reveal.State.APPROVED and own and may(request, "request_reveal"),
            "found": found,
        },
    )


def _decide(decide: Callable[..., Reveal], said: str) -> Step[uuid.UUID]:
    return Step("approve_reveal", lambda clerk, pk, _sent: decide(pk, **_by(clerk)), said)


_STEPS: Mapping[str, Step[uuid.UUID]] = {
    "approve": _decide(reveal.approve, "Allowed. Whoever asked may look once, within the hour."),
    "refuse": _decide(reveal.refuse, "Refused."),
}


@require_POST
@for_staff("approve_reveal")
def step(request: HttpRequest, reveal_id: uuid.UUID, name: str) -> HttpResponse:
    return take(request, _STEPS, name, reveal_id, page="console:reveal")


@require_POST
@by_staff("request_reveal")
def look(request: HttpRequest, reveal_id: uuid.UUID) -> HttpResponseBase:
    """Use the approval up and show what was found, this once."""
    try:
        found = reveal.open_once(reveal_id, **_by(clerk_of(request)))
    except RevealError as error:
        messages.error(request, str(error))
        return redirect("console:reveal", reveal_id)
    shown = for_staff("request_reveal")(_page)(request, reveal_id, found=found)
    shown["Cache-Control"] = "no-store"
    return shown
