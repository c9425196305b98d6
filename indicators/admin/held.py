"""What waits for a person: read it, release it or reject it with a reason that the lab will see.

Who sent it is not shown: the decision is over the content. When it was held shows as a day, for the
same reason as on the publications.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from indicators.admin.defang import excerpt, pretty
from indicators.admin.filters import HeldReason, HeldState
from indicators.admin.record import ReadOnly, clerk_of, may, moment
from indicators.admin.site import site
from indicators.domain import outcomes
from indicators.domain.outcomes import NEVER_WAIVED
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.review import ReviewError


_AUTHOR = "created_by_ref"


class Reason(ActionForm):
    """The action bar's own field."""

    reason = forms.CharField(
        required=False,
        max_length=500,
        label="Reason:",
        widget=forms.TextInput(attrs={"size": 20, "placeholder": "the lab will read this"}),
    )


@admin.register(HeldObject, site=site)
class HeldObjectAdmin(ReadOnly[HeldObject]):
    list_display = ("what", "says", "scope", "reasons_held", "collection", "held_on", "state")
    list_filter = (
        HeldState,
        HeldReason,
        "part",
        ("submission__collection", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("submission__collection",)
    search_fields = ("id", "decided_by", "reasons")
    search_help_text = "An id, a reason, or who decided"
    ordering = ("rank", "held_at")
    fields = (
        "collection",
        "part",
        "reasons_held",
        "held_on",
        "state",
        "decided_by",
        "decided",
        "content",
    )
    readonly_fields = ("collection", "reasons_held", "held_on", "decided", "content")
    action_form = Reason
    actions = ("release", "reject")

    @admin.display(description="held")
    def what(self, held: HeldObject) -> str:
        content = review.content(held)
        if held.part == HeldObject.Part.OBJECT:
            return str(content.get("type", "object"))
        return ", ".join(sorted(content))

    @admin.display
    def says(self, held: HeldObject) -> str:
        return "not shown" if _shown_to_nobody(held) else excerpt(review.content(held))

    @admin.display(ordering="part")
    def scope(self, held: HeldObject) -> str:
        return "whole object" if held.part == HeldObject.Part.OBJECT else "of a published object"

    @admin.display(description="decided (UTC)")
    def decided(self, held: HeldObject) -> str:
        return moment(held.decided_at)

    @admin.display(ordering="submission__collection__alias")
    def collection(self, held: HeldObject) -> str:
        return held.submission.collection.alias

    @admin.display(description="reasons", ordering="reasons")
    def reasons_held(self, held: HeldObject) -> str:
        return ", ".join(held.reasons)

    @admin.display(description="held on", ordering="held_at")
    def held_on(self, held: HeldObject) -> str:
        return f"{held.held_at:%Y-%m-%d}"

    @admin.display
    def content(self, held: HeldObject) -> str:
        if _shown_to_nobody(held):
            return "Not shown. It cannot be released as it is, so nobody needs to read it."
        shown = {key: value for key, value in review.content(held).items() if key != _AUTHOR}
        return pretty(shown)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_heldobject")

    @admin.action(description="Release", permissions=["decide"])
    def release(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, lambda each: _release(request, each.pk))

    @admin.action(description="Reject with the reason given", permissions=["decide"])
    def reject(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        reason = request.POST.get("reason", "")
        self._decide_all(request, chosen, lambda each: _reject(request, each.pk, reason))

    def _decide_all(
        self,
        request: HttpRequest,
        chosen: QuerySet[HeldObject],
        decide: Callable[[HeldObject], None],
    ) -> None:
        refused: list[str] = []
        for each in chosen:
            try:
                decide(each)
            except ReviewError as error:
                refused.append(str(error))
        if done := len(chosen) - len(refused):
            self.message_user(request, f"{done} decided.", messages.SUCCESS)
        for text in sorted(set(refused)):
            n = refused.count(text)
            self.message_user(request, f"{n} not decided. {text}", messages.ERROR)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        own = path("<uuid:held_id>/decide/", decide, name="indicators_heldobject_decide")
        return [own, *super().get_urls()]

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, held_id: uuid.UUID) -> HttpResponse:
        """One decision, from the page of one held object."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        try:
            if "release" in request.POST:
                _release(request, held_id)
                said = "Released: it goes on down the river."
            else:
                _reject(request, held_id, request.POST.get("reason", ""))
                said = "Rejected: the lab sees the reason in the status of its submission."
        except ReviewError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(
                reverse("admin:indicators_heldobject_change", args=[held_id])
            )
        self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:indicators_heldobject_changelist"))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        held = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if held and held.state == HeldObject.State.OPEN and self.has_decide_permission(request):
            context |= {"held": held, "never_waived": ", ".join(_never_waived(held))}
        return super().change_view(request, object_id, form_url, context)


def _never_waived(held: HeldObject) -> list[str]:
    return sorted(NEVER_WAIVED.intersection(held.reasons))


def _shown_to_nobody(held: HeldObject) -> bool:
    """Personal identifiers and feedback: the lab was told so."""
    hidden = {outcomes.Reason.PERSONAL_IDENTIFIER, outcomes.Reason.FEEDBACK}
    return not hidden.isdisjoint(held.reasons)


def _release(request: HttpRequest, held_id: uuid.UUID) -> None:
    clerk = clerk_of(request)
    review.release(held_id, by=clerk.by, policy=clerk.policy, now=clerk.now)


def _reject(request: HttpRequest, held_id: uuid.UUID, reason: str) -> None:
    if not reason.strip():
        raise ReviewError("Say why: the lab needs a reason it can act on.")
    clerk = clerk_of(request)
    review.reject(held_id, by=clerk.by, message=reason.strip(), policy=clerk.policy, now=clerk.now)
