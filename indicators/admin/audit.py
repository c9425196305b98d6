"""The journal, in two screens: what members and staff did, and what the Forum did to its own feed.

The feed's half shows days, in no order of time: `audit/halves.py` says why.
"""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import TruncDay
from django.http import HttpRequest

from indicators.admin.filters import ActOfFeed, ActOfPeople
from indicators.admin.record import ReadOnly, moment
from indicators.admin.site import site
from indicators.audit.halves import Half
from indicators.models.audit import AuditEntry
from indicators.models.listing import FeedEntry
from indicators.ui.defang import pretty


_SHORT = 24
"""Characters of an actor in the list: enough to tell keyed tags apart."""


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ReadOnly[AuditEntry]):
    list_display = ("moment", "act", "subject", "short_actor")
    list_filter = (("at", admin.DateFieldListFilter), ActOfPeople)
    search_fields = ("actor__contains", "subject__contains")
    search_help_text = "Who, or over what; of a member the keyed tag"
    ordering = ("-at", "-id")
    fields = ("moment", "actor", "act", "subject", "policy_version", "regime", "details", "id")
    readonly_fields = ("moment", "details")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return Half.PEOPLE.of(super().get_queryset(request))

    @admin.display(description="at (UTC)", ordering="at")
    def moment(self, entry: AuditEntry) -> str:
        return moment(entry.at)

    @admin.display(description="actor", ordering="actor")
    def short_actor(self, entry: AuditEntry) -> str:
        return entry.actor if len(entry.actor) <= _SHORT else f"{entry.actor[:_SHORT]}…"

    @admin.display
    def details(self, entry: AuditEntry) -> str:
        return pretty(json.loads(entry.body))


@admin.register(FeedEntry, site=site)
class FeedEntryAdmin(ReadOnly[FeedEntry]):
    list_display = ("day", "act", "subject", "policy_version")
    list_filter = (("at", admin.DateFieldListFilter), ActOfFeed)
    search_fields = ("subject__contains",)
    ordering = (TruncDay("at").desc(), "-id")
    sortable_by = ()
    fields = ("day", "act", "subject", "policy_version", "regime")
    readonly_fields = ("day",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedEntry]:
        return Half.FEED.of(super().get_queryset(request))

    @admin.display
    def day(self, entry: FeedEntry) -> str:
        return f"{entry.at:%Y-%m-%d}"
