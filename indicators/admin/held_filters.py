"""Filters of the list of held items: with whom they are."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import ModelAdmin, SimpleListFilter
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.http import HttpRequest

from indicators.domain.review_policy import current_review_policy


class HeldWith(SimpleListFilter):
    """Who is to act: anybody, who claimed it, a second person, or a line it was passed on to."""

    title = "with"
    parameter_name = "with"
    _QUERIES = {
        "nobody": Q(escalated_to="", first_by="")
        & (Q(claimed_until=None) | Q(claimed_until__lt=Now())),
        "a reviewer who claimed it": Q(claimed_until__gte=Now()),
        "a second person": ~Q(first_by="") & Q(second_by=""),
    }

    def lookups(self, request: HttpRequest, model_admin: ModelAdmin[Any]) -> list[tuple[str, str]]:
        return [(name, name) for name in [*self._QUERIES, *current_review_policy().lines]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value in self._QUERIES:
            return queryset.filter(self._QUERIES[value])
        if value in current_review_policy().lines:
            return queryset.filter(escalated_to=value)
        return queryset
