"""How to connect: this lab's own keys, and recipes with its own addresses filled in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.members import access
from indicators.models.member import Credential, Member, PollMark
from indicators.ui.person import clerk_of, for_members, speaker


@require_GET
@for_members
def integrations(request: HttpRequest, member: Member) -> HttpResponse:
    seen = access.visible(speaker(request, member))
    keys = Credential.objects.filter(member=member).order_by("revoked_at", "-expires_at")
    return TemplateResponse(
        request,
        "portal/integrations.html",
        {
            "here": "integrations",
            "member": member,
            "now": clerk_of(request).now,
            "root": request.build_absolute_uri("/").rstrip("/"),
            "seen": [each for each in seen if each.can_read],
            "keys": keys,
            "polled": PollMark.objects.filter(credential__member=member).exists(),
            "contact": settings.FORUM_CONTACT,
        },
    )
