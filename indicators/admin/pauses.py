"""Pauses: set and lifted here, with a reason; what they hold goes on by itself."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.admin.governed import Governed, Why, refused_as_validation, site
from indicators.admin.record import ModelForm, moment
from indicators.models.pause import Pause
from indicators.pipeline import pauses
from indicators.ui.person import clerk_of, may


class PauseForm(ModelForm[Pause]):
    """A switch and a reason."""

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        refused_as_validation(
            self, lambda: pauses.check_new(cleaned["switch"], reason=cleaned["reason"])
        )
        return cleaned


@admin.register(Pause, site=site)
class PauseAdmin(Governed[Pause]):
    form = PauseForm
    list_display = ("switch", "standing", "reason", "set_by", "since", "lifted_by", "until")
    list_filter = ("switch",)
    search_fields = ("reason", "set_by", "lifted_by")
    ordering = ("-set_at",)
    readonly_fields = ("standing", "since", "until")
    action_form = Why
    actions = ("lift",)

    def get_fields(self, request: HttpRequest, obj: Pause | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("switch", "reason")
        made = ("switch", "standing", "reason", "set_by", "since")
        return (*made, "lifted_by", "until", "lifted_reason")

    @admin.display(description="state", ordering="lifted_at")
    def standing(self, pause: Pause) -> str:
        return "lifted" if pause.lifted_at else "paused"

    @admin.display(description="set at (UTC)", ordering="set_at")
    def since(self, pause: Pause) -> str:
        return moment(pause.set_at)

    @admin.display(description="lifted at (UTC)", ordering="lifted_at")
    def until(self, pause: Pause) -> str:
        return moment(pause.lifted_at)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_pause")

    def has_lift_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_pause")

    def save_model(self, request: HttpRequest, obj: Pause, form: Any, change: bool) -> None:
        obj.pk = pauses.pause(clerk_of(request), obj.switch, reason=obj.reason).pk

    @admin.action(description="Lift the pause", permissions=["lift"])
    def lift(self, request: HttpRequest, chosen: QuerySet[Pause]) -> None:
        clerk, why = clerk_of(request), request.POST.get("why", "")
        self.decide_each(
            request,
            chosen.filter(lifted_at=None),
            lambda each: pauses.lift(clerk, each.switch, reason=why),
            said="lifted; what waited goes down the river again",
        )
