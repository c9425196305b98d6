"""The journal, in two screens: what members and staff did, and what the Forum did to its own feed.

Both halves are written in the same transaction and so in the same moment. Side by side they would
show which submission became which publication; so the feed's half shows days, in no order of time.
"""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.db.models.functions import TruncDay
from django.http import HttpRequest

from indicators.admin.record import ReadOnly, moment
from indicators.admin.site import site
from indicators.models.audit import AuditEntry
from indicators.models.listing import FeedEntry
from indicators.ui.defang import pretty


_SHORT = 24
"""Characters of an actor in the list: enough to tell keyed tags apart."""
_OF_A_FEED = "--"
"""What every STIX id has in it, and no other subject."""


@admin.register(AuditEntry, site=site)
class AuditEntryAdmin(ReadOnly[AuditEntry]):
    list_display = ("moment", "act", "subject", "short_actor")
    list_filter = ("act", "policy_version", "regime")
    search_fields = ("actor", "act", "subject")
    search_help_text = "Who, what or over what; of a member the keyed tag"
    date_hierarchy = "at"
    ordering = ("-at",)
    fields = ("moment", "actor", "act", "subject", "policy_version", "regime", "details", "id")
    readonly_fields = ("moment", "details")

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return super().get_queryset(request).exclude(subject__contains=_OF_A_FEED)

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
    list_filter = ("act", "policy_version", "regime")
    search_fields = ("act", "subject")
    date_hierarchy = "at"
    ordering = (TruncDay("at").desc(), "subject", "act")
    sortable_by = ()
    fields = ("day", "act", "subject", "policy_version", "regime")
    readonly_fields = ("day",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[FeedEntry]:
        return super().get_queryset(request).filter(subject__contains=_OF_A_FEED)

    @admin.display
    def day(self, entry: FeedEntry) -> str:
        return f"{entry.at:%Y-%m-%d}"
