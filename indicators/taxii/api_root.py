"""GET /forum/ (TAXII 2.1 §4.2)."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse
from rest_framework.request import Request

from indicators.taxii import answers
from indicators.taxii.views import TAXIIView


class APIRoot(TAXIIView):
    """What this root speaks and how much it takes at once."""

    def get(self, _request: Request) -> HttpResponse:
        return answers.resource(
            {
                "title": settings.FORUM_TITLE,
                # Exactly this one: Microsoft Sentinel rejects a root that lists anything else.
                "versions": [answers.MEDIA_TYPE],
                "max_content_length": settings.MAX_CONTENT_LENGTH,
            }
        )
