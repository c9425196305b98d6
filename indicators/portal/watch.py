"""Watch a campaign, or leave it: for this login alone, and in no journal."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from indicators.members import watching
from indicators.members.watching import TooManyWatchedError
from indicators.models.member import Member
from indicators.portal.campaign import one
from indicators.portal.homes import homes_of
from indicators.ui.person import clerk_of, for_members, login_of


@require_POST
@for_members
def watch(request: HttpRequest, member: Member, stix_id: str) -> HttpResponse:
    one(list(homes_of(request, member)), stix_id)
    try:
        watching.watch(login_of(request), stix_id, now=clerk_of(request).now)
    except TooManyWatchedError as error:
        messages.error(request, str(error))
    return redirect("portal:campaign", stix_id)


@require_POST
@for_members
def leave(request: HttpRequest, _member: Member, stix_id: str) -> HttpResponse:
    """What has gone from the feed can be left, too."""
    watching.leave(login_of(request), stix_id)
    messages.success(request, "You do not watch it any more.")
    return redirect("portal:campaigns")
