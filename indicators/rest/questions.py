"""/api/v1/questions/: ask about an object, and answer what is asked about yours; staff pass it on.

docs/feedback.md is the wire format.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from rest_framework.request import Request

from indicators.intake import questions
from indicators.members import access
from indicators.members.credentials import STATUS_READ, SUBMIT
from indicators.models.collection import Collection
from indicators.models.question import Question
from indicators.rest.views import RESTView, as_json, json_body
from indicators.roles import speaking_for


class Questions(RESTView):
    """What the caller asked, and what it is asked."""

    def get(self, _request: Request) -> HttpResponse:
        principal = self.principal
        access.require(principal, STATUS_READ)
        with speaking_for(principal.member_id):
            return as_json(questions.own(principal.member_id, _readable(self)))

    def post(self, request: Request) -> HttpResponse:
        principal = self.principal
        access.require(principal, SUBMIT)
        raw = json_body(request, questions.LONGEST_BODY)
        said = questions.words(raw, "collection", "object", "text")
        with speaking_for(principal.member_id):
            collection = access.readable(principal, said["collection"])
            made = questions.ask(
                principal.member_id, collection, said["object"], said["text"], now=self.now
            )
        return _taken(made)


class Answers(RESTView):
    """What a contributor says to one question."""

    def post(self, request: Request, question: str) -> HttpResponse:
        principal = self.principal
        access.require(principal, SUBMIT)
        raw = json_body(request, questions.LONGEST_BODY)
        text = questions.words(raw, "text")["text"]
        with speaking_for(principal.member_id):
            made = questions.answer(
                principal.member_id, _readable(self), question, text, now=self.now
            )
        if made is None:
            raise Http404
        return _taken(made)


def _readable(view: RESTView) -> list[Collection]:
    return [each.collection for each in access.visible(view.principal) if each.can_read]


def _taken(made: Question) -> HttpResponse:
    return as_json({"id": str(made.id), "state": made.state}, status=201)
