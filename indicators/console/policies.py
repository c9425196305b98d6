"""Policies: what has been in force since when, what changed, and what a pasted object becomes.

A policy is data in the package, changed by review of the source like code. Here staff read what
runs, compare it with what ran, and try objects under it, or under a text that nobody has released.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET, require_http_methods

from indicators.domain.disclosure import Policy, PolicyError, candidate_policy, current_policy
from indicators.domain.stix.references import is_identified
from indicators.intake.strict_json import StrictJSONError, loads_strict
from indicators.matching.errors import TokensUnavailable
from indicators.models.collection import Collection
from indicators.models.rescreen import PolicyText, Rescreen
from indicators.pipeline import policy_approvals
from indicators.pipeline.preview import Previewed, preview_of_nobodys
from indicators.ui.person import clerk_of, for_staff


MOST = 50
"""Objects that are tried at once."""
CANDIDATE = "candidate"


@dataclass(frozen=True, slots=True)
class Change:
    """One line of a comparison; `sign` is + for new, - for gone, blank for both, @ for a gap."""

    sign: str
    text: str


class TryError(ValueError):
    """What cannot be tried; the message says why."""


@require_GET
@for_staff()
def policies(request: HttpRequest) -> HttpResponse:
    texts = {each.version: each for each in PolicyText.objects.order_by("-since")}
    one, other = request.GET.get("from", ""), request.GET.get("to", current_policy().version)
    compared = {"from": one, "to": other} if {one, other} <= texts.keys() else None
    return TemplateResponse(
        request,
        "console/policies/list.html",
        {
            "here": "policies",
            "active": current_policy().version,
            "texts": texts.values(),
            "rows": policy_approvals.versions(),
            "compared": compared,
            "changes": changes(texts[one].text, texts[other].text) if compared else (),
            "looks": Rescreen.objects.select_related("collection").order_by(
                "-policy_version", "collection__alias"
            )[:20],
        },
    )


def changes(before: str, after: str) -> list[Change]:
    """Line by line, with three lines around each change."""
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=3)
    return [Change(line[:1], line[1:]) for line in lines if not line.startswith(("---", "+++"))]


@require_http_methods(["GET", "POST"])
@for_staff()
def tester(request: HttpRequest) -> HttpResponse:
    """Nothing is written and nothing kept; a POST, so that no object stands in an address."""
    context: dict[str, Any] = {
        "here": "policies",
        "active": current_policy().version,
        "versions": PolicyText.objects.order_by("-since").values_list("version", flat=True),
        "places": _places(),
        "nexuses": sorted(current_policy().threat_nexus),
        "candidate": CANDIDATE,
    }
    if request.method == "POST":
        try:
            context["tried"] = _tried(request)
        except TryError as error:
            messages.error(request, str(error))
    return TemplateResponse(request, "console/policies/tester.html", context)


def _places() -> list[Collection]:
    """Where a pasted object may be tried: as nobody's, whom no answer can give away."""
    return list(Collection.objects.filter(kind=Collection.Kind.SHARING).order_by("alias"))


def _tried(request: HttpRequest) -> Sequence[Previewed]:
    sent = request.POST
    place = next((each for each in _places() if each.alias == sent.get("place")), None)
    if place is None:
        raise TryError("Choose the collection that it would go into.")
    nexus = sent.get("nexus", "")
    if nexus not in current_policy().threat_nexus:
        raise TryError("Choose what makes it a threat.")
    policy = _policy(sent.get("version", ""), sent.get("candidate", ""))
    objects, now = _objects(sent.get("text", "")), clerk_of(request).now
    try:
        return preview_of_nobodys(place, objects, nexus=nexus, policy=policy, now=now)
    except TokensUnavailable as error:
        raise TryError("The hub can make no tokens now. Try again in some minutes.") from error


def _policy(version: str, candidate: str) -> Policy:
    """One that has been in force, or a text that nobody has released."""
    if version in ("", current_policy().version):
        return current_policy()
    if version != CANDIDATE:
        kept = PolicyText.objects.filter(pk=version).first()
        if kept is None:
            raise TryError(f"The text of policy {version} is not kept.")
        candidate = kept.text
    try:
        return candidate_policy(candidate)
    except PolicyError as error:
        raise TryError(str(error)) from error


def _objects(text: str) -> Sequence[Mapping[str, Any]]:
    """A bundle, an envelope or one object."""
    try:
        found = loads_strict(text.encode())
    except StrictJSONError as error:
        raise TryError(f"Not acceptable as JSON: {error}") from error
    objects = found.get("objects", [found])
    if not isinstance(objects, list) or not all(map(is_identified, objects)):
        raise TryError("Give STIX objects, each with its type and its id.")
    if len(objects) > MOST:
        raise TryError(f"That is more than {MOST} objects at once.")
    return objects
