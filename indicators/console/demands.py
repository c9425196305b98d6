"""Legal demands: the register of authorities' requests, what each is about, and counsel's gate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indicators.console.steps import Step, day_in, made, taken
from indicators.members import notices
from indicators.members.registry import Clerk
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_demand import LegalDemand
from indicators.models.member import Member
from indicators.pipeline import government, legal_demand, legal_export, legal_hold
from indicators.pipeline.legal_demand import LegalDemandError, Scope
from indicators.ui.listing import listed
from indicators.ui.person import clerk_of, for_staff, may


_ORDERS = {"newest": ("-received_on", "id"), "oldest": ("received_on", "id")}
_PENDING = GovernmentRequest.Answer.PENDING


class Row(NamedTuple):
    """A request of the register, and its demand if it has a scope."""

    request: GovernmentRequest
    demand: LegalDemand | None


@require_GET
@for_staff("view_legaldemand")
def demands(request: HttpRequest) -> HttpResponse:
    over = request.GET.get("state") == "over"
    found = GovernmentRequest.objects.all()
    found = found.exclude(answer=_PENDING) if over else found.filter(answer=_PENDING)
    listing = listed(request, found, orders=_ORDERS)
    known = LegalDemand.objects.select_related("member").in_bulk([each.pk for each in listing.rows])
    return TemplateResponse(
        request,
        "console/demands/list.html",
        {
            "here": "demands",
            "listing": listing,
            "rows": [Row(each, known.get(each.pk)) for each in listing.rows],
            "over": over,
        },
    )


@require_http_methods(["GET", "POST"])
@for_staff("add_governmentrequest")
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST" and (registered := made(request, _register)):
        return redirect("console:demand", registered.pk)
    return TemplateResponse(
        request,
        "console/demands/new.html",
        {
            "here": "demands",
            "authorities": GovernmentRequest.Authority.choices,
            "instruments": GovernmentRequest.Instrument.choices,
            "members": _members(),
            "fields": request.POST,
        },
    )


def _members() -> list[Member]:
    return list(Member.objects.order_by("slug"))


def _register(clerk: Clerk, sent: QueryDict) -> LegalDemand:
    return legal_demand.register(
        clerk,
        _scope(sent, _member(sent)),
        received_on=day_in(sent, "received_on"),
        jurisdiction=sent.get("jurisdiction", "").strip().upper(),
        authority=sent.get("authority", ""),
        instrument=sent.get("instrument", ""),
        reference=sent.get("reference", ""),
    )


def _member(sent: QueryDict) -> Member | None:
    if not sent.get("member"):
        return None
    found = Member.objects.filter(slug=sent["member"]).first()
    if found is None:
        raise LegalDemandError("There is no such member.")
    return found


def _scope(sent: QueryDict, member: Member | None) -> Scope:
    return Scope(
        member,
        frozenset(sent.get("types", "").split()),
        day_in(sent, "first_day"),
        day_in(sent, "last_day"),
        frozenset(sent.get("ids", "").split()),
    )


def _decide(clerk: Clerk, request_id: UUID, sent: QueryDict) -> None:
    decision = next(each for each in ("comply", "narrow", "refuse") if each in sent)
    scope = None
    if decision == "narrow":
        scope = _scope(sent, legal_demand.lock_pending(request_id).member)
    legal_demand.decide(clerk, request_id, decision=decision, why=sent.get("why", ""), scope=scope)


_DECISION = Step("change_legaldemand", _decide, "Decided.")
_STEPS: Mapping[str, Step[UUID]] = {
    "scope": Step(
        "change_legaldemand",
        lambda clerk, pk, sent: legal_demand.give_scope(clerk, pk, _scope(sent, _member(sent))),
        "Its scope is recorded.",
    ),
    "comply": _DECISION,
    "narrow": _DECISION,
    "refuse": _DECISION,
    "hold": Step(
        "add_legalhold",
        lambda clerk, pk, _sent: legal_demand.ask_for_hold(clerk, pk),
        "Asked for. It freezes once another person has approved it.",
    ),
    "tell": Step(
        "change_legaldemand",
        lambda clerk, pk, sent: legal_demand.tell(clerk, pk, text=sent.get("text", "")),
        "The member reads it in its portal.",
    ),
    "prohibit": Step(
        "change_legaldemand",
        lambda clerk, pk, sent: legal_demand.prohibit(
            clerk, pk, ground=sent.get("ground", ""), until=day_in(sent, "until")
        ),
        "Recorded. From that day on the member is to be told.",
    ),
    "answer-given": Step(
        "change_governmentrequest",
        lambda clerk, pk, sent: government.record_answer(clerk, pk, answer=sent.get("answer", "")),
        "The answer is recorded.",
    ),
}


@require_http_methods(["GET", "POST"])
@for_staff("view_legaldemand")
def demand(request: HttpRequest, request_id: UUID) -> HttpResponse:
    if request.method == "POST" and taken(request, _STEPS, request_id):
        return redirect("console:demand", request_id)
    row = GovernmentRequest.objects.filter(pk=request_id).first()
    if row is None:
        raise Http404
    found = LegalDemand.objects.select_related("member", "hold").filter(pk=request_id).first()
    return TemplateResponse(
        request,
        "console/demands/one.html",
        {
            "here": "demands",
            "row": row,
            "demand": found,
            "decides": may(request, "change_legaldemand") and row.answer == _PENDING,
            "fields": request.POST,
            **(_standing(request, found) if found else {"members": _members()}),
        },
    )


def _standing(request: HttpRequest, found: LegalDemand) -> dict[str, object]:
    """What the page says of a demand that has a scope."""
    clerk, scope = clerk_of(request), Scope.of(found)
    answers = [each for each in GovernmentRequest.Answer.choices if each[0] != _PENDING]
    return {
        "scope": scope,
        "why": legal_demand.why(found),
        "told": notices.text_of(found),
        "is_due": legal_demand.is_due(found, now=clerk.now),
        "hold_state": found.hold and legal_hold.state_of(found.hold, now=clerk.now),
        "shut": legal_export.why_shut(found, by=clerk.by, now=clerk.now),
        "answers": answers,
        "fields": request.POST if "narrow" in request.POST else _as_fields(scope),
    }


def _as_fields(scope: Scope) -> dict[str, str]:
    return {
        "types": " ".join(sorted(scope.types)),
        "first_day": str(scope.first_day),
        "last_day": str(scope.last_day),
        "ids": "\n".join(sorted(scope.ids)),
    }


@require_POST
@for_staff("export_legaldemand")
def export(request: HttpRequest, request_id: UUID) -> HttpResponse:
    """The file; that it was made is committed before a byte of it is sent."""
    file = made(request, lambda clerk, _sent: legal_export.export(clerk, request_id))
    if file is None:
        return redirect("console:demand", request_id)
    headers = {
        "Content-Disposition": f'attachment; filename="{file.name}"',
        "Cache-Control": "no-store",
    }
    return HttpResponse(file.content, content_type="application/json", headers=headers)
