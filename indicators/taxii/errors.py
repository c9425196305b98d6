"""Every refusal of the TAXII doors, in one table, as TAXII error resources (TAXII 2.1 §3.6.1).

Promises: each error carries an `error_id` that our log knows and a stable `error_code`; its words
hold nothing but what the caller sent or may see. What is unknown to the table is a 500 that carries
a reference only.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from rest_framework import exceptions as rest

from indicators.doors.credential import CHALLENGES
from indicators.feed.cursor import CursorError
from indicators.intake.errors import IntakeError
from indicators.members.access import CollectionMissing, RightMissing
from indicators.members.authenticate import AuthenticationFailed
from indicators.taxii import answers
from indicators.taxii.body import BodyTooLarge, MediaTypeRefused
from indicators.taxii.query import QueryError


logger = logging.getLogger(__name__)

RETRY_AFTER = 5  # seconds


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one kind of error looks outside; without a description, in the exception's own words."""

    status: int
    code: str
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    title: str = ""

    @property
    def heading(self) -> str:
        return self.title or HTTPStatus(self.status).phrase


_MISSING = Refusal(404, "not-found", "There is nothing here that this credential may see.")
_BROKEN_REQUEST = Refusal(400, "bad-request", "The request could not be read.")
_FORBIDDEN = Refusal(403, "forbidden", "This is not permitted.")
_UNAUTHORISED = Refusal(
    401,
    "unauthorized",
    "Prove a live credential: Basic with its id and token, or the token as Bearer, Token or "
    "X-API-Key.",
    {"WWW-Authenticate": CHALLENGES},
)
_AWAY = Refusal(
    503,
    "unavailable",
    "The hub cannot answer at the moment; nothing was taken. Try again.",
    {"Retry-After": str(RETRY_AFTER)},
)
_FAULT = Refusal(500, "server-error", "Something went wrong on our side; the error_id finds it.")

# The first row that fits wins. Only exceptions whose words are ours go without a description.
_TABLE: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Refusal], ...] = (
    ((AuthenticationFailed, rest.NotAuthenticated, rest.AuthenticationFailed), _UNAUTHORISED),
    ((CollectionMissing, Http404, rest.NotFound), _MISSING),
    (RightMissing, Refusal(403, "forbidden")),
    ((PermissionDenied, rest.PermissionDenied), _FORBIDDEN),
    (QueryError, Refusal(400, "bad-query")),
    (CursorError, Refusal(400, "bad-next")),
    (MediaTypeRefused, Refusal(415, "unsupported-media-type")),
    (BodyTooLarge, Refusal(413, "too-large")),
    (
        rest.NotAcceptable,
        Refusal(406, "not-acceptable", f"This hub speaks {answers.MEDIA_TYPE} only."),
    ),
    (
        rest.MethodNotAllowed,
        Refusal(405, "method-not-allowed", "The header Allow lists the methods of this resource."),
    ),
    ((BadRequest, SuspiciousOperation, UnreadablePostError), _BROKEN_REQUEST),
    ((OperationalError, InterfaceError), _AWAY),
)
_INTAKE_CODES = {
    400: "bad-envelope",
    413: "too-large",
    415: "unsupported-media-type",
    422: "unprocessable",
    429: "too-many-requests",
    503: "unavailable",
}


def handle(exception: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler for the TAXII views."""
    return _answer(context["request"], _refusal(exception), exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, _BROKEN_REQUEST, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, _FORBIDDEN, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, _MISSING, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, _FAULT, None)


def _refusal(exception: Exception) -> Refusal:
    if isinstance(exception, IntakeError):
        return _from_intake(exception)
    return next((row for kinds, row in _TABLE if isinstance(exception, kinds)), _FAULT)


def _from_intake(error: IntakeError) -> Refusal:
    wait = {} if error.retry_after is None else {"Retry-After": str(error.retry_after)}
    code = _INTAKE_CODES.get(error.http_status, "bad-envelope")
    return Refusal(error.http_status, code, error.description, wait, error.title)


def _answer(request: HttpRequest, refusal: Refusal, exception: Exception | None) -> HttpResponse:
    error_id = str(uuid.uuid4())
    _log(request, refusal, exception, error_id)
    return answers.resource(
        {
            "title": refusal.heading,
            "description": refusal.description or str(exception),
            "error_id": error_id,
            "error_code": refusal.code,
            "http_status": str(refusal.status),
        },
        status=refusal.status,
        headers=refusal.headers,
    )


def _log(
    request: HttpRequest, refusal: Refusal, exception: Exception | None, error_id: str
) -> None:
    ours = refusal.status >= HTTPStatus.INTERNAL_SERVER_ERROR
    logger.log(
        logging.ERROR if ours else logging.INFO,
        "%s %s: %s %s, error_id %s",
        request.method,
        request.path,
        refusal.status,
        refusal.code,
        error_id,
        exc_info=exception if ours else None,
    )
