"""How to connect: this lab's own keys, recipes with its own values, and how its clients fare."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.members import access, credentials, polls
from indicators.models.collection import Collection
from indicators.models.member import Credential, Member
from indicators.portal.connection import light, lines
from indicators.portal.keys import LIVES, USES
from indicators.recipes.recipe import Values, recipe, recipes
from indicators.ui.person import clerk_of, for_members, speaker


_NO_KEY, _NO_COLLECTION = "KEY-ID", "COLLECTION-ID"


@require_GET
@for_members
def integrations(request: HttpRequest, member: Member) -> HttpResponse:
    now = clerk_of(request).now
    return TemplateResponse(
        request,
        "portal/integrations/page.html",
        {
            **_connected(member, credentials.live(member.pk, now=now), now=now),
            "keys": credentials.of(member.pk),
            "recipes": recipes(),
            "seen": _readable(request, member),
            "uses": USES,
            "lives": LIVES,
            "contact": settings.FORUM_CONTACT,
            "hub": _hub(request),
        },
    )


@require_GET
@for_members
def one_recipe(request: HttpRequest, member: Member, client: str) -> HttpResponse:
    """One client's steps, for the key and the collection that the address names."""
    found = recipe(client)
    if found is None:
        raise Http404
    now = clerk_of(request).now
    live, collections = credentials.live(member.pk, now=now), _readable(request, member)
    key = _chosen_key(request, live)
    collection = _chosen_collection(request, collections)
    return TemplateResponse(
        request,
        "portal/integrations/recipe.html",
        {
            **_connected(member, [key] if key else [], now=now),
            "live": live,
            "recipe": found,
            "steps": found.filled(_values(_hub(request), key, collection)),
            "key": key,
            "collection": collection,
            "collections": collections,
        },
    )


def _connected(member: Member, keys: list[Credential], *, now: datetime) -> dict[str, Any]:
    """What every page here shows: how it stands with these keys."""
    ids = [each.pk for each in keys]
    found = lines(ids, now=now)
    marks = [each for each in polls.marks(member.pk) if each.credential_id in ids]
    return {
        "here": "integrations",
        "member": member,
        "now": now,
        "live": keys,
        "lines": found,
        "light": light(found, marks, now=now),
    }


def _readable(request: HttpRequest, member: Member) -> list[Collection]:
    return access.by_name(access.visible(speaker(request, member)), lambda each: each.can_read)


def _chosen_key(request: HttpRequest, live: list[Credential]) -> Credential | None:
    asked = request.GET.get("key")
    readers = [each for each in live if credentials.may_read(each)]
    return next((each for each in readers if each.pk == asked), readers[0] if readers else None)


def _chosen_collection(request: HttpRequest, found: list[Collection]) -> Collection | None:
    asked = request.GET.get("collection")
    return next((each for each in found if each.alias == asked), found[0] if found else None)


def _values(hub: str, key: Credential | None, collection: Collection | None) -> Values:
    return Values(
        hub=hub,
        collection=str(collection.pk) if collection else _NO_COLLECTION,
        alias=collection.alias if collection else _NO_COLLECTION,
        title=collection.title if collection else _NO_COLLECTION,
        key=key.pk if key else _NO_KEY,
    )


def _hub(request: HttpRequest) -> str:
    return request.build_absolute_uri("/")
