"""Legal holds: one person asks here, another approves; until when each lasts is on the list."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.admin.governed import Governed, refused_as_validation, site
from indicators.admin.record import ModelForm, moment
from indicators.models.legal_hold import LegalHold
from indicators.pipeline import legal_hold
from indicators.pipeline.legal_hold import Scope
from indicators.ui.person import clerk_of, may


_PARTS = ("member", "collection", "submission", "received_from", "received_until")
_ASKED = ("matter", *_PARTS, "days", "renews")


class LegalHoldForm(ModelForm[LegalHold]):
    """A scope, for a time. A submission is named by its id: a list of them would be too long."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("renews"):
            cleaned |= {name: getattr(scope_of(cleaned), name) for name in _PARTS}
        refused_as_validation(
            self,
            lambda: legal_hold.check_new(
                scope_of(cleaned), matter=cleaned["matter"], days=cleaned["days"]
            ),
        )
        return cleaned


def scope_of(cleaned: dict[str, Any]) -> Scope:
    """The scope that a form asks for; that of an earlier hold, if it renews one."""
    if earlier := cleaned.get("renews"):
        return Scope.of(earlier)
    return Scope(**{name: cleaned.get(name) for name in _PARTS})


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  a view is a door


@admin.register(LegalHold, site=site)
class LegalHoldAdmin(Governed[LegalHold]):
    form = LegalHoldForm
    list_display = ("matter", "standing", "scope", "requested_by", "approved_by", "until")
    search_fields = ("matter", "requested_by", "approved_by")
    ordering = ("-requested_at",)
    raw_id_fields = ("submission",)
    list_select_related = ("member", "collection", "submission")
    actions = ("approve", "release")

    def get_fields(self, request: HttpRequest, obj: LegalHold | None = None) -> tuple[str, ...]:
        if obj is None:
            return _ASKED
        return ("id", *_ASKED, "standing", "requested_by", "approved_by", "until", "released_by")

    def get_readonly_fields(
        self, request: HttpRequest, obj: LegalHold | None = None
    ) -> tuple[str, ...]:
        return ("id", "standing", "until") if obj else ()

    @admin.display(description="state")
    def standing(self, hold: LegalHold) -> str:
        return legal_hold.state_of(hold, now=_now())

    @admin.display
    def scope(self, hold: LegalHold) -> str:
        return str(Scope.of(hold))

    @admin.display(description="until (UTC)", ordering="expires_at")
    def until(self, hold: LegalHold) -> str:
        return moment(hold.expires_at)

    def has_approve_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_legalhold")

    def has_release_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_legalhold") or may(request, "add_legalhold")

    def save_model(self, request: HttpRequest, obj: LegalHold, form: Any, change: bool) -> None:
        cleaned = form.cleaned_data
        made = legal_hold.request(
            clerk_of(request),
            scope_of(cleaned),
            matter=obj.matter,
            days=obj.days,
            renews=cleaned.get("renews"),
        )
        obj.pk = made.pk

    @admin.action(description="Approve: it is in force from now on", permissions=["approve"])
    def approve(self, request: HttpRequest, chosen: QuerySet[LegalHold]) -> None:
        clerk = clerk_of(request)
        self.decide_each(
            request, chosen, lambda each: legal_hold.approve(clerk, each.pk), said="in force"
        )

    @admin.action(description="Release, or take the wish back", permissions=["release"])
    def release(self, request: HttpRequest, chosen: QuerySet[LegalHold]) -> None:
        clerk = clerk_of(request)
        self.decide_each(
            request, chosen, lambda each: legal_hold.release(clerk, each.pk), said="released"
        )
