"""/api/v1/feedback/: say something of an object, take it back, and read what others say of yours.

docs/feedback.md is the wire format.
"""

from __future__ import annotations

from django.http import Http404, HttpResponse
from rest_framework.request import Request

from indicators.intake import feedback
from indicators.intake.receive import refuse_when_full
from indicators.intake.retract import retract
from indicators.members import access
from indicators.members.credentials import STATUS_READ
from indicators.rest.views import RESTView, as_json, json_body
from indicators.roles import speaking_for


_PAGE = 100


class Feedback(RESTView):
    """Words of the caller's own, and those of others over its objects."""

    def get(self, request: Request) -> HttpResponse:
        principal = self.principal
        access.require(principal, STATUS_READ)
        after = feedback.place(principal.member_id, request.query_params.get("after", ""))
        with speaking_for(principal.member_id):
            readable = [each.collection for each in access.visible(principal) if each.can_read]
            found, following = feedback.heard(
                principal.member_id, readable, after=after, most=_PAGE
            )
        page = [
            {
                "collection": each.collection,
                "object": each.stix_id,
                "members_say": dict(each.told.members),
                "suspended": each.told.suspended,
            }
            for each in found
        ]
        return as_json({"feedback": page, **({"next": following} if following else {})})

    def post(self, request: Request) -> HttpResponse:
        principal = self.principal
        refuse_when_full()
        said = feedback.words(json_body(request, feedback.LONGEST_BODY))
        with speaking_for(principal.member_id):
            named = dict.fromkeys(each.collection for each in said)
            targets = {name: access.writable(principal, name) for name in named}
        # Outside that transaction: a 202 promises that the intake's own has been committed.
        taken = feedback.give(principal, targets, said, now=self.now)
        accepted = [
            {"collection": targets[name].alias, "status": str(status.id), "ids": ids}
            for name, (status, ids) in taken.items()
        ]
        return as_json({"accepted": accepted}, status=202)


class OneWord(RESTView):
    """A sighting or an opinion under the caller's own id."""

    def delete(self, _request: Request, collection: str, own_id: str) -> HttpResponse:
        principal = self.principal
        with speaking_for(principal.member_id):
            target = access.writable(principal, collection)
        if not feedback.is_own_id(own_id):
            raise Http404
        if not retract(principal=principal, collection=target, stix_id=own_id, now=self.now):
            raise Http404
        return as_json({})
