"""Publications: what the feeds hold, as readers get it.

The day stands in the place of the moment: with the moment, this list beside that of submissions
would tell who brought what.
"""

from __future__ import annotations

import json

from django.contrib import admin

from indicators.admin.defang import pretty
from indicators.admin.filters import Standing
from indicators.admin.record import ReadOnly
from indicators.admin.site import site
from indicators.models.listing import PublicationListing


@admin.register(PublicationListing, site=site)
class PublicationAdmin(ReadOnly[PublicationListing]):
    list_display = ("stix_id", "type", "collection", "position", "published_on", "standing")
    list_filter = (Standing, "collection", "type")
    list_select_related = ("collection",)
    search_fields = ("stix_id", "body")
    search_help_text = "An id, or any text of the published object"
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
        return pretty(json.loads(row.body))
