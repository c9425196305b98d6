"""Submit by hand: give it, see what the others will see, confirm. Nothing is kept before.

What is shown and what is sent are the same bytes: the page carries them, and the hub keeps nothing
between the two steps.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from indicators.domain.disclosure import current_policy
from indicators.doors.clock import now
from indicators.intake.errors import IntakeError
from indicators.intake.receive import receive
from indicators.matching.errors import TokensUnavailable
from indicators.members import access
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline.preview import preview
from indicators.portal.sheet import COLUMNS, KINDS
from indicators.portal.submit_draft import NotReadableError, given
from indicators.portal.submit_reach import narrowing, reach
from indicators.portal.submit_table import table
from indicators.roles import speaking_for
from indicators.ui.person import by_member, clerk_of, speaker


_TOLD = 100
"""Objects of which each property is shown; the table has all."""
WAYS = {"paste": "Paste", "file": "A file", "form": "One indicator"}
"""How it can be given."""


@require_http_methods(["GET", "POST"])
@by_member
def submit(request: HttpRequest, member: Member) -> HttpResponse:
    principal = speaker(request, member)
    with speaking_for(member.id):
        places = access.by_name(access.visible(principal), lambda each: each.can_write)
    context = {"here": "submit", "member": member, "places": places} | _form(request)
    page = "portal/submit/form.html"
    if request.method == "POST":
        try:
            context |= _previewed(request, member, places)
            page = "portal/submit/preview.html"
        except NotReadableError as error:
            messages.error(request, str(error))
    response = TemplateResponse(request, page, context)
    response["Cache-Control"] = "no-store"
    return response.render()


def _form(request: HttpRequest) -> dict[str, Any]:
    asked = request.GET.get("by", "")
    return {
        "ways": WAYS,
        "way": asked if asked in WAYS else "paste",
        "nexuses": sorted(current_policy().threat_nexus),
        "columns": COLUMNS,
        "kinds": KINDS,
    }


def _previewed(request: HttpRequest, member: Member, places: list[Collection]) -> dict[str, Any]:
    """What would become of it.

    Raises:
        NotReadableError: nothing can be said; the message says why.
    """
    chosen = [each for each in places if each.alias == request.POST.get("collection")]
    if not chosen:
        raise NotReadableError("Choose the collection that it goes into.")
    clerk = clerk_of(request)
    draft = given(request, now=clerk.now)
    try:
        found = preview(member.id, chosen[0], draft.objects, policy=clerk.policy, now=clerk.now)
    except TokensUnavailable as error:
        raise NotReadableError("The hub can make no tokens now. Try in some minutes.") from error
    with speaking_for(member.id):
        reached = reach(chosen[0], found)
    return {
        "collection": chosen[0],
        "draft": draft,
        "counts": dict(Counter(each.outcome for each in found)),
        "unreadable": sum(bool(each.error) for each in draft.sheet.rows) if draft.sheet else 0,
        "table": table(draft, found),
        "told": _TOLD,
        "reached": reached,
        "narrowing": list(narrowing(reached, found)),
    }


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
