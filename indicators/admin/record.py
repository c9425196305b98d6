"""What all screens have in common: who acts, and records that nobody edits."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from django import forms
from django.contrib import admin
from django.core import paginator
from django.db import models
from django.http import HttpRequest

from indicators.ui import listing
from indicators.ui.person import may


if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django.core.paginator import Paginator
    from django.forms import ModelForm
else:
    # Subscripts are for the type checker; Django's classes have none at run time.
    class ModelAdmin(admin.ModelAdmin):
        def __class_getitem__(cls, _model: object) -> type:
            return cls

    class ModelForm(forms.ModelForm):
        def __class_getitem__(cls, _model: object) -> type:
            return cls

    class Paginator(paginator.Paginator):
        def __class_getitem__(cls, _row: object) -> type:
            return cls


__all__ = ["Kept", "ModelAdmin", "ModelForm", "ReadOnly", "moment"]

Record = TypeVar("Record", bound=models.Model)


def moment(value: datetime | None) -> str:
    """A time as staff compare it with logs: ISO 8601, UTC, whole seconds."""
    return f"{value.astimezone(UTC):%Y-%m-%d %H:%M:%S}" if value else "-"


class Pages(Paginator[Any]):
    """Pages of a list of which no more rows are counted than anybody leafs through."""

    @cached_property
    def count(self) -> int:
        return self._counted[0]

    @property
    def goes_on(self) -> bool:
        return self._counted[1]

    @cached_property
    def _counted(self) -> tuple[int, bool]:
        return listing.counted(cast("models.QuerySet[Any, Any]", self.object_list))


class Kept(ModelAdmin[Record], Generic[Record]):
    """A screen over records that are never deleted: they end in a state instead."""

    paginator = Pages
    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ["indicators/admin.css"]}

    def has_delete_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        return False


class ReadOnly(Kept[Record], Generic[Record]):
    """A screen over records that only the river writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        return False

    def has_view_permission(self, request: HttpRequest, obj: Record | None = None) -> bool:
        # Django lets whoever may change a record see it: here the right to act (release, revoke).
        name = self.opts.model_name
        return any(may(request, f"{verb}_{name}") for verb in ("view", "change"))
