"""Epochs of the tokens: what serves now, what comes, and beginning the next one before its day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indicators.console.steps import Step, made, take
from indicators.matching import keys, overview
from indicators.matching.errors import MatchingError
from indicators.matching.seeds import store
from indicators.members.registry import Clerk
from indicators.models.key_order import LONGEST_REASON, KeyOrder
from indicators.models.two_people import same_person
from indicators.pipeline import key_orders as desk
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


_ORDERS = {"newest": ("-requested_at", "id"), "oldest": ("requested_at", "id")}


class Row(NamedTuple):
    """An order as the list shows it."""

    asked: KeyOrder
    stands: str


@require_http_methods(["GET", "POST"])
@for_staff("view_keyorder")
def epochs(request: HttpRequest) -> HttpResponse:
    """What stands; a POST asks for the next epoch to begin now."""
    asks = may(request, "request_keyorder")
    if request.method == "POST":
        if not asks:
            raise PermissionDenied
        if asked := made(request, _ask):
            return redirect("console:epoch-order", asked.pk)
    now = clerk_of(request).now
    listing = listed(request, KeyOrder.objects.all(), orders=_ORDERS)
    return TemplateResponse(
        request,
        "console/epochs/list.html",
        {
            "here": "epochs",
            "listing": listing,
            "rows": [Row(each, desk.standing(each, now=now)) for each in listing.rows],
            "following": overview.following(now),
            "asks": asks,
            "longest": LONGEST_REASON,
            **_standing(now),
        },
    )


def _standing(now: datetime) -> Mapping[str, object]:
    """The key list in tables; where there is none, or it does not hold, what is wrong with it."""
    try:
        found = keys.key_list(store())
    except MatchingError as error:
        return {"trouble": str(error)}
    return {
        "found": found,
        "kinds": overview.kinds(found, now),
        "spans": overview.spans(found, now)[::-1],
        "open": desk.epochs(now=now),
    }


def _ask(clerk: Clerk, sent: QueryDict) -> KeyOrder:
    return desk.request(clerk, epoch=sent.get("epoch", ""), why=sent.get("why", ""))


@require_GET
@for_staff("view_keyorder")
def order(request: HttpRequest, order_id: UUID) -> HttpResponse:
    asked = KeyOrder.objects.filter(pk=order_id).first()
    if asked is None:
        raise Http404
    stands = desk.standing(asked, now=clerk_of(request).now)
    own = same_person(asked.requested_by, request.user.get_username())
    return TemplateResponse(
        request,
        "console/epochs/order.html",
        {
            "here": "epochs",
            "asked": asked,
            "stands": stands,
            "under_way": asked.state in (KeyOrder.State.ORDERED, KeyOrder.State.REVOKED),
            "decides": stands == KeyOrder.State.REQUESTED
            and not own
            and may(request, "approve_keyorder"),
        },
    )


_STEPS: Mapping[str, Step[UUID]] = {
    "approve": Step(
        "approve_keyorder",
        lambda clerk, pk, _sent: desk.approve(clerk, pk),
        "Ordered. The worker does it now.",
    ),
    "refuse": Step("approve_keyorder", lambda clerk, pk, _sent: desk.refuse(clerk, pk), "Refused."),
}


@require_POST
@for_staff("approve_keyorder")
def step(request: HttpRequest, order_id: UUID, name: str) -> HttpResponse:
    return take(request, _STEPS, name, order_id, page="console:epoch-order")
