"""What waits for a person: read it, claim it, and decide; the lab sees the reason of a rejection.

Who sent it is not shown: the decision is over the content. When it was held shows as a day, for the
same reason as on the publications, and its clock in whole hours.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
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

from indicators.admin.filters import HeldReason, HeldState
from indicators.admin.held_filters import HeldWith
from indicators.admin.record import ReadOnly, moment
from indicators.admin.site import site
from indicators.console.decisions import Panel, decide, may_decide, step_of
from indicators.domain.review_policy import current_review_policy
from indicators.domain.review_templates import current_templates
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from indicators.pipeline.review import ReviewError
from indicators.ui.defang import defanged, excerpt, pretty
from indicators.ui.person import clerk_of, may


def _codes() -> list[tuple[str, str]]:
    return [("", "-"), *((code, code) for code in current_templates().reject)]


def _lines() -> list[tuple[str, str]]:
    return [("", "-"), *((line, line) for line in current_review_policy().lines)]


class Reason(ActionForm):
    """The action bar's own fields: what a rejection tells the lab, and to whom to pass it on."""

    code = forms.ChoiceField(required=False, label="Reason:", choices=_codes)
    reason = forms.CharField(
        required=False,
        max_length=500,
        label="and:",
        widget=forms.TextInput(attrs={"size": 20, "placeholder": "the lab will read this"}),
    )
    line = forms.ChoiceField(required=False, label="Pass on to:", choices=_lines)


