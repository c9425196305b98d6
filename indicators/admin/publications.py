"""Publications: what the feeds hold, as readers get it.

The day stands in the place of the moment, in the content too: with the moment, this screen beside
that of submissions would tell who brought what. Readers see the moment, and not the submissions.
"""

from __future__ import annotations

import json

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from indicators.admin.filters import ObjectType, Standing
from indicators.admin.record import ReadOnly
from indicators.admin.site import site
from indicators.models.listing import PublicationListing
from indicators.ui.defang import excerpt, pretty


_DAY = len("2026-11-24")


@admin.register(PublicationListing, site=site)
class PublicationAdmin(ReadOnly[PublicationListing]):
    list_display = ("type", "what", "home", "position", "published_on", "standing")
    list_display_links = ("type", "what")
    list_filter = (Standing, "collection", ObjectType)
    search_fields = ("stix_id__contains", "body__contains")
    search_help_text = "An id, or any text of the published object as it is written there"
    ordering = ("-date_added",)
    fields = (
        "stix_id",
        "type",
        "collection",
        "position",
        "published_on",
        "standing",
        "policy_version",
        "content",
    )
    readonly_fields = ("published_on", "standing", "content")

    def get_queryset(self, request: HttpRequest) -> QuerySet[PublicationListing]:
        # Not joined: a search would put every row that it finds beside every collection.
        return super().get_queryset(request).prefetch_related("collection")

    @admin.display(description="collection", ordering="collection")
    def home(self, row: PublicationListing) -> str:
        return row.collection.alias

    @admin.display
    def what(self, row: PublicationListing) -> str:
        return excerpt(json.loads(row.body)) if row.body else row.stix_id

    @admin.display(description="published on", ordering="date_added")
    def published_on(self, row: PublicationListing) -> str:
        return f"{row.date_added:%Y-%m-%d}"

    @admin.display
    def standing(self, row: PublicationListing) -> str:
        if row.body is None:
            return "blanked"
        if row.superseded_by:
            return f"superseded at {row.superseded_by}"
        return "live"

    @admin.display
    def content(self, row: PublicationListing) -> str:
        if row.body is None:
            return "Taken back: nothing of it is kept."
        body = json.loads(row.body)
        days = {name: body[name][:_DAY] for name in ("created", "modified") if name in body}
        return pretty(body | days)
