"""GET /forum/collections/{id}/objects/{object id}/versions/ (TAXII 2.1 §5.8)."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from indicators.feed.filters import EVERY
from indicators.feed.resources import VERSIONS
from indicators.taxii import answers, query
from indicators.taxii.views import FeedView


FILTERS = (query.ADDED_AFTER, query.SPEC_VERSION)


class ObjectVersions(FeedView):
    """All versions of one object that can still be read."""

    resource = VERSIONS

    def get(self, request: Request, collection: str, stix_id: str) -> HttpResponse:
        question = query.question(request, accepts=FILTERS, stix_id=stix_id, versions=EVERY)
        _, page = self.read(collection, question, stix_id=stix_id)
        return answers.page(page)
