"""Feedback: what this lab said of the feed, what others say of its own, and questions both ways."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from indicators.intake import feedback as words
from indicators.intake import questions
from indicators.intake.feedback import FeedbackError
from indicators.intake.said import said
from indicators.members import access
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline.questions import QuestionError
from indicators.portal.choices import says
from indicators.roles import speaking_for
from indicators.ui.listing import Slice
from indicators.ui.person import by_member, clerk_of, for_members, speaker


PARTS = {"said": "What you said", "received": "Of your own", "questions": "Questions"}
"""What the page is about, by `?of=`."""
_SHOWN = 50
"""Of what is not cut into pages: the newest."""


@require_GET
@for_members
def feedback(request: HttpRequest, member: Member) -> HttpResponse:
    asked = request.GET.get("of", "")
    of = asked if asked in PARTS else "said"
    context = {"here": "feedback", "member": member, "of": of, "parts": PARTS, "shown": _SHOWN}
    context |= _ABOUT[of](request, member)
    return TemplateResponse(request, f"portal/feedback/{of}.html", context)


def _said(request: HttpRequest, member: Member) -> dict[str, Any]:
    part = Slice.asked(request)
    rows, total = said(member.pk, begin=part.begin, most=part.size)
    return {"listing": part.of([(each, says(each.verdict)) for each in rows], total)}


def _received(request: HttpRequest, member: Member) -> dict[str, Any]:
    try:
        after = words.place(member.pk, request.GET.get("after", ""))
    except FeedbackError:
        raise Http404 from None
    found, following = words.heard(member.pk, _readable(request, member), after=after, most=_SHOWN)
    return {"heard": found, "following": following, "is_first": not after}


def _questions(request: HttpRequest, member: Member) -> dict[str, Any]:
    own = questions.own(member.pk, _readable(request, member))
    return {
        "for_you": sorted(own["for_you"], key=lambda each: bool(each["answered"]))[:_SHOWN],
        "asked": own["asked"][: -_SHOWN - 1 : -1],
        "appeals": questions.appeals(member.pk)[: -_SHOWN - 1 : -1],
        "longest": questions.LONGEST,
    }


_ABOUT: Mapping[str, Callable[[HttpRequest, Member], dict[str, Any]]] = {
    "said": _said,
    "received": _received,
    "questions": _questions,
}


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
    return redirect(f"{reverse('portal:feedback')}?of=questions")
