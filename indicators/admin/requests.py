"""Requests of persons, made by a command, and of authorities: registers that open nothing."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin.helpers import ActionForm
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.admin.governed import Governed, refused_as_validation, site
from indicators.admin.record import ModelForm, ReadOnly, moment
from indicators.models.government_request import GovernmentRequest
from indicators.models.subject_request import SubjectRequest
from indicators.pipeline import government
from indicators.ui.person import clerk_of, may


@admin.register(SubjectRequest, site=site)
class SubjectRequestAdmin(ReadOnly[SubjectRequest]):
    list_display = ("reference", "act", "kind", "found", "asked_by", "asked", "done")
    list_filter = ("act", "kind")
    search_fields = ("reference", "asked_by")
    ordering = ("-asked_at",)
    fields = ("id", "reference", "act", "kind", "known_by", "found", "asked_by", "asked", "done")
    readonly_fields = ("known_by", "asked", "done")

    @admin.display(description="value, as a keyed tag")
    def known_by(self, request: SubjectRequest) -> str:
        return bytes(request.value_tag).hex()

    @admin.display(description="asked at (UTC)", ordering="asked_at")
    def asked(self, request: SubjectRequest) -> str:
        return moment(request.asked_at)

    @admin.display(description="done at (UTC)", ordering="done_at")
    def done(self, request: SubjectRequest) -> str:
        return moment(request.done_at)


class GovernmentRequestForm(ModelForm[GovernmentRequest]):
    """What was asked for; never what it was about."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refused_as_validation(
            self,
            lambda: government.check_new(
                cleaned["jurisdiction"],
                reference=cleaned["reference"],
                received_on=cleaned["received_on"],
                today=datetime.now(UTC).date(),  # noqa: TID251  a view is a door
            ),
        )
        return cleaned


class Answers(ActionForm):
    """The action bar's own field."""

    answer = forms.ChoiceField(
        required=False, choices=[("", "—"), *GovernmentRequest.Answer.choices], label="Answer:"
    )


@admin.register(GovernmentRequest, site=site)
class GovernmentRequestAdmin(Governed[GovernmentRequest]):
    form = GovernmentRequestForm
    list_display = (
        "received_on", "jurisdiction", "authority", "instrument", "reference", "answer",
        "answered_on",
    )  # fmt: skip
    list_filter = ("answer", "authority", "instrument", "jurisdiction")
    search_fields = ("reference",)
    date_hierarchy = "received_on"
    ordering = ("-received_on",)
    action_form = Answers
    actions = ("record_answer",)

    def get_fields(
        self, request: HttpRequest, obj: GovernmentRequest | None = None
    ) -> tuple[str, ...]:
        asked = ("received_on", "jurisdiction", "authority", "instrument", "reference")
        return asked if obj is None else (*asked, "recorded_by", "answer", "answered_by",
                                          "answered_on")  # fmt: skip

    def has_answer_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_governmentrequest")

    def save_model(
        self, request: HttpRequest, obj: GovernmentRequest, form: Any, change: bool
    ) -> None:
        made = government.record_request(
            clerk_of(request),
            received_on=obj.received_on,
            jurisdiction=obj.jurisdiction,
            authority=obj.authority,
            instrument=obj.instrument,
            reference=obj.reference,
        )
        obj.pk = made.pk

    @admin.action(description="Record the answer", permissions=["answer"])
    def record_answer(self, request: HttpRequest, chosen: QuerySet[GovernmentRequest]) -> None:
        clerk, answer = clerk_of(request), request.POST.get("answer", "")
        self.decide_each(
            request,
            chosen,
            lambda each: government.record_answer(clerk, each.pk, answer=answer),
            said="recorded",
        )
