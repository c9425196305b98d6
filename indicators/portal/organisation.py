"""Settings: what the Forum keeps of this organisation, who signs in for it, and the own password.

Who may sign in is staff's to say, so the page changes nothing but the reader's own password.
"""

from __future__ import annotations

from typing import Any, cast

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods

from indicators.members import leaving, people
from indicators.models.member import Member
from indicators.pipeline.membership import onboarding
from indicators.ui.person import by_member, clerk_of, for_members


@require_GET
@for_members
def organisation(request: HttpRequest, member: Member) -> HttpResponse:
    joined = onboarding.of(member.pk)
    reached = onboarding.contacts_of(joined) if joined else {}
    return TemplateResponse(
        request,
        "portal/settings/page.html",
        {
            "here": "settings",
            "member": member,
            "agreement": joined.agreement if joined else "",
            "reached": [(onboarding.CONTACTS[role], where) for role, where in reached.items()],
            "people": leaving.logins(member),
            "contact": settings.FORUM_CONTACT,
        },
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "POST"])
@by_member
def password(request: HttpRequest, member: Member) -> HttpResponse:
    """The own password, and nobody else's; the other sessions of this login end with it."""
    user = cast("User", request.user)
    form = PasswordChangeForm(user, request.POST or None)
    if request.method == "POST" and form.is_valid():
        people.change_password(clerk_of(request), user, form.cleaned_data["new_password1"])
        update_session_auth_hash(request, user)
        messages.success(request, "Your password is changed. Your other sessions have ended.")
        return redirect("portal:settings")
    context: dict[str, Any] = {"here": "settings", "member": member, "form": form}
    response = TemplateResponse(request, "portal/settings/password.html", context)
    response["Cache-Control"] = "no-store"
    return response.render()
