"""GET /forum/collections/{id}/manifest/ (TAXII 2.1 §5.3)."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from indicators.feed.resources import MANIFEST
from indicators.taxii import answers, query
from indicators.taxii.objects import FILTERS
from indicators.taxii.views import FeedView


class Manifest(FeedView):
    """The same pages as the objects, without the objects."""

    resource = MANIFEST

    def get(self, request: Request, collection: str) -> HttpResponse:
        _, page = self.read(collection, query.question(request, accepts=FILTERS))
        return answers.page(page)
