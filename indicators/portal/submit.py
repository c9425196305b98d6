"""Submit by hand: paste or upload, see what the others will see, confirm. Nothing is kept before.

What is shown and what is sent are the same bytes: the page carries them, and the hub keeps nothing
between the two steps.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from indicators.domain.disclosure import current_policy
from indicators.domain.stix.references import IDENTIFIER
from indicators.doors.clock import now
from indicators.intake.errors import IntakeError
from indicators.intake.receive import receive
from indicators.intake.strict_json import StrictJSONError, loads_strict
from indicators.matching.errors import TokensUnavailable
from indicators.members import access
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline.preview import Previewed, preview
from indicators.portal.sheet import COLUMNS, KINDS, read_sheet
from indicators.roles import speaking_for
from indicators.ui.person import by_member, clerk_of, speaker


LARGEST = 1_000_000
"""Bytes that a person pastes; who has more has a tool."""
MOST = 200
"""Objects of which a preview is shown."""


@dataclass
class Draft:
    """What a person has put before the hub, and what it says to that."""

    collection: Collection
    objects: Sequence[Mapping[str, Any]] = ()
    errors: list[tuple[int, str]] = field(default_factory=list)
    """Lines that could not be read; zero for the text as a whole."""
    previewed: Sequence[Previewed] = ()

    @property
    def envelope(self) -> str:
        """What is sent once it is confirmed."""
        return json.dumps({"objects": self.objects}, ensure_ascii=False)

    @property
    def counts(self) -> dict[str, int]:
        counted: dict[str, int] = {}
        for each in self.previewed:
            counted[each.outcome] = counted.get(each.outcome, 0) + 1
        return counted


@require_http_methods(["GET", "POST"])
@by_member
def submit(request: HttpRequest, member: Member) -> HttpResponse:
    principal = speaker(request, member)
    with speaking_for(member.id):
        places = [each.collection for each in access.visible(principal) if each.can_write]
    context: dict[str, Any] = {
        "here": "submit",
        "member": member,
        "places": places,
        "nexuses": sorted(current_policy().threat_nexus),
        "columns": COLUMNS,
        "kinds": KINDS,
    }
    if request.method == "POST":
        chosen = [each for each in places if each.alias == request.POST.get("collection")]
        if chosen:
            context |= _drafted(request, member, chosen[0])
        else:
            messages.error(request, "Choose the collection that it goes into.")
    page = "portal/submit/preview.html" if "draft" in context else "portal/submit/form.html"
    return TemplateResponse(request, page, context).render()


def _drafted(request: HttpRequest, member: Member, collection: Collection) -> dict[str, Any]:
    draft = _read(request, collection)
    if not draft.objects:
        said = [f"Line {line}: {error}" if line else error for line, error in draft.errors]
        messages.error(request, " ".join(said) or "There is nothing in it.")
        return {}
    clerk = clerk_of(request)
    try:
        shown = draft.objects[:MOST]
        draft.previewed = preview(member.id, collection, shown, policy=clerk.policy, now=clerk.now)
    except TokensUnavailable:
        messages.error(request, "The hub can make no tokens now. Try again in some minutes.")
        return {}
    return {"draft": draft, "writers": access.writers(collection), "most": MOST}


def _read(request: HttpRequest, collection: Collection) -> Draft:
    uploaded = request.FILES.get("file")
    raw = uploaded.read(LARGEST + 1) if uploaded else request.POST.get("text", "").encode()
    draft = Draft(collection)
    if len(raw) > LARGEST:
        draft.errors.append((0, "That is more than a megabyte: send it by labkit or REST."))
        return draft
    try:
        text = raw.decode("utf-8-sig").strip()
    except UnicodeDecodeError:
        draft.errors.append((0, "That is no text in UTF-8."))
        return draft
    if text.startswith(("{", "[")):
        _read_json(draft, text)
    elif text:
        nexus = request.POST.get("nexus", "")
        sheet = read_sheet(text, nexus=nexus, now=clerk_of(request).now)
        draft.objects, draft.errors = sheet.objects, sheet.errors
    return draft


def _read_json(draft: Draft, text: str) -> None:
    """An envelope, a bundle, a list of objects, or one object."""
    try:
        found = loads_strict(text.encode()) if text.startswith("{") else _listed(text)
    except StrictJSONError as error:
        draft.errors.append((0, f"Not acceptable as JSON: {error}"))
        return
    objects = found.get("objects", [found]) if isinstance(found, Mapping) else found
    if not isinstance(objects, list) or not all(map(_is_object, objects)):
        draft.errors.append((0, "Give STIX objects, each with its type and its id."))
        return
    draft.objects = objects


def _listed(text: str) -> object:
    return loads_strict(b'{"objects": ' + text.encode() + b"}")


def _is_object(each: object) -> bool:
    return isinstance(each, Mapping) and bool(IDENTIFIER.fullmatch(str(each.get("id"))))


@require_POST
@by_member
def confirm(request: HttpRequest, member: Member) -> HttpResponse:
    """Send what the preview showed."""
    principal = speaker(request, member)
    try:
        with speaking_for(member.id):
            collection = access.writable(principal, request.POST.get("collection", ""))
        raw = request.POST.get("envelope", "").encode()
        status = receive(principal=principal, collection=collection, raw=raw, now=now())
    except (access.CollectionMissing, access.RightMissing):
        messages.error(request, "You may not write into that collection any more.")
        return redirect("portal:submit")
    except IntakeError as error:
        messages.error(request, str(error))
        return redirect("portal:submit")
    messages.success(request, "Sent. Below is what becomes of it.")
    return redirect("portal:submission", status.id)
