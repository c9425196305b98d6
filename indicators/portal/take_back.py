"""Take back one thing that this lab sent: an object, or a word over another. Asked for twice."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods

from indicators.intake import mine
from indicators.intake.errors import IntakeError
from indicators.intake.feedback import is_own_id
from indicators.intake.retract import retract
from indicators.intake.status import Entry, part_of, size_of
from indicators.members import access
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.roles import speaking_for
from indicators.ui.person import by_member, clerk_of, speaker


@require_http_methods(["GET", "POST"])
@by_member
def take_back(
    request: HttpRequest, member: Member, submission_id: uuid.UUID, ordinal: int
) -> HttpResponse:
    """Its place in the submission names it: an id of the lab's own may tell a value."""
    principal = speaker(request, member)
    with speaking_for(member.id):
        entry = _entry(member, submission_id, ordinal)
        collection = _place(principal, member, submission_id, entry)
    if request.method == "POST" and collection:
        return _taken(request, principal, collection, entry, submission_id)
    context = {
        "here": "submissions",
        "member": member,
        "entry": entry,
        "collection": collection,
        "submission_id": submission_id,
    }
    return TemplateResponse(request, "portal/submissions/take_back.html", context).render()


def _entry(member: Member, submission_id: uuid.UUID, ordinal: int) -> Entry:
    own = {"member_id": member.pk, "submission_id": submission_id}
    one = range(ordinal, min(ordinal + 1, size_of(**own)))
    status = part_of(**own, ordinals=one) if one else None
    if status is None:
        raise Http404
    return status.entries[0]


def _place(
    principal: Principal, member: Member, submission_id: uuid.UUID, entry: Entry
) -> Collection | None:
    """Where it is taken back from; None where it stands no more, or the lab may not."""
    gate = access.writable if is_own_id(entry.original_id) else access.deletable
    try:
        found = gate(principal, mine.home_of(member.pk, submission_id))
    except (access.CollectionMissing, access.RightMissing):
        return None
    return found if entry.can_be_taken_back else None


def _taken(
    request: HttpRequest,
    principal: Principal,
    collection: Collection,
    entry: Entry,
    submission_id: uuid.UUID,
) -> HttpResponse:
    now, own_id = clerk_of(request).now, entry.original_id
    try:
        done = retract(principal=principal, collection=collection, stix_id=own_id, now=now)
    except IntakeError as error:
        messages.error(request, str(error))
    else:
        if done:
            messages.success(request, "Taken back. The feed follows within seconds.")
        else:
            messages.error(request, "There was nothing left to take back.")
    return redirect("portal:submission", submission_id)
