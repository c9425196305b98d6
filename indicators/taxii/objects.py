"""GET and POST /forum/collections/{id}/objects/ (TAXII 2.1 §5.4, §5.5)."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from indicators.doors import clock
from indicators.feed.resources import OBJECTS
from indicators.intake.receive import receive, refuse_when_full
from indicators.members import access, polls
from indicators.roles import speaking_for
from indicators.taxii import answers, body, query
from indicators.taxii.views import FeedView


FILTERS = (query.ADDED_AFTER, query.ID, query.TYPE, query.VERSION, query.SPEC_VERSION)


class Objects(FeedView):
    """Pull a page, push an envelope."""

    resource = OBJECTS

    def get(self, request: Request, collection: str) -> HttpResponse:
        question = query.question(request, accepts=FILTERS)
        source, page = self.read(collection, question)
        if request.method == "GET":
            polls.note(
                credential_id=self.principal.credential_id,
                collection_id=source.id,
                position=page.position,
                now=clock.now(),
            )
        return answers.page(page)

    def post(self, request: Request, collection: str) -> HttpResponse:
        principal = self.principal
        with speaking_for(principal.member_id):
            target = access.writable(principal, collection)
        refuse_when_full()
        # Outside that transaction: a 202 promises that the intake's own has been committed.
        raw = body.read(request)
        status = receive(principal=principal, collection=target, raw=raw, now=clock.now())
        return answers.resource(status.as_taxii(), status=202)
