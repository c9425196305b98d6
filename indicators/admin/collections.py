"""Collections: who they are for shows in their grants, what is in them in the publications."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import OuterRef, QuerySet, Subquery
from django.http import HttpRequest

from indicators.admin.record import Kept, ModelForm
from indicators.admin.site import site
from indicators.members import registry
from indicators.members.registry import RegistryError
from indicators.models.collection import Collection, CollectionHead
from indicators.ui.person import clerk_of


_KINDS = Collection.Kind
_NEW = ("alias", "title", "description", "kind", "exercise", "accepts_reserved", "marking", "lane")
_LANE = (
    "lane", "expected_delay", "batch_minutes", "batch_members", "batch_soon_percent",
    "batch_spread_minutes", "batch_longest_hours",
)  # fmt: skip
_FOR_GOOD = ("alias", "kind", "parent", "exercise", "marking", "id", "position", "taxii_path")
"""Changing these would change the meaning of what is published already."""


class CollectionForm(ModelForm[Collection]):
    """Companions come by themselves; aliases keep to one form."""

    kind = forms.ChoiceField(
        choices=[(each.value, each.label) for each in (_KINDS.SHARING, _KINDS.VERBATIM)]
    )

    def clean_title(self) -> str:
        title = str(self.cleaned_data["title"])
        try:
            registry.check_title(title)
        except RegistryError as error:
            raise ValidationError(str(error)) from error
        return title

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if "alias" in cleaned and "kind" in cleaned:  # only while adding: both are for good
            try:
                registry.check_alias(cleaned["alias"], cleaned["kind"])
            except RegistryError as error:
                raise ValidationError({"alias": str(error)}) from error
        return cleaned


@admin.register(Collection, site=site)
class CollectionAdmin(Kept[Collection]):
    form = CollectionForm
    list_display = (
        "alias",
        "title",
        "short_kind",
        "tlp",
        "short_lane",
        "expected_delay",
        "nature",
        "position",
    )
    list_filter = (
        ("kind", admin.AllValuesFieldListFilter),
        ("lane", admin.AllValuesFieldListFilter),
        "marking",
        "exercise",
        "accepts_reserved",
    )
    search_fields = ("alias", "title", "description")
    ordering = ("alias",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Collection]:
        head = CollectionHead.objects.filter(collection=OuterRef("pk"))
        return super().get_queryset(request).annotate(at_position=Subquery(head.values("position")))

    def get_fields(self, request: HttpRequest, obj: Collection | None = None) -> tuple[str, ...]:
        if obj is None:
            return _NEW
        rest = [name for name in _NEW if name != "lane"]
        return (*rest, *_LANE, "k", "parent", "position", "taxii_path", "id")

    def get_readonly_fields(
        self, request: HttpRequest, obj: Collection | None = None
    ) -> tuple[str, ...]:
        if obj is None or obj.parent_id is None:
            return _FOR_GOOD if obj else ()
        # A companion follows the collection it stands beside, in all but its lane.
        return tuple(name for name in self.get_fields(request, obj) if name not in _LANE)

    def has_change_permission(self, request: HttpRequest, obj: Collection | None = None) -> bool:
        # What was taken back must not wait.
        withdrawn = obj is not None and obj.kind == _KINDS.WITHDRAWN
        return super().has_change_permission(request, obj) and not withdrawn

    @admin.display(description="kind", ordering="kind")
    def short_kind(self, collection: Collection) -> str:
        return collection.kind

    @admin.display(description="lane", ordering="lane")
    def short_lane(self, collection: Collection) -> str:
        return collection.lane

    @admin.display
    def nature(self, collection: Collection) -> str:
        words = {
            "exercise": collection.exercise,
            "accepts reserved": collection.accepts_reserved,
        }
        return ", ".join(word for word, holds in words.items() if holds)

    @admin.display(description="marking", ordering="marking")
    def tlp(self, collection: Collection) -> str:
        return collection.get_marking_display()

    @admin.display(ordering="at_position")
    def position(self, collection: Collection) -> int:
        return int(vars(collection)["at_position"])  # an annotation

    @admin.display(description="TAXII path")
    def taxii_path(self, collection: Collection) -> str:
        return f"/forum/collections/{collection.id}/"

    def save_model(self, request: HttpRequest, obj: Collection, form: Any, change: bool) -> None:
        if change:
            registry.change(clerk_of(request), obj, form.changed_data)
        else:
            registry.add_collection(clerk_of(request), obj)
