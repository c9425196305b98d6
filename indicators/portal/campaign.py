"""One campaign: how it works, its indicators over time, what to do, and how it hangs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.catalogue.contents import technique_names
from indicators.feed import objects
from indicators.feed.objects import Live
from indicators.members import watching
from indicators.models.member import Member
from indicators.portal import advice, timeline
from indicators.portal.homes import homes_of
from indicators.portal.signs import Sign
from indicators.portal.told import Told
from indicators.ui.person import clerk_of, for_members, login_of


_SHOWN = 200
"""What is said of one campaign that a page shows; the feed has all."""


@require_GET
@for_members
def campaign(request: HttpRequest, member: Member, stix_id: str) -> HttpResponse:
    homes, login, now = homes_of(request, member), login_of(request), clerk_of(request).now
    live = one(list(homes), stix_id)
    looked = watching.look(login, stix_id, now=now)
    return TemplateResponse(
        request,
        "portal/campaigns/one.html",
        {
            "here": "campaigns",
            "member": member,
            "told": Told(homes[live.collection_id], live.body),
            "added": live.added,
            "looked": looked,
            "new": _new(list(homes), stix_id, looked) if looked else 0,
            **_said(list(homes), stix_id),
        },
    )


def one(homes: Sequence[UUID], stix_id: str) -> Live:
    """The campaign, where this reader may read it; else it looks like none."""
    found = objects.by_id(homes, [stix_id])
    if not found or found[0].body["type"] != "campaign":
        raise Http404
    return found[0]


def _new(homes: Sequence[UUID], stix_id: str, since: datetime) -> int:
    return len(objects.joined(homes, {stix_id: since}, most=_SHOWN)[stix_id])


def _said(homes: Sequence[UUID], stix_id: str) -> dict[str, Any]:
    """Everything that the page shows of it beside its own words."""
    spoken = objects.speaking_of(homes, [stix_id], most=_SHOWN)
    said = _relations(spoken)
    ends = {end for pairs in said.values() for pair in pairs for end in pair} - {stix_id}
    network = [target for _, target in said["uses"] if target.startswith("infrastructure--")]
    further = _relations(objects.speaking_of(homes, network, most=_SHOWN)) if network else {}
    ends |= {end for pairs in further.values() for pair in pairs for end in pair}
    bodies = {each.body["id"]: each.body for each in objects.by_id(homes, ends)}
    signs = [Sign(each) for each in bodies.values() if each["type"] == "indicator"]
    signs.sort(key=lambda each: str(each.body.get("valid_until", "")))
    beside = [each.body for each in objects.speaking_of(homes, _asked_about(bodies), most=_SHOWN)]
    return {
        "signs": signs,
        "lanes": timeline.lanes(signs, (each for each in beside if each["type"] == "sighting")),
        "techniques": _techniques(bodies, signs),
        "tiers": advice.of_tiers(signs),
        "actions": _actions(homes, beside),
        "parts": _parts(bodies.values()),
        "views": len(said["derived-from"]),
        "lines": _lines(said, further, bodies),
        "cut": _SHOWN if len(spoken) == _SHOWN else 0,
    }


def _asked_about(bodies: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Of what sightings and courses of action speak."""
    return [each for each in bodies if each.startswith(("indicator--", "attack-pattern--"))]


def _actions(homes: Sequence[UUID], beside: Iterable[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Courses of action against its techniques or indicators, by name."""
    ids = {each["source_ref"] for each in beside if each.get("relationship_type") == "mitigates"}
    found = (each.body for each in objects.by_id(homes, ids)) if ids else ()
    advised = [each for each in found if each["type"] == "course-of-action"]
    return sorted(advised, key=lambda each: str(each.get("name", "")))


def _relations(found: Iterable[Live]) -> defaultdict[str, list[tuple[str, str]]]:
    """Ends of relationships, by verb."""
    said: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in found:
        body = each.body
        if body["type"] == "relationship":
            said[body["relationship_type"]].append((body["source_ref"], body["target_ref"]))
    return said


def _techniques(
    bodies: Mapping[str, Mapping[str, Any]], signs: Iterable[Sign]
) -> list[tuple[str, str]]:
    """Techniques by their own ids: those that it uses, and those that its indicators name."""
    said = {str(each) for sign in signs for each in sign.terms.get("techniques", ())}
    named = {each: technique_names().get(each, "") for each in said}
    used = (each for each in bodies.values() if each["type"] == "attack-pattern")
    named |= {_external(each): str(each.get("name", "")) for each in used}
    return sorted(named.items())


def _external(body: Mapping[str, Any]) -> str:
    references = body.get("external_references", [])
    return next((str(each["external_id"]) for each in references if "external_id" in each), "")


def _parts(bodies: Iterable[Mapping[str, Any]]) -> Sequence[tuple[str, str]]:
    """Observables of its infrastructure: what kind, and which."""
    return sorted(
        (each["type"], str(each.get("value", each.get("number", each["id"]))))
        for each in bodies
        if "created" not in each  # only observables have no time of making
    )


def _lines(
    said: Mapping[str, Sequence[tuple[str, str]]],
    further: Mapping[str, Sequence[tuple[str, str]]],
    bodies: Mapping[str, Mapping[str, Any]],
) -> list[tuple[str, str, str]]:
    """Who says what of whom, in names: what the graph is drawn from."""
    pairs = [
        (verb, *pair) for each in (said, further) for verb in sorted(each) for pair in each[verb]
    ]
    return [
        (_called(bodies, source), verb, _called(bodies, target)) for verb, source, target in pairs
    ]


def _called(bodies: Mapping[str, Mapping[str, Any]], stix_id: str) -> str:
    body = bodies.get(stix_id)
    if body is None:
        return stix_id.partition("--")[0]
    said = body.get("name") or body.get("value") or body.get("pattern") or stix_id
    return f"{body['type']}: {said}"
