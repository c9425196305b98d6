"""Members, their machines' keys, their rights, and how far they have read."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import F, Field, ForeignKey, OuterRef, QuerySet, Subquery
from django.forms import ModelChoiceField, TypedChoiceField
from django.http import HttpRequest

from indicators.admin.filters import Life
from indicators.admin.governed import refused_as_validation
from indicators.admin.record import Kept, ModelForm, ReadOnly, moment
from indicators.admin.site import site
from indicators.domain.disclosure import current_policy
from indicators.doors import clock
from indicators.members import registry
from indicators.models.collection import Collection, CollectionHead
from indicators.models.member import Credential, Grant, Member, PollMark
from indicators.pipeline import concentration, contribution
from indicators.ui.person import clerk_of, may


@admin.register(Member, site=site)
class MemberAdmin(Kept[Member]):
    list_display = ("slug", "name", "state", "review_first_n", "refuses_raw", "joined_day")
    list_filter = ("state", "refuses_raw")
    search_fields = ("slug", "name")
    ordering = ("slug",)
    readonly_fields = ("id", "joined_day", "contribution", "concentration")

    @admin.display(description="gives and gets")
    def contribution(self, member: Member) -> str:
        return json.dumps(contribution.of(member.id, now=clock.now()).as_json())

    @admin.display(description="stands for too much of")
    def concentration(self, member: Member) -> str:
        return "; ".join(concentration.alarms_over(member.slug, now=clock.now())) or "nothing"

    def get_fields(self, request: HttpRequest, obj: Member | None = None) -> tuple[str, ...]:
        if obj is None:
            return ("slug", "name", "review_first_n", "jurisdiction")
        return (
            "slug",
            "name",
            "state",
            "review_first_n",
            "refuses_raw",
            "jurisdiction",
            "joined_day",
            "contribution",
            "concentration",
            "id",
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: Member | None = None
    ) -> tuple[str, ...]:
        if obj is None:
            return self.readonly_fields
        fixed = ("slug", "state") if obj.state in registry.DEPARTING else ("slug",)
        return (*self.readonly_fields, *fixed)

    def formfield_for_choice_field(
        self, db_field: Field[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> TypedChoiceField | None:
        """Nobody leaves by a change of a field."""
        if db_field.name == "state":
            kwargs["choices"] = [
                each for each in Member.State.choices if each[0] not in registry.DEPARTING
            ]
        return super().formfield_for_choice_field(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        if change:
            registry.change(clerk_of(request), obj, form.changed_data)
        else:
            registry.add_member(clerk_of(request), obj)


@admin.register(Credential, site=site)
class CredentialAdmin(ReadOnly[Credential]):
    list_display = ("id", "member", "label", "life", "expires", "last_used", "created")
    list_filter = (Life, "member")
    list_select_related = ("member",)
    search_fields = ("id", "label", "member__slug", "member__name")
    ordering = ("member__slug", "label", "-created_day")
    fields = (
        "id",
        "member",
        "label",
        "life",
        "scopes",
        "created",
        "last_used",
        "expires",
        "revoked",
    )
    readonly_fields = ("life", "created", "last_used", "expires", "revoked")
    actions = ("revoke",)

    @admin.display(description="state", ordering="revoked_at")
    def life(self, credential: Credential) -> str:
        return Life.of(credential)

    @admin.display(ordering="created_day")
    def created(self, credential: Credential) -> str:
        return f"{credential.created_day}"

    @admin.display(description="last used", ordering="last_used_day")
    def last_used(self, credential: Credential) -> str:
        return f"{credential.last_used_day or 'never'}"

    @admin.display(description="expires (UTC)", ordering="expires_at")
    def expires(self, credential: Credential) -> str:
        return moment(credential.expires_at)

    @admin.display(description="revoked (UTC)")
    def revoked(self, credential: Credential) -> str:
        return moment(credential.revoked_at)

    def has_revoke_permission(self, request: HttpRequest) -> bool:
        return may(request, "change_credential")

    @admin.action(description="Revoke for good", permissions=["revoke"])
    def revoke(self, request: HttpRequest, chosen: QuerySet[Credential]) -> None:
        clerk = clerk_of(request)
        done = [registry.revoke(clerk, each) for each in chosen.select_related("member")]
        self.message_user(request, f"{sum(done)} credentials revoked.", messages.SUCCESS)


class GrantForm(ModelForm[Grant]):
    """The declaration is chosen from what the disclosure policy knows."""

    purpose = forms.ChoiceField(choices=lambda: _choices(current_policy().purposes))
    threat_nexus = forms.MultipleChoiceField(
        choices=lambda: _choices(current_policy().threat_nexus),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Taken for objects that state none of their own.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if not (cleaned.get("can_read") or cleaned.get("can_write")):
            raise ValidationError("A grant gives the right to read, to write, or both.")
        refused_as_validation(self, lambda: self._check_holder(cleaned))
        return cleaned

    def _check_holder(self, cleaned: Mapping[str, Any]) -> None:
        member = cleaned.get("member") or self.instance.member
        registry.check_holder(member, cleaned.get("collection") or self.instance.collection)


def _choices(words: Iterable[str]) -> list[tuple[str, str]]:
    return [(each, each) for each in sorted(words)]


@admin.register(Grant, site=site)
class GrantAdmin(Kept[Grant]):
    form = GrantForm
    list_display = (
        "member",
        "collection",
        "can_read",
        "can_write",
        "purpose",
        "nexus",
        "granted_by",
    )
    list_display_links = ("member", "collection")
    list_filter = ("collection", "member", "can_read", "can_write")
    list_select_related = ("member", "collection")
    search_fields = ("member__slug", "member__name", "collection__alias", "purpose")
    ordering = ("member__slug", "collection__alias")
    fields = (
        "member",
        "collection",
        "can_read",
        "can_write",
        "purpose",
        "threat_nexus",
        "granted_by",
    )
    readonly_fields = ("granted_by",)

    @admin.display(description="threat nexus")
    def nexus(self, grant: Grant) -> str:
        return ", ".join(grant.threat_nexus) or "each object must state its own"

    def get_readonly_fields(
        self, request: HttpRequest, obj: Grant | None = None
    ) -> tuple[str, ...]:
        return ("member", "collection", "granted_by") if obj else ("granted_by",)

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name == "collection":
            kwargs["queryset"] = Collection.objects.filter(parent=None).order_by("alias")
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Grant, form: Any, change: bool) -> None:
        given = registry.grant(
            clerk_of(request),
            obj.member,
            obj.collection,
            can_read=obj.can_read,
            can_write=obj.can_write,
            purpose=obj.purpose,
            threat_nexus=obj.threat_nexus,
        )
        obj.pk = given.pk

    def has_delete_permission(self, request: HttpRequest, obj: Grant | None = None) -> bool:
        return may(request, "delete_grant")

    def delete_model(self, request: HttpRequest, obj: Grant) -> None:
        registry.withdraw_grant(clerk_of(request), obj)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Grant]) -> None:
        for each in queryset.select_related("member", "collection"):
            self.delete_model(request, each)


@admin.register(PollMark, site=site)
class PollMarkAdmin(ReadOnly[PollMark]):
    list_display = ("member", "credential", "collection", "last_position", "behind", "minute")
    list_filter = (
        ("collection", admin.RelatedOnlyFieldListFilter),
        ("credential__member", admin.RelatedOnlyFieldListFilter),
    )
    list_select_related = ("credential__member", "collection")
    search_fields = ("credential__id", "credential__member__slug", "collection__alias")
    ordering = ("-last_minute",)
    fields = ("member", "credential", "collection", "last_position", "behind", "minute")
    readonly_fields = ("member", "behind", "minute")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PollMark]:
        head = CollectionHead.objects.filter(collection=OuterRef("collection"))
        behind = Subquery(head.values("position")) - F("last_position")
        return super().get_queryset(request).annotate(behind_by=behind)

    @admin.display(ordering="credential__member__slug")
    def member(self, mark: PollMark) -> str:
        return mark.credential.member.slug

    @admin.display(description="last read (UTC)", ordering="last_minute")
    def minute(self, mark: PollMark) -> str:
        return moment(mark.last_minute)

    @admin.display(description="positions behind", ordering="behind_by")
    def behind(self, mark: PollMark) -> int:
        return int(vars(mark)["behind_by"])  # an annotation
