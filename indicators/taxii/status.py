"""GET /forum/status/{id}/ (TAXII 2.1 §4.3): for the member that submitted, nobody else."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404, HttpResponse
from rest_framework.request import Request

from indicators.intake.status import status_of
from indicators.members import access
from indicators.members.credentials import STATUS_READ
from indicators.roles import speaking_for
from indicators.taxii import answers
from indicators.taxii.views import TAXIIView


class SubmissionStatus(TAXIIView):
    """What has become of each object of an envelope."""

    def get(self, _request: Request, submission: str) -> HttpResponse:
        principal = self.principal
        access.require(principal, STATUS_READ)
        with speaking_for(principal.member_id):
            status = status_of(member_id=principal.member_id, submission_id=_uuid(submission))
        if status is None:
            raise Http404
        return answers.resource(status.as_taxii())


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise Http404 from None
