"""Resources as HTTP answers.

Promises: the Content-Type is exactly MEDIA_TYPE, which taxii2-client insists on; nothing is stored
by a cache between, since every answer depends on who asks.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

from django.http import HttpResponse

from indicators.feed.pages import Page


MEDIA_TYPE = "application/taxii+json;version=2.1"
STIX_MEDIA_TYPE = "application/stix+json;version=2.1"


def resource(
    content: Mapping[str, object], *, status: int = 200, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    """A TAXII resource of a few properties."""
    return _answer(json.dumps(content).encode(), status=status, headers=headers or {})


def page(read: Page) -> HttpResponse:
    """A page of the feed, with the dates by which a client may go on (TAXII 2.1 §3.3)."""
    headers = {}
    if read.first and read.last:
        headers = {"X-TAXII-Date-Added-First": read.first, "X-TAXII-Date-Added-Last": read.last}
    return _answer(read.content, status=200, headers=headers)


def _answer(content: bytes, *, status: int, headers: Mapping[str, str]) -> HttpResponse:
    return HttpResponse(
        content,
        status=status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "private, no-store", **headers},
    )
