"""One object of the feed: what it says, what is said of it, and its JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.domain.stix.references import references_of
from indicators.feed import objects
from indicators.feed.objects import Live
from indicators.models.member import Member
from indicators.portal.homes import homes_of
from indicators.portal.signs import Sign
from indicators.ui.person import for_members


_MOST = 200
"""What is said of one object that a page shows; the feed has all."""


@require_GET
@for_members
def one(request: HttpRequest, member: Member, stix_id: str) -> HttpResponse:
    homes = homes_of(request, member)
    found = objects.by_id(list(homes), [stix_id])
    if not found:
        raise Http404
    live = found[0]
    return TemplateResponse(
        request,
        "portal/objects/one.html",
        {
            "here": "search",
            "member": member,
            "sign": Sign(live.body, homes[live.collection_id]),
            "places": sorted({homes[each.collection_id] for each in found}),
            "added": live.added,
            "ties": _ties(live, list(homes)),
        },
    )


@dataclass(frozen=True, slots=True)
class Tie:
    """Another object, and the verb that ties the two."""

    verb: str
    other: Sign
    leads_there: bool
    """From the object of the page to the other."""


def _ties(live: Live, homes: Sequence[UUID]) -> list[Tie]:
    """What it refers to and what refers to it; a relationship is a tie, all else an end."""
    speaking = objects.speaking_of(homes, [live.body["id"]], most=_MOST)
    ends = {(each, "refers to", True) for each in references_of(live.body)}
    ends |= {_end(live.body["id"], each.body) for each in speaking}
    bodies = {each.body["id"]: each.body for each in objects.by_id(homes, {end[0] for end in ends})}
    return [
        Tie(verb, Sign(bodies[other]), leads_there)
        for other, verb, leads_there in sorted(ends)
        if other in bodies
    ]


def _end(own: str, body: Mapping[str, str]) -> tuple[str, str, bool]:
    """The other end of what speaks of an object, the verb, and whether it leads there."""
    if body["type"] != "relationship":
        return body["id"], "refers to", False
    verb, source, target = (
        body[name] for name in ("relationship_type", "source_ref", "target_ref")
    )
    return (target, verb, True) if source == own else (source, verb, False)
