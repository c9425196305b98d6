"""What is new for this lab, how fresh its pulls are, what it has sent: its own figures alone."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.feed import objects
from indicators.intake import mine
from indicators.members import access, bulletins, credentials, notices, polls
from indicators.models.member import Member
from indicators.portal.watched import watched
from indicators.ui.person import clerk_of, for_members, login_of, speaker


_DAYS = 30
_KINDS = 8
_NEW_FOR = timedelta(days=14)
"""A bulletin, or a notice, stands here; then on its own page alone."""


@require_GET
@for_members
def dashboard(request: HttpRequest, member: Member) -> HttpResponse:
    now = clerk_of(request).now
    seen = [each.collection for each in access.visible(speaker(request, member)) if each.can_read]
    homes = [each.pk for each in seen]
    rows, total = mine.sent(member.pk, begin=0, most=5)
    return TemplateResponse(
        request,
        "portal/dashboard.html",
        {
            "here": "dashboard",
            "member": member,
            "now": now,
            "bulletins": bulletins.new(since=now - _NEW_FOR),
            "notices": [each for each in notices.of(member.pk) if each.at > now - _NEW_FOR],
            "fresh": objects.counted(homes, since=now - timedelta(days=7))[:_KINDS],
            "campaigns": objects.latest_campaigns(homes, most=_KINDS),
            "watched": watched(login_of(request), homes),
            "marks": polls.marks(member.pk),
            "credentials": sum(not each.revoked_at for each in credentials.of(member.pk)),
            "rows": rows,
            "total": total,
            "days": mine.days(member.pk, now=now, number=_DAYS),
        },
    )
