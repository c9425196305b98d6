"""Filters of lists, beside those that Django has."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, ClassVar

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from indicators.audit.halves import Half
from indicators.domain.disclosure import current_policy
from indicators.domain.outcomes import Reason
from indicators.models.member import Credential
from indicators.models.submission import HeldObject


class Life(SimpleListFilter):
    """Whether a credential opens anything."""

    title = "state"
    parameter_name = "life"
    _QUERIES = {
        "live": Q(revoked_at=None, expires_at__gt=Now()),
        "expired": Q(revoked_at=None, expires_at__lte=Now()),
        "revoked": Q(revoked_at__isnull=False),
    }

    @staticmethod
    def of(credential: Credential) -> str:
        if credential.revoked_at:
            return "revoked"
        now = datetime.now(UTC)  # noqa: TID251  a view is a door
        return "live" if now < credential.expires_at else "expired"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(name, name) for name in self._QUERIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(self._QUERIES[value]) if value in self._QUERIES else queryset


class HeldState(SimpleListFilter):
    """Open ones first: what is decided is looked at only when asked for."""

    title = "state"
    parameter_name = "is"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [*((each.value, each.value) for each in HeldObject.State), ("any", "any")]

    def choices(self, changelist: Any) -> Any:
        chosen = self.value() or HeldObject.State.OPEN.value
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": chosen == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value() or HeldObject.State.OPEN.value
        return queryset if value == "any" else queryset.filter(state=value)


class HeldReason(SimpleListFilter):
    """One of the reasons for which something is held."""

    title = "reason"
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        used = HeldObject.objects.filter(state=HeldObject.State.OPEN).values_list("reasons")
        found = sorted({reason for (reasons,) in used.distinct() for reason in reasons})
        return [(each, each) for each in found]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(reasons__contains=[value]) if value in set(Reason) else queryset


class Standing(SimpleListFilter):
    """Whether a version is what a reader gets."""

    title = "standing"
    parameter_name = "standing"
    _QUERIES = {
        "live": Q(superseded_by=None, body__isnull=False),
        "superseded": Q(superseded_by__isnull=False, body__isnull=False),
        "blanked": Q(body=None),
    }

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(name, name) for name in self._QUERIES]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(self._QUERIES[value]) if value in self._QUERIES else queryset


class ObjectType(SimpleListFilter):
    """Of what type: those that the policy knows, not those that happen to be there."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(each, each) for each in sorted(current_policy().types)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(type=value) if value else queryset


class _Act(SimpleListFilter):
    """What was done."""

    title = "act"
    parameter_name = "act"
    half: ClassVar[Half]

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(each, each) for each in self.half.acts()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        return queryset.filter(act=value) if value else queryset


class ActOfPeople(_Act):
    half = Half.PEOPLE


class ActOfFeed(_Act):
    half = Half.FEED
