"""Recalls: ask over a source and a time, approve, look, order, and see who still has it.

The look is the one page here that does not run in a single transaction: its entry in the journal is
committed before anything is found, so that it stands even if the page fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from indicators.members.registry import Clerk
from indicators.models.member import Credential, Member
from indicators.models.recall import Recall, RecalledObject
from indicators.models.two_people import same_person
from indicators.pipeline import delivery, recall
from indicators.pipeline.recall import RecallError
from indicators.pipeline.recall_source import Source
from indicators.ui.listing import listed
from indicators.ui.person import by_staff, clerk_of, for_staff, may


_ORDERS = {"newest": ("-requested_at", "id"), "oldest": ("requested_at", "id")}
_USUAL = timedelta(days=7)
"""How far back the form begins."""


@dataclass(frozen=True, slots=True)
class Named:
    """Whom a recall is over, for the two who decide."""

    member: str
    key: str
    since: datetime
    until: datetime


@require_http_methods(["GET", "POST"])
@for_staff("view_recall")
def recalls(request: HttpRequest) -> HttpResponse:
    """The register; a POST asks for another one."""
    if request.method == "POST":
        return _ask(request)
    now = clerk_of(request).now
    return TemplateResponse(
        request,
        "console/recalls/list.html",
        {
            "here": "recalls",
            "now": now,
            "listing": listed(request, Recall.objects.all(), orders=_ORDERS),
            "asks": may(request, "request_recall"),
            "members": Member.objects.order_by("slug"),
            "keys": Credential.objects.select_related("member").order_by("member__slug", "label"),
            "since": now - _USUAL,
        },
    )


def _ask(request: HttpRequest) -> HttpResponse:
    if not may(request, "request_recall"):
        return _back(request, "Your role may not ask for a recall.")
    clerk, sent = clerk_of(request), request.POST
    try:
        source = _source(
            sent.get("source", ""), sent.get("since", ""), sent.get("until", ""), clerk
        )
        made = recall.request(clerk, source, why=sent.get("why", ""), stop="stop" in sent)
    except RecallError as error:
        return _back(request, str(error))
    messages.success(request, "Asked for. Another person approves it, then you look at it.")
    return redirect("console:recall", made.pk)


def _back(request: HttpRequest, said: str) -> HttpResponse:
    messages.error(request, said)
    return redirect("console:recalls")


def _source(source: str, since: str, until: str, clerk: Clerk) -> Source:
    """`member:<id>` or `key:<id>`, and two times in UTC; an empty end is now."""
    kind, _, name = source.partition(":")
    begin, end = _moment(since), _moment(until) if until else clerk.now
    if kind == "key":
        key = Credential.objects.filter(pk=name).first()
        if key is not None:
            return Source(key.member_id, key.pk, begin, end)
    elif kind == "member" and (found := Member.objects.filter(slug=name).first()):
        return Source(found.pk, "", begin, end)
    raise RecallError("Choose a member or one of its keys.")


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=UTC)
    except ValueError as error:
        raise RecallError("Give the time as day and minute, in UTC.") from error


@require_GET
@for_staff("view_recall")
def one(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    asked = _find(recall_id)
    return TemplateResponse(request, "console/recalls/one.html", _told(request, asked))


def _told(request: HttpRequest, asked: Recall) -> dict[str, object]:
    """What a page says of a recall; whom it is over, to the roles that ask and approve alone."""
    stands = recall.standing(asked, now=clerk_of(request).now)
    decides = may(request, "request_recall", "approve_recall")
    own = same_person(asked.requested_by, request.user.get_username())
    done = asked.state == Recall.State.DONE
    fallen = RecalledObject.objects.filter(recall=asked).values_list("collection_id", "stix_id")
    return {
        "here": "recalls",
        "asked": asked,
        "stands": stands,
        "source": _named(asked) if decides else None,
        "why": recall.why_of(asked) if decides else "",
        "approves": stands == Recall.State.REQUESTED and not own and may(request, "approve_recall"),
        "looks": stands == Recall.State.APPROVED and own and may(request, "request_recall"),
        "fallen": len(fallen) if done else 0,
        "lines": delivery.of(fallen) if done and decides else [],
    }


def _named(asked: Recall) -> Named:
    source = recall.source_of(asked)
    member = Member.objects.filter(pk=source.member_id).first()
    return Named(member.slug if member else "?", source.key, source.since, source.until)


@require_POST
@for_staff("approve_recall")
def approve(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    return _step(request, recall_id, recall.approve, "Approved. Whoever asked looks at it now.")


@require_POST
@for_staff("approve_recall")
def refuse(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    return _step(request, recall_id, recall.refuse, "Refused. What was stopped stays stopped.")


@require_POST
@for_staff("request_recall")
def order(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    return _step(request, recall_id, recall.order, "Ordered. The worker takes it back now.")


def _step(
    request: HttpRequest,
    recall_id: uuid.UUID,
    step: Callable[[Clerk, uuid.UUID], Recall],
    said: str,
) -> HttpResponse:
    try:
        step(clerk_of(request), recall_id)
    except RecallError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("console:recall", recall_id)


@require_POST
@by_staff("request_recall")
def look(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponseBase:
    """What it would take back; shown, not kept."""
    try:
        found = recall.preview(clerk_of(request), recall_id)
    except RecallError as error:
        messages.error(request, str(error))
        return redirect("console:recall", recall_id)
    return _looked(request, recall_id, found)


@for_staff("request_recall")
def _looked(request: HttpRequest, recall_id: uuid.UUID, found: object) -> HttpResponse:
    told = _told(request, _find(recall_id)) | {"found": found}
    return TemplateResponse(request, "console/recalls/one.html", told)


def _find(recall_id: uuid.UUID) -> Recall:
    found = Recall.objects.filter(pk=recall_id).first()
    if found is None:
        raise Http404
    return found
