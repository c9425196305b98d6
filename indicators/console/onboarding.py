"""The way of a member in: entered here, checked line by line, let go live by two people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indicators.console.steps import Step, take
from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.onboarding import Onboarding
from indicators.models.two_people import same_person
from indicators.pipeline.membership import onboarding
from indicators.pipeline.membership.line import unmet
from indicators.pipeline.membership.onboarding import CONTACTS, Rights
from indicators.ui.person import clerk_of, for_staff, may


@require_http_methods(["GET", "POST"])
@for_staff("add_onboarding")
def begin(request: HttpRequest) -> HttpResponse:
    """Enter a new member; what does not fit is said above the form, which keeps its words."""
    if request.method == "POST":
        try:
            row = _begun(request)
        except ValueError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, f"{row.member.slug} may use the exercises from now on.")
            return redirect("console:onboarding", row.pk)
    policy = current_policy()
    return TemplateResponse(
        request,
        "console/membership/begin.html",
        {
            "here": "matrix",
            "purposes": sorted(policy.purposes),
            "nexuses": sorted(policy.threat_nexus),
            "chosen": request.POST.getlist("nexus"),
        },
    )


def _begun(request: HttpRequest) -> Onboarding:
    sent = request.POST
    member = Member(
        slug=sent.get("slug", "").strip(),
        name=sent.get("name", "").strip(),
        jurisdiction=sent.get("jurisdiction", "").strip().upper(),
    )
    with transaction.atomic():  # as in `steps.take`
        return onboarding.begin(
            clerk_of(request),
            member,
            purpose=sent.get("purpose", ""),
            threat_nexus=sent.getlist("nexus"),
        )


@require_GET
@for_staff("view_onboarding")
def one(request: HttpRequest, onboarding_id: uuid.UUID) -> HttpResponse:
    row = get_object_or_404(Onboarding.objects.select_related("member"), pk=onboarding_id)
    is_open = row.state == Onboarding.State.OPEN
    now = clerk_of(request).now
    lines = onboarding.checklist(row, now=now) if is_open else onboarding.agreed(row)
    return TemplateResponse(
        request,
        "console/membership/onboarding.html",
        {
            "here": "matrix",
            "row": row,
            "lines": lines,
            "missing": unmet(lines),
            "contacts": _contacts(row),
            "lanes": Collection.Lane.choices,
            "collections": _agreeable(),
            "changes": is_open and may(request, "change_onboarding"),
            "approves": is_open and may(request, "approve_onboarding"),
            "is_first": same_person(row.first_by, request.user.get_username()),
        },
    )


def _contacts(row: Onboarding) -> list[tuple[str, str, str]]:
    """Role, its name, and the address that is kept for it."""
    kept = onboarding.contacts_of(row)
    return [(role, name, kept.get(role, "")) for role, name in CONTACTS.items()]


def _agreeable() -> QuerySet[Collection]:
    """What rights can be agreed in; it has the exercises already."""
    return Collection.objects.filter(parent=None, exercise=False).order_by("alias")


@require_POST
@for_staff("change_onboarding", "approve_onboarding")
def step(request: HttpRequest, onboarding_id: uuid.UUID, name: str) -> HttpResponse:
    return take(request, _STEPS, name, onboarding_id, page="console:onboarding")


def _agree(clerk: Clerk, onboarding_id: uuid.UUID, sent: QueryDict) -> Onboarding:
    reads, writes = (
        [each for each in _agreeable() if str(each.pk) in sent.getlist(name)]
        for name in ("read", "write")
    )
    return onboarding.agree(clerk, onboarding_id, Rights(sent.get("lane", ""), reads, writes))


def _reach(clerk: Clerk, onboarding_id: uuid.UUID, sent: QueryDict) -> Onboarding:
    contacts = {role: sent.get(role, "") for role in CONTACTS}
    return onboarding.reach(clerk, onboarding_id, contacts=contacts)


_STEPS: Mapping[str, Step[uuid.UUID]] = {
    "agreement": Step(
        "change_onboarding",
        lambda clerk, pk, sent: onboarding.sign(clerk, pk, version=sent.get("version", "")),
        "The agreement is recorded.",
    ),
    "contacts": Step(
        "change_onboarding",
        _reach,
        "The contacts are recorded.",
    ),
    "rights": Step("change_onboarding", _agree, "What it may do is recorded."),
    "propose": Step(
        "approve_onboarding",
        lambda clerk, pk, _: onboarding.propose(clerk, pk),
        "Proposed. A second, different person lets it go live.",
    ),
    "confirm": Step(
        "approve_onboarding",
        lambda clerk, pk, _: onboarding.confirm(clerk, pk),
        "It is live, and has the rights that were agreed.",
    ),
}
