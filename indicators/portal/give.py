"""Say something of one object: a sighting, a verdict, a question, a request for an appeal.

Each goes the way that it goes for machines: a word becomes the sighting or opinion that a TAXII
client would have pushed, a text waits for the Forum's staff.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from indicators.domain.feedback import TYPES
from indicators.feed import objects
from indicators.intake import feedback, questions
from indicators.intake.errors import IntakeError
from indicators.intake.feedback import FeedbackError
from indicators.members import access
from indicators.members.access import Access
from indicators.members.authenticate import Principal
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline.appeals import GROUNDS
from indicators.pipeline.questions import QuestionError
from indicators.portal.choices import BASES, choices
from indicators.portal.signs import Sign
from indicators.roles import speaking_for
from indicators.ui.person import by_member, clerk_of, speaker


_DIGITS = 9
_SHARED = (Collection.Kind.SHARING, Collection.Kind.TOKENS)


@dataclass(frozen=True, slots=True)
class Place:
    """A collection in which the object stands, and the one that takes words over it."""

    collection: Collection
    into: Collection | None
    """None: this lab may not write there."""


@require_http_methods(["GET", "POST"])
@by_member
def give(request: HttpRequest, member: Member, stix_id: str) -> HttpResponse:
    principal = speaker(request, member)
    with speaking_for(member.id):
        sign, places = _standing(principal, stix_id)
    if request.method == "POST" and places:
        place = _chosen(request, places)
        try:
            return _SAY[request.POST.get("act", "")](request, principal, place, stix_id)
        except KeyError:
            raise Http404 from None
        except (FeedbackError, IntakeError, QuestionError) as error:
            messages.error(request, str(error))
    context = {
        "here": "feedback",
        "member": member,
        "sign": sign,
        "places": places,
        "may_say": any(each.into for each in places),
        "k": max((each.collection.k for each in places), default=0),
        "choices": list(choices(sign.body["type"])),
        "bases": BASES,
        "grounds": [(each, Appeal.Ground(each).label) for each in GROUNDS],
        "longest": questions.LONGEST,
    }
    response = TemplateResponse(request, "portal/feedback/give.html", context)
    response["Cache-Control"] = "no-store"
    return response.render()


def _standing(principal: Principal, stix_id: str) -> tuple[Sign, list[Place]]:
    """The object, and where it stands among what members share; nowhere if nothing can be said."""
    seen = access.visible(principal)
    readable = {each.collection.pk: each.collection for each in seen if each.can_read}
    found = objects.by_id(list(readable), [stix_id])
    if not found:
        raise Http404
    homes = [readable[each.collection_id] for each in found]
    places = [_place(each, seen) for each in homes if each.kind in _SHARED]
    body = found[0].body
    nothing = body["type"] in TYPES or body.get("revoked")
    return Sign(body, homes[0].alias), [] if nothing else places


def _place(collection: Collection, seen: list[Access]) -> Place:
    """What stands beside a collection is spoken of in that collection."""
    own = collection.parent_id or collection.pk
    writable = (each.collection for each in seen if each.can_write)
    return Place(collection, next((each for each in writable if each.pk == own), None))


def _chosen(request: HttpRequest, places: list[Place]) -> Place:
    asked = request.POST.get("collection")
    return next((each for each in places if each.collection.alias == asked), places[0])


def _say(request: HttpRequest, principal: Principal, place: Place, stix_id: str) -> HttpResponse:
    if place.into is None:
        raise FeedbackError("You may read there, and not write: ask the Forum for a grant.")
    alias, count = place.into.alias, _count(request)
    said = {
        "collection": alias,
        "object": stix_id,
        "verdict": request.POST.get("verdict", ""),
        "basis": request.POST.get("basis", ""),
        **({} if count is None else {"count": count}),
    }
    words = feedback.words(json.dumps(said).encode())
    feedback.give(principal, {alias: place.into}, words, now=clerk_of(request).now)
    messages.success(request, "Said. It counts within seconds, and you can take it back here.")
    return redirect("portal:feedback")


def _count(request: HttpRequest) -> int | None:
    text = request.POST.get("count", "").strip()
    if text and not (text.isdecimal() and len(text) <= _DIGITS):
        raise FeedbackError("How often: give a whole number, or leave it out.")
    return int(text) if text else None


def _ask(request: HttpRequest, principal: Principal, place: Place, stix_id: str) -> HttpResponse:
    text, now = request.POST.get("text", ""), clerk_of(request).now
    with speaking_for(principal.member_id):
        questions.ask(principal.member_id, place.collection, stix_id, text, now=now)
    return _waits(request, "Asked. Staff of the Forum read it first.")


def _appeal(request: HttpRequest, principal: Principal, place: Place, stix_id: str) -> HttpResponse:
    text, ground = request.POST.get("case", ""), request.POST.get("ground", "")
    with speaking_for(principal.member_id):
        questions.appeal(
            principal.member_id,
            place.collection,
            stix_id,
            text,
            ground=ground,
            now=clerk_of(request).now,
        )
    return _waits(request, "Sent. Staff of the Forum open the appeal, or tell you here why not.")


def _waits(request: HttpRequest, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("portal:questions")


_SAY: Mapping[str, Callable[[HttpRequest, Principal, Place, str], HttpResponse]] = {
    "say": _say,
    "ask": _ask,
    "appeal": _appeal,
}
