"""Feedback: what this lab said of the feed, what others say of its own, and questions both ways."""

from __future__ import annotations

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_POST

from indicators.intake import feedback as words
from indicators.intake import questions
from indicators.intake import said as own
from indicators.intake.feedback import FeedbackError
from indicators.members import access
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline.questions import QuestionError
from indicators.portal.choices import says
from indicators.roles import speaking_for
from indicators.ui.listing import Slice
from indicators.ui.person import by_member, clerk_of, for_members, speaker


PARTS = {"feedback": "What you said", "received": "Of your own", "questions": "Questions"}
"""What there is, by the name of its page."""
_SHOWN = 50
"""Of what is not cut into pages: the newest."""


@require_GET
@for_members
def said(request: HttpRequest, member: Member) -> HttpResponse:
    """The words of this lab over objects of others."""
    part = Slice.asked(request)
    rows, total = own.said(member.pk, begin=part.begin, most=part.size)
    listing = part.of([(each, says(each.verdict)) for each in rows], total)
    return _page(request, member, "feedback", {"listing": listing})


@require_GET
@for_members
def received(request: HttpRequest, member: Member) -> HttpResponse:
    """The words of others over objects of this lab: what its status says of them, and no more."""
    try:
        after = words.place(member.pk, request.GET.get("after", ""))
    except FeedbackError:
        raise Http404 from None
    found, following = words.heard(member.pk, _readable(request, member), after=after, most=_SHOWN)
    context = {"heard": found, "following": following, "is_first": not after}
    return _page(request, member, "received", context)


@require_GET
@for_members
def asked(request: HttpRequest, member: Member) -> HttpResponse:
    """Questions to this lab, questions of it, and the appeals that it asked for."""
    found = questions.own(member.pk, _readable(request, member))
    context = {
        "for_you": sorted(found["for_you"], key=lambda each: bool(each["answered"]))[:_SHOWN],
        "asked": found["asked"][: -_SHOWN - 1 : -1],
        "appeals": questions.appeals(member.pk)[: -_SHOWN - 1 : -1],
        "longest": questions.LONGEST,
        "shown": _SHOWN,
    }
    return _page(request, member, "questions", context)


def _page(request: HttpRequest, member: Member, part: str, context: dict[str, Any]) -> HttpResponse:
    shared = {"here": "feedback", "member": member, "part": part, "parts": PARTS}
    return TemplateResponse(request, f"portal/feedback/{part}.html", shared | context)


def _readable(request: HttpRequest, member: Member) -> list[Collection]:
    return [each.collection for each in access.visible(speaker(request, member)) if each.can_read]


@require_POST
@by_member
def answer(request: HttpRequest, member: Member, question_id: uuid.UUID) -> HttpResponse:
    """Answer a question that was passed on to this lab."""
    text, now = request.POST.get("text", ""), clerk_of(request).now
    try:
        with speaking_for(member.id):
            readable = _readable(request, member)
            made = questions.answer(member.pk, readable, str(question_id), text, now=now)
    except QuestionError as error:
        messages.error(request, str(error))
    else:
        if made is None:
            raise Http404
        messages.success(request, "Answered. Staff of the Forum read it before they pass it on.")
    return redirect("portal:questions")
