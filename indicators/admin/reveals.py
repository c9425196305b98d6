"""Requests to open the link from one object to its contributors: ask, approve, refuse, open.

The opening is the one staff view that does not run in a single transaction: its entry in the
journal is committed before anything is looked up, so that it stands even if the page fails.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.views.decorators.http import require_POST

from indicators.admin.record import ReadOnly, moment
from indicators.admin.site import ForumAdminSite, site
from indicators.domain.review_policy import current_review_policy
from indicators.models.collection import Collection
from indicators.models.reveal import Reveal
from indicators.pipeline import reveal
from indicators.pipeline.reveal import RevealError
from indicators.ui.defang import defanged
from indicators.ui.person import clerk_of, may


@admin.register(Reveal, site=site)
class RevealAdmin(ReadOnly[Reveal]):
    list_display = ("asked_at", "stands", "collection", "stix_id", "reason", "requested_by")
    list_filter = ("state", "reason", ("collection", admin.RelatedOnlyFieldListFilter))
    list_select_related = ("collection",)
    search_fields = ("stix_id", "requested_by", "decided_by")
    search_help_text = "An object's id, or who asked or decided"
    ordering = ("-requested_at",)
    fields = (
        "id",
        "collection",
        "stix_id",
        "stands",
        "reason",
        "reference",
        "why",
        "requested_by",
        "asked_at",
        "decided_by",
        "decided",
        "opened",
        "lapses",
    )
    readonly_fields = ("stands", "why", "asked_at", "decided", "opened", "lapses")

    @admin.display(description="asked at (UTC)", ordering="requested_at")
    def asked_at(self, asked: Reveal) -> str:
        return moment(asked.requested_at)

    @admin.display(description="state", ordering="state")
    def stands(self, asked: Reveal) -> str:
        return reveal.standing(asked, now=_now())

    @admin.display
    def why(self, asked: Reveal) -> str:
        return defanged(reveal.reason_text(asked))

    @admin.display(description="decided at (UTC)")
    def decided(self, asked: Reveal) -> str:
        return moment(asked.decided_at)

    @admin.display(description="opened at (UTC)")
    def opened(self, asked: Reveal) -> str:
        return moment(asked.opened_at)

    @admin.display(description="lapses at (UTC)")
    def lapses(self, asked: Reveal) -> str:
        return moment(asked.expires_at)

    def get_urls(self) -> list[URLPattern]:
        in_one = self.admin_site.admin_view
        # Not `admin_view` of our own site, which runs a view in one transaction.
        in_two = super(ForumAdminSite, site).admin_view
        return [
            path("request/", in_one(self.request), name="indicators_reveal_request"),
            path(
                "<uuid:reveal_id>/approve/", in_one(self.approve), name="indicators_reveal_approve"
            ),
            path("<uuid:reveal_id>/refuse/", in_one(self.refuse), name="indicators_reveal_refuse"),
            path("<uuid:reveal_id>/open/", in_two(self.open), name="indicators_reveal_open"),
            *super().get_urls(),
        ]

    @method_decorator(require_POST)
    def request(self, request: HttpRequest) -> HttpResponse:
        """Ask, from the form above the list."""
        _require(request, "request_reveal")
        clerk, sent = clerk_of(request), request.POST
        collection = get_object_or_404(Collection, alias=sent.get("collection", ""))
        try:
            reveal.request(
                collection,
                sent.get("object", "").strip(),
                reason=sent.get("reason", ""),
                text=sent.get("text", ""),
                reference=sent.get("reference", ""),
                by=clerk.by,
                policy=clerk.policy,
                now=clerk.now,
            )
        except RevealError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            said = "Asked for. Another person approves it, and then you may open it once."
            self.message_user(request, said, messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:indicators_reveal_changelist"))

    @method_decorator(require_POST)
    def approve(self, request: HttpRequest, reveal_id: uuid.UUID) -> HttpResponse:
        return self._decide(request, reveal_id, reveal.approve)

    @method_decorator(require_POST)
    def refuse(self, request: HttpRequest, reveal_id: uuid.UUID) -> HttpResponse:
        return self._decide(request, reveal_id, reveal.refuse)

    def _decide(
        self, request: HttpRequest, reveal_id: uuid.UUID, step: Callable[..., Reveal]
    ) -> HttpResponse:
        _require(request, "approve_reveal")
        clerk = clerk_of(request)
        try:
            asked = step(reveal_id, by=clerk.by, policy=clerk.policy, now=clerk.now)
        except RevealError as error:
            self.message_user(request, str(error), messages.ERROR)
        else:
            self.message_user(request, f"It is {asked.state} now.", messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:indicators_reveal_change", args=[reveal_id]))

    @method_decorator(require_POST)
    def open(self, request: HttpRequest, reveal_id: uuid.UUID) -> HttpResponse:
        """Use the approval up and show what was found, this once."""
        _require(request, "request_reveal")
        clerk = clerk_of(request)
        try:
            found = reveal.open_once(reveal_id, by=clerk.by, policy=clerk.policy, now=clerk.now)
        except RevealError as error:
            self.message_user(request, str(error), messages.ERROR)
            return HttpResponseRedirect(reverse("admin:indicators_reveal_change", args=[reveal_id]))
        context = {**self.admin_site.each_context(request), "title": "Revealed", "found": found}
        return TemplateResponse(request, "admin/indicators/reveal/opened.html", context)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        context = dict(extra_context or {})
        if may(request, "request_reveal"):
            context["collections"] = Collection.objects.order_by("alias")
            context["reasons"] = current_review_policy().reveal_reasons
        return super().changelist_view(request, context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        asked = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if asked:
            stands = reveal.standing(asked, now=_now())
            is_own = asked.requested_by == request.user.get_username()
            context |= {
                "asked": asked,
                "may_approve": stands == Reveal.State.REQUESTED
                and not is_own
                and may(request, "approve_reveal"),
                "may_open": stands == Reveal.State.APPROVED
                and is_own
                and may(request, "request_reveal"),
            }
        return super().change_view(request, object_id, form_url, context)


def _require(request: HttpRequest, permission: str) -> None:
    if not may(request, permission):
        raise PermissionDenied


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a view is a door
