"""Delivery: which keys have read past one published object, and past the news that it is gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.views.decorators.http import require_GET

from indicators.models.collection import Collection
from indicators.models.publication import Publication
from indicators.pipeline import delivery
from indicators.ui.person import for_staff


@require_GET
@for_staff("view_pollmark")
def lookup(request: HttpRequest) -> HttpResponse:
    """Looked up by `?object=`, in every collection in which it stands or stood."""
    asked = request.GET.get("object", "").strip()
    homes = set(
        Publication.objects.filter(
            collection__in=Collection.objects.values("pk"), stix_id=asked
        ).values_list("collection_id", flat=True)
    )
    return TemplateResponse(
        request,
        "console/delivery.html",
        {
            "here": "delivery",
            "asked": asked,
            "known": bool(homes),
            "lines": delivery.of((home, asked) for home in homes),
        },
    )
