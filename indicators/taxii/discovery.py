"""GET /taxii2/ (TAXII 2.1 §4.1)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from indicators.taxii import answers
from indicators.taxii.views import TAXIIView


API_ROOT = "/forum/"  # one segment: some clients take the last one for the root's name


class Discovery(TAXIIView):
    """Where the API root is; absolute, from the host that the client reached us by."""

    def get(self, request: Request) -> HttpResponse:
        api_root = request.build_absolute_uri(API_ROOT)
        resource = {
            "title": settings.FORUM_TITLE,
            "description": "Warnings about adversarial distillation, shared between AI labs.",
            "contact": settings.FORUM_CONTACT,
            "default": api_root,
            "api_roots": [api_root],
        }
        return answers.resource({name: value for name, value in resource.items() if value})
