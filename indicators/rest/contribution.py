"""/api/v1/me/contribution: what the caller's member gives and gets, told to it alone."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.request import Request

from indicators.pipeline import contribution
from indicators.rest.views import RESTView, as_json


class Contribution(RESTView):
    """docs/transparency.md says how it is counted."""

    def get(self, _request: Request) -> HttpResponse:
        found = contribution.of(self.principal.member_id, now=self.now)
        return as_json(found.as_json())
