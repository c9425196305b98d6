"""What every REST view shares, beside what all views for machines do."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property

from django.http import HttpResponse
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

from indicators.doors import body, clock
from indicators.doors.view import MachineView
from indicators.doors.view import unknown as unknown_below
from indicators.rest.errors import REFUSALS, MediaTypeRefused


_JSON = "application/json"


class AsIs(BaseContentNegotiation):
    """A resource has one representation, whatever a client says it accepts (RFC 9110, 12.4.1)."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> None:
        """Bodies are read raw."""

    def select_renderer(
        self, _request: Request, _renderers: Iterable[BaseRenderer], _suffix: str | None = None
    ) -> tuple[None, str]:
        return None, ""


class RESTView(MachineView):
    """Base of the resources."""

    refusals = REFUSALS
    content_negotiation_class = AsIs

    @cached_property
    def now(self) -> datetime:
        """The one moment of this request."""
        return clock.now()


def as_json(content: Mapping[str, object], *, status: int = 200) -> HttpResponse:
    text = json.dumps(content).encode()
    return as_bytes(text, content_type="application/json", status=status)


def as_bytes(
    content: bytes,
    *,
    content_type: str,
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    kept = {"Cache-Control": "private, no-store", **(headers or {})}
    return HttpResponse(content, content_type=content_type, status=status, headers=kept)


def json_body(request: Request, longest: int) -> bytes:
    """The body of a call that takes JSON.

    Raises:
        MediaTypeRefused: by its type or encoding.
        TooLong: longer than a call may be.
    """
    media = (request.content_type or "").partition(";")[0].strip().lower()
    if media != _JSON or body.is_encoded(request):
        raise MediaTypeRefused(f"Send {_JSON}, without Content-Encoding.")
    return body.read(request, longest)


unknown = unknown_below(REFUSALS)