@admin.register(HeldObject, site=site)
class HeldObjectAdmin(ReadOnly[HeldObject]):
    list_display = (
        "what",
        "says",
        "scope",
        "reasons_held",
        "collection",
        "clock",
        "whose",
        "state",
    )
    list_filter = (
        HeldState,
        HeldWith,
        HeldReason,
        "part",
        "submission__collection",
    )
    list_select_related = ("submission__collection",)
    search_fields = ("id", "decided_by", "claimed_by", "reasons", "rule_ids")
    search_help_text = "An id, a reason, a rule, or who claimed or decided"
    ordering = ("rank", "held_at")
    fields = (
        "collection",
        "part",
        "reasons_held",
        "rules",
        "held_on",
        "clock",
        "stands",
        "passed_on",
        "proposed",
        "decided_by",
        "decided",
        "content",
    )
    readonly_fields = tuple(each for each in fields if each not in ("part", "decided_by"))
    action_form = Reason
    actions = ("claim", "release", "confirm", "reject", "escalate", "undo")

    def get_queryset(self, request: HttpRequest) -> QuerySet[HeldObject]:
        """Counsel sees what was passed on to counsel, and nothing else."""
        found = super().get_queryset(request).defer("submission__body_ct")
        if super().has_view_permission(request):
            return found
        return found.filter(escalated_to=review.COUNSEL)

    def has_view_permission(self, request: HttpRequest, obj: HeldObject | None = None) -> bool:
        return super().has_view_permission(request, obj) or may(request, "counsel_heldobject")

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_heldobject") or may(request, "counsel_heldobject")

    @admin.display(description="held")
    def what(self, held: HeldObject) -> str:
        content = review.content(held)
        if held.part == HeldObject.Part.OBJECT:
            return str(content.get("type", "object"))
        return ", ".join(sorted(content))

    @admin.display
    def says(self, held: HeldObject) -> str:
        return "not shown" if review.is_hidden(held) else excerpt(review.content(held))

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

    @admin.display
    def rules(self, held: HeldObject) -> str:
        return ", ".join(held.rule_ids) or "-"

    @admin.display(description="held on", ordering="held_at")
    def held_on(self, held: HeldObject) -> str:
        return f"{held.held_at:%Y-%m-%d}"

    @admin.display(description="target", ordering="held_at")
    def clock(self, held: HeldObject) -> str:
        return _entry(held).clock if held.state == HeldObject.State.OPEN else "-"

    @admin.display(description="with")
    def whose(self, held: HeldObject) -> str:
        if held.state != HeldObject.State.OPEN:
            return held.decided_by or "-"
        said = [_entry(held).claim, held.escalated_to, "a second person" if held.first_by else ""]
        return ", ".join(filter(None, said)) or "-"

    @admin.display(description="stands")
    def stands(self, held: HeldObject) -> str:
        return review.standing(held)

    @admin.display(description="passed on")
    def passed_on(self, held: HeldObject) -> str:
        if not held.escalated_to:
            return "-"
        said = defanged(review.why_escalated(held))
        return f"by {held.escalated_by} to {held.escalated_to}: {said}"

    @admin.display
    def proposed(self, held: HeldObject) -> str:
        found = review.proposal(held)
        return pretty(found) if found is not None and not review.is_hidden(held) else "-"

    @admin.display
    def content(self, held: HeldObject) -> str:
        if review.is_hidden(held):
            return "Not shown. It cannot be released as it is, so nobody needs to read it."
        return pretty(review.shown(held))

    @admin.action(description="Claim", permissions=["decide"])
    def claim(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, "claim")

    @admin.action(description="Release", permissions=["decide"])
    def release(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, "release")

    @admin.action(description="Confirm, as the second person", permissions=["decide"])
    def confirm(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, "confirm")

    @admin.action(description="Reject with the reason given", permissions=["decide"])
    def reject(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, "reject")

    @admin.action(description="Pass on, for the reason given", permissions=["decide"])
    def escalate(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, "escalate")

    @admin.action(description="Undo", permissions=["decide"])
    def undo(self, request: HttpRequest, chosen: QuerySet[HeldObject]) -> None:
        self._decide_all(request, chosen, "undo")

    def _decide_all(self, request: HttpRequest, chosen: QuerySet[HeldObject], step: str) -> None:
        refused: list[str] = []
        said: list[str] = []
        for each in chosen.order_by("pk"):  # one order for all: two people choose the same rows
            try:
                said.append(review.standing(decide(request, each.pk, step)))
            except ReviewError as error:
                refused.append(str(error))
        if said:
            self.message_user(request, f"{len(said)} done. {_each(said)}", messages.SUCCESS)
        for text in sorted(set(refused)):
            n = refused.count(text)
            self.message_user(request, f"{n} not decided. {text}", messages.ERROR)

    def get_urls(self) -> list[URLPattern]:
        decide = self.admin_site.admin_view(self.decide)
        own = path("<uuid:held_id>/decide/", decide, name="indicators_heldobject_decide")
        return [own, *super().get_urls()]

    @method_decorator(require_POST)
    def decide(self, request: HttpRequest, held_id: uuid.UUID) -> HttpResponse:
        """One step, from the page of one held item."""
        if not self.has_decide_permission(request):
            raise PermissionDenied
        here = reverse("admin:indicators_heldobject_change", args=[held_id])
        try:
            held = decide(request, held_id, step_of(request.POST))
        except ReviewError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(here)
        self.message_user(request, review.standing(held), messages.SUCCESS)
        is_over = held.state not in (HeldObject.State.OPEN, HeldObject.State.DECIDED)
        listing = reverse("admin:indicators_heldobject_changelist")
        return HttpResponseRedirect(listing if is_over else here)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        held = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if held and may_decide(request, held):
            claimed_by = _entry(held).claim
            context["panel"] = Panel(held, request.user.get_username(), claimed_by)
        return super().change_view(request, object_id, form_url, context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        counts = review.counts(now=clerk_of(request).now)
        return super().changelist_view(request, {**(extra_context or {}), "title": str(counts)})


def _entry(held: HeldObject) -> review.Entry:
    return review.entry(held, now=datetime.now(UTC))  # noqa: TID251  a view is a door


def _each(said: list[str]) -> str:
    return " ".join(dict.fromkeys(said))
