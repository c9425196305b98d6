"""The way of a member out: opened here, confirmed by another, cleared up by the worker."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from indicators.console.steps import Step, take
from indicators.members.registry import Clerk
from indicators.models.member import Member
from indicators.models.offboarding import Offboarding
from indicators.models.two_people import same_person
from indicators.pipeline import legal_hold
from indicators.pipeline.membership import offboarding
from indicators.ui.person import clerk_of, for_staff, may


@require_POST
@for_staff("add_offboarding")
def begin(request: HttpRequest, slug: str) -> HttpResponse:
    member = get_object_or_404(Member, slug=slug)
    sent = request.POST
    try:
        with transaction.atomic():  # as in `steps.take`
            row = offboarding.begin(
                clerk_of(request),
                member,
                agreed=sent.get("agreed", ""),
                reference=sent.get("reference", ""),
            )
    except ValueError as error:
        messages.error(request, str(error))
        return redirect("console:member", slug)
    messages.success(request, "Opened. Nothing happens before a second person confirms it.")
    return redirect("console:offboarding", row.pk)


@require_GET
@for_staff("view_offboarding")
def one(request: HttpRequest, offboarding_id: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Offboarding.objects.select_related("member"), pk=offboarding_id)
    states = Offboarding.State
    return TemplateResponse(
        request,
        "console/membership/offboarding.html",
        {
            "here": "matrix",
            "row": row,
            "lines": offboarding.checklist(row) if row.state != states.CALLED_OFF else [],
            "percent": offboarding.percent(row),
            "is_clearing": row.state == states.CONFIRMED,
            "is_held": legal_hold.in_force(now=clerk_of(request).now)
            .filter(member=row.member)
            .exists(),
            "approves": row.state == states.OPEN and may(request, "approve_offboarding"),
            "calls_off": row.state == states.OPEN and may(request, "change_offboarding"),
            "attests": row.state == states.CLEARED and may(request, "change_offboarding"),
            "is_first": same_person(row.opened_by, request.user.get_username()),
        },
    )


@require_POST
@for_staff("change_offboarding", "approve_offboarding")
def step(request: HttpRequest, offboarding_id: uuid.UUID, name: str) -> HttpResponse:
    return take(request, _STEPS, name, offboarding_id, page="console:offboarding")


def _attest(clerk: Clerk, offboarding_id: uuid.UUID, sent: QueryDict) -> Offboarding:
    by, what = sent.get("by", ""), sent.get("what", "")
    return offboarding.attest(clerk, offboarding_id, by=by, what=what)


_STEPS: Mapping[str, Step[uuid.UUID]] = {
    "confirm": Step(
        "approve_offboarding",
        lambda clerk, pk, _: offboarding.confirm(clerk, pk),
        "It is shut out. The hub clears up behind it.",
    ),
    "call-off": Step(
        "change_offboarding",
        lambda clerk, pk, _: offboarding.call_off(clerk, pk),
        "Called off: the member stays.",
    ),
    "attest": Step("change_offboarding", _attest, "Recorded. The member has left."),
}
