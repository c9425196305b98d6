"""Publications: what the feeds hold, as readers get it.

The day stands in the place of the moment: with the moment, this list beside that of submissions
would tell who brought what.
"""

from __future__ import annotations

import json

from django.contrib import admin

from indicators.admin.defang import defanged, pretty
from indicators.admin.filters import Standing
from indicators.admin.record import ReadOnly
from indicators.admin.site import site
from indicators.models.listing import PublicationListing


_TELLING = ("pattern", "value", "number", "relationship_type", "name")
"""Properties that say in a line what an object is about, the first that it has."""
_SHORT = 80


@admin.register(PublicationListing, site=site)
class PublicationAdmin(ReadOnly[PublicationListing]):
    list_display = ("type", "what", "collection", "position", "published_on", "standing", "stix_id")
    list_display_links = ("type", "what")
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

    @admin.display
    def what(self, row: PublicationListing) -> str:
        body = json.loads(row.body) if row.body else {}
        found = next((str(body[name]) for name in _TELLING if name in body), "-")
        return defanged(found if len(found) <= _SHORT else f"{found[:_SHORT]}…")

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
