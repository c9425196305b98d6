"""A lab's people make, rotate and revoke its keys; each act is journalled under their name."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_POST

from indicators.members import credentials, registry, rotation
from indicators.members.credentials import EVERYDAY_SCOPES, FEED_READ
from indicators.members.registry import RegistryError
from indicators.models.member import Credential, Member
from indicators.roles import speaking_for
from indicators.ui.person import by_member, clerk_of


USES = {"read": "pulls the feed", "both": "pulls and pushes"}
"""What a key is for, as its form says it."""
_SCOPES = {"read": (FEED_READ,), "both": EVERYDAY_SCOPES}
LIVES = (90, 180, 365)
"""Days that the form offers."""


@require_POST
@by_member
def make(request: HttpRequest, member: Member) -> HttpResponse:
    use, days = request.POST.get("use", ""), request.POST.get("days", "")
    label = request.POST.get("label", "").strip()[: credentials.LONGEST_LABEL]
    if use not in USES or days not in map(str, LIVES) or not label:
        messages.error(request, "Say what uses the key, what it does, and for how long.")
        return redirect("portal:integrations")
    clerk = clerk_of(request)
    return _made(
        request,
        member,
        lambda: registry.issue(clerk, member, label=label, scopes=_SCOPES[use], days=int(days)),
    )


@require_POST
@by_member
def rotate(request: HttpRequest, member: Member, credential_id: str) -> HttpResponse:
    """A second key beside this one, so that no poll is missed while the client changes over."""
    old, clerk = _own(member, credential_id), clerk_of(request)
    return _made(request, member, lambda: rotation.rotate(clerk, member, old), old=old)


@require_POST
@by_member
def revoke(request: HttpRequest, member: Member, credential_id: str) -> HttpResponse:
    own = _own(member, credential_id)
    with speaking_for(member.id):
        registry.revoke(clerk_of(request), own)
    messages.success(request, f"{own.pk} is revoked; within seconds nothing opens with it.")
    return redirect("portal:integrations")


def _own(member: Member, credential_id: str) -> Credential:
    with speaking_for(member.id):
        found = credentials.find(member.pk, credential_id)
    if found is None:
        raise Http404
    return found


def _made(
    request: HttpRequest,
    member: Member,
    make_it: Callable[[], tuple[Credential, str]],
    *,
    old: Credential | None = None,
) -> HttpResponse:
    """The only page that ever shows the secret, once the key is committed."""
    try:
        with speaking_for(member.id):
            made, token = make_it()
    except RegistryError as error:
        messages.error(request, str(error))
        return redirect("portal:integrations")
    context = {"here": "integrations", "member": member, "key": made, "token": token, "old": old}
    response = TemplateResponse(request, "portal/integrations/made.html", context)
    response["Cache-Control"] = "no-store"
    return response.render()
