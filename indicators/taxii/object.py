"""GET and DELETE /forum/collections/{id}/objects/{object id}/ (TAXII 2.1 §5.6, §5.7)."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from rest_framework.request import Request

from indicators.doors import clock
from indicators.feed.resources import OBJECTS
from indicators.intake.retract import retract
from indicators.members import access
from indicators.roles import speaking_for
from indicators.taxii import answers, query
from indicators.taxii.query import QueryError
from indicators.taxii.views import FeedView


FILTERS = (query.ADDED_AFTER, query.VERSION, query.SPEC_VERSION)


class OneObject(FeedView):
    """One object in the versions asked for; DELETE takes the caller's contribution back."""

    resource = OBJECTS

    def get(self, request: Request, collection: str, stix_id: str) -> HttpResponse:
        question = query.question(request, accepts=FILTERS, stix_id=stix_id)
        _, page = self.read(collection, question, stix_id=stix_id)
        return answers.page(page)

    def delete(self, request: Request, collection: str, stix_id: str) -> HttpResponse:
        _refuse_single_version(request)
        principal = self.principal
        with speaking_for(principal.member_id):
            target = access.deletable(principal, collection)
        if not retract(principal=principal, collection=target, stix_id=stix_id, now=clock.now()):
            raise Http404
        return answers.resource({})


def _refuse_single_version(request: Request) -> None:
    """An object is taken back whole; to do so where one version was meant would take too much."""
    if query.single(request, query.VERSION) not in {"", "all"}:
        raise QueryError("An object is taken back as a whole: leave match[version] out.")
