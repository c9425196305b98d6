"""One version of the disclosure policy: what it changes, and who approves it."""

from __future__ import annotations

from collections.abc import Mapping

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.views.decorators.http import require_http_methods, require_POST

from indicators.console.policies import changes
from indicators.console.steps import Step, made, taken
from indicators.models.two_people import same_person
from indicators.pipeline import policy_approvals as desk
from indicators.ui.person import for_staff, may


RIGHT = "approve_policyapproval"
_STEPS: Mapping[str, Step[str]] = {
    "approve": Step(
        RIGHT, lambda clerk, digest, _sent: desk.approve(clerk, digest), "Recorded in your name."
    )
}


@require_http_methods(["GET", "POST"])
@for_staff()
def policy(request: HttpRequest, digest: str) -> HttpResponse:
    if request.method == "POST" and taken(request, _STEPS, digest):
        return redirect("console:policy", digest)
    among = desk.versions()
    found = next((each for each in among if each.sha256 == digest), None)
    if found is None:
        raise Http404
    before = desk.before(found, among)
    mine = same_person(found.first_by, request.user.get_username())
    return TemplateResponse(
        request,
        "console/policies/one.html",
        {
            "here": "policies",
            "row": found,
            "before": before,
            "changes": changes(before.text if before else "", found.text),
            "approves": not found.is_approved and not mine and may(request, RIGHT),
            "mine": mine,
        },
    )


@require_POST
@for_staff()
def announce(request: HttpRequest) -> HttpResponse:
    """Take the text of a version to come; it is read, and changes nothing."""
    if not may(request, RIGHT):
        raise PermissionDenied
    sent = request.FILES.get("text")
    body = sent.read(desk.LONGEST + 1) if sent else b""
    row = made(request, lambda clerk, _sent: desk.announce(clerk, body))
    return redirect("console:policy", row.pk) if row else redirect("console:policies")
