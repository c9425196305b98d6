"""Campaigns as the Forum tells them, in a list: of several views, of one, or those one watches."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.feed import objects
from indicators.feed.objects import Live
from indicators.members import watching
from indicators.models.member import Member
from indicators.portal import timeline
from indicators.portal.homes import homes_of
from indicators.portal.told import Told
from indicators.ui.listing import Slice
from indicators.ui.person import clerk_of, for_members, login_of


KINDS = {"several": "Of several views", "single": "Of one view", "watched": "That you watch"}
_LISTED = 200
_MOST = 500
"""What speaks of one campaign and is counted by week; the feed has all."""
_ORDERS: Mapping[str, Callable[[Live], str]] = {
    "published": lambda each: each.added.isoformat(),
    "seen": lambda each: str(each.body.get("last_seen", "")),
    "begun": lambda each: str(each.body.get("first_seen", "")),
}
"""By `?sort=`, the newest first."""


@require_GET
@for_members
def campaigns(request: HttpRequest, member: Member) -> HttpResponse:
    homes, since = homes_of(request, member), timeline.begin(clerk_of(request).now)
    watched = watching.watched(login_of(request))
    asked = request.GET.get("of", "")
    of = asked if asked in KINDS else "several"
    order = _ORDERS.get(request.GET.get("sort", ""), _ORDERS["published"])
    found = sorted(_found(of, homes, watched), key=order, reverse=True)
    part = Slice.asked(request).within(len(found))
    shown = found[part.begin : part.begin + part.size]
    return TemplateResponse(
        request,
        "portal/campaigns/list.html",
        {
            "here": "campaigns",
            "member": member,
            "of": of,
            "kinds": KINDS,
            "watched": watched,
            "listing": part.of(_rows(shown, homes, since), len(found)),
            "mondays": timeline.mondays(since),
        },
    )


def _found(of: str, homes: Mapping[UUID, str], watched: Iterable[str]) -> list[Live]:
    """Those that stand: of what was withdrawn the feed still says that."""
    if of == "watched":
        found = objects.by_id(list(homes), list(watched))
    else:
        joined = objects.forums_campaigns(homes)
        newest = objects.newest(list(homes), "campaign", most=_LISTED)
        found = [each for each in newest if (each.body["id"] in joined) == (of == "several")]
    return [each for each in found if not each.body.get("revoked")]


def _rows(
    shown: Sequence[Live], homes: Mapping[UUID, str], since: datetime
) -> list[tuple[Told, Live, list[int]]]:
    """Each with how much was said of it in each of the last weeks."""
    ids = dict.fromkeys((each.body["id"] for each in shown), since)
    moments = objects.joined(list(homes), ids, most=_MOST)
    return [
        (
            Told(homes[each.collection_id], each.body),
            each,
            timeline.by_week(moments[each.body["id"]], since=since),
        )
        for each in shown
    ]
