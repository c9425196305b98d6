"""What every REST view shares: how it is called, refused and answered.

Promises: no cookie, no session, no parser; the credential is proven before a byte of the body is
read; `Allow` on every answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.views import APIView

from indicators.doors import clock
from indicators.doors.credential import CredentialAuthentication, Proven
from indicators.members.authenticate import Principal
from indicators.rest import errors


class AsIs(BaseContentNegotiation):
    """A resource has one representation, whatever a client says it accepts (RFC 9110, 12.4.1)."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> None:
        """Bodies are read raw."""

    def select_renderer(
        self, _request: Request, _renderers: Iterable[BaseRenderer], _suffix: str | None = None
    ) -> tuple[None, str]:
        return None, ""


class RESTView(APIView):
    """Base of the resources."""

    authentication_classes = (CredentialAuthentication,)
    permission_classes = (Proven,)
    content_negotiation_class = AsIs
    parser_classes = ()
    renderer_classes = ()
    throttle_classes = ()

    @property
    def principal(self) -> Principal:
        return cast("Principal", self.request.user)

    @cached_property
    def now(self) -> datetime:
        """The one moment of this request."""
        return clock.now()

    def get_exception_handler(self) -> Any:
        return errors.handle

    def options(self, _request: Request, **_path: str) -> HttpResponse:  # type: ignore[override]  # DRF says Response
        """DRF's own would describe the view; `Allow` says it all, and it is on every answer."""
        return HttpResponse(status=200)


def as_json(content: Mapping[str, object]) -> HttpResponse:
    return as_bytes(json.dumps(content).encode(), content_type="application/json")


def as_bytes(
    content: bytes, *, content_type: str, headers: Mapping[str, str] | None = None
) -> HttpResponse:
    kept = {"Cache-Control": "private, no-store", **(headers or {})}
    return HttpResponse(content, content_type=content_type, headers=kept)


@csrf_exempt
def unknown(request: HttpRequest) -> HttpResponse:
    """Any path below /api/ that names no resource."""
    return errors.not_found(request, Http404())
