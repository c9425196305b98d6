"""Submissions with the outcome of each object. The raw body is on no screen."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from indicators.admin.outcomes import outcomes_of
from indicators.admin.record import ReadOnly, moment
from indicators.admin.site import site
from indicators.models.submission import Submission
from indicators.pipeline import legal_hold


@admin.register(Submission, site=site)
class SubmissionAdmin(ReadOnly[Submission]):
    list_display = (
        "received",
        "member",
        "collection",
        "kind",
        "objects",
        "state",
        "attempts",
        "id",
    )
    list_filter = (
        "state",
        "kind",
        ("received_at", admin.DateFieldListFilter),
        "collection",
        "member",
    )
    list_select_related = ("member", "collection")
    search_fields = (
        "id__contains",
        "member__slug__contains",
        "member__name__contains",
        "failure_reference__contains",
    )
    search_help_text = "A status id, a member, or the reference of a failure"
    ordering = ("-received_at", "-id")
    fields = (
        "id",
        "member",
        "collection",
        "kind",
        "objects",
        "state",
        "received",
        "finished",
        "attempts",
        "failure_kind",
        "failure_reference",
        "raw_body",
    )
    readonly_fields = ("objects", "received", "finished", "raw_body")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Submission]:
        return super().get_queryset(request).defer("body_ct")

    @admin.display(ordering="n_objects")
    def objects(self, submission: Submission) -> int:
        return submission.n_objects

    @admin.display(description="received (UTC)", ordering="received_at")
    def received(self, submission: Submission) -> str:
        return moment(submission.received_at)

    @admin.display(description="finished (UTC)", ordering="finished_at")
    def finished(self, submission: Submission) -> str:
        return moment(submission.finished_at)

    @admin.display(description="raw body")
    def raw_body(self, submission: Submission) -> str:
        kept = Submission.objects.filter(pk=submission.pk, body_ct__isnull=False).exists()
        if not kept:
            return "purged"
        now = datetime.now(UTC)  # noqa: TID251  a view is a door
        held = legal_hold.takes_in(submission, now=now)
        because = "; a legal hold keeps it until that ends" if held else ""
        return f"encrypted; due to be purged on {submission.purge_after:%Y-%m-%d}{because}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        submission = self.get_object(request, object_id)
        context = dict(extra_context or {})
        if submission:
            context["outcomes"] = outcomes_of(
                submission,
                chosen=request.GET.get("outcome", ""),
                page=request.GET.get("page", "1"),
            )
        return super().change_view(request, object_id, form_url, context)
