"""How to connect: this lab's own keys, and recipes with its own addresses filled in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.members import access, credentials, polls
from indicators.models.member import Member
from indicators.ui.person import clerk_of, for_members, speaker


@require_GET
@for_members
def integrations(request: HttpRequest, member: Member) -> HttpResponse:
    seen = access.visible(speaker(request, member))
    return TemplateResponse(
        request,
        "portal/integrations.html",
        {
            "here": "integrations",
            "member": member,
            "now": clerk_of(request).now,
            "root": request.build_absolute_uri("/").rstrip("/"),
            "seen": [each for each in seen if each.can_read],
            "keys": credentials.of(member.pk),
            "polled": bool(polls.marks(member.pk)),
            "contact": settings.FORUM_CONTACT,
        },
    )
