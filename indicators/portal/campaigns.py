"""Campaigns as the Forum tells them: what stands on the feed, and how it hangs together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.domain.stix.extensions import BY_NAME
from indicators.feed import objects
from indicators.feed.objects import Live
from indicators.models.member import Member
from indicators.portal.homes import homes_of
from indicators.portal.signs import Sign
from indicators.ui.person import for_members


_LISTED = 200
_SHOWN = 500
"""What is said of one campaign that a page shows; the feed has all."""
_PROFILE = BY_NAME["distillation-profile"].id


@dataclass(frozen=True, slots=True)
class Told:
    """A campaign, and where it stands."""

    collection: str
    body: Mapping[str, Any]

    @property
    def name(self) -> str:
        return str(self.body.get("name", ""))

    @property
    def profile(self) -> list[tuple[str, str]]:
        """How it behaves, in buckets."""
        terms = self.body.get("extensions", {}).get(_PROFILE, {})
        return [(name, _words(value)) for name, value in terms.items() if name != "extension_type"]


def _words(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


@require_GET
@for_members
def campaigns(request: HttpRequest, member: Member) -> HttpResponse:
    homes = homes_of(request, member)
    joined = objects.forums_campaigns(homes)
    single = request.GET.get("of") == "single"
    found = [
        each
        for each in objects.newest(list(homes), "campaign", most=_LISTED)
        if (each.body["id"] in joined) != single
    ]
    return TemplateResponse(
        request,
        "portal/campaigns/list.html",
        {
            "here": "campaigns",
            "member": member,
            "single": single,
            "campaigns": [(Told(homes[each.collection_id], each.body), each) for each in found],
        },
    )


@require_GET
@for_members
def campaign(request: HttpRequest, member: Member, stix_id: str) -> HttpResponse:
    homes = homes_of(request, member)
    found = objects.by_id(list(homes), [stix_id])
    if not found or found[0].body["type"] != "campaign":
        raise Http404
    said = _relations(objects.speaking_of(list(homes), [stix_id], most=_SHOWN))
    ends = {end for pairs in said.values() for pair in pairs for end in pair} - {stix_id}
    network = [target for _, target in said["uses"] if target.startswith("infrastructure--")]
    further = _relations(objects.speaking_of(list(homes), network, most=_SHOWN)) if network else {}
    ends |= {end for pairs in further.values() for pair in pairs for end in pair}
    bodies = {each.body["id"]: each.body for each in objects.by_id(list(homes), ends)}
    signs = [Sign(each) for each in bodies.values() if each["type"] == "indicator"]
    return TemplateResponse(
        request,
        "portal/campaigns/one.html",
        {
            "here": "campaigns",
            "member": member,
            "told": Told(homes[found[0].collection_id], found[0].body),
            "added": found[0].added,
            "signs": sorted(signs, key=lambda each: str(each.body.get("valid_until", ""))),
            "techniques": _named(bodies, "attack-pattern"),
            "parts": _parts(bodies.values()),
            "views": len(said["derived-from"]),
            "lines": _lines(said, further, bodies),
        },
    )


def _relations(found: Iterable[Live]) -> defaultdict[str, list[tuple[str, str]]]:
    """Ends of relationships, by verb."""
    said: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in found:
        body = each.body
        if body["type"] == "relationship":
            said[body["relationship_type"]].append((body["source_ref"], body["target_ref"]))
    return said


def _named(bodies: Mapping[str, Mapping[str, Any]], type_: str) -> list[tuple[str, str]]:
    """Techniques by their own ids."""
    found = [each for each in bodies.values() if each["type"] == type_]
    return sorted((_external(each), str(each.get("name", ""))) for each in found)


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
