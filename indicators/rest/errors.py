"""Every refusal of the REST doors, in one table, as problem details (RFC 9457).

Promises: each carries an `error_id` that our log knows and a stable `code`; its words hold nothing
but what the caller sent or may see, and never a body. What is unknown to the table is a 500 that
carries a reference only.
"""

from __future__ import annotations

import json
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

from indicators.doors.body import TooLong
from indicators.doors.credential import CHALLENGES
from indicators.matching import errors as matching
from indicators.members.access import RightMissing
from indicators.members.authenticate import AuthenticationFailed


logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
RETRY_AFTER = 5  # seconds


class BadHeader(Exception):  # noqa: N818  reads as the sentence it is
    """A header that cannot be used; the message names it and what it may hold."""


class MediaTypeRefused(Exception):  # noqa: N818  reads as the sentence it is
    """A body in a type or encoding that is not taken; the message names what is."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one kind of error looks outside; without a detail, in the exception's own words."""

    status: int
    code: str
    detail: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


_SOON = {"Retry-After": str(RETRY_AFTER)}
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
    503, "unavailable", "The hub cannot answer at the moment; nothing was done. Try again.", _SOON
)
_NO_KEYS = Refusal(
    503,
    "no-key",
    "The evaluator has no key in place for this. Nothing was charged; tell its operator.",
    {"Retry-After": "60"},
)
_FAULT = Refusal(500, "server-error", "Something went wrong on our side; the error_id finds it.")

# The first row that fits wins. Only exceptions whose words are ours go without a detail.
_TABLE: tuple[tuple[type[Exception] | tuple[type[Exception], ...], Refusal], ...] = (
    ((AuthenticationFailed, rest.NotAuthenticated, rest.AuthenticationFailed), _UNAUTHORISED),
    ((Http404, rest.NotFound), _MISSING),
    (RightMissing, Refusal(403, "forbidden")),
    ((PermissionDenied, rest.PermissionDenied), _FORBIDDEN),
    (matching.UnknownKeyError, Refusal(404, "unknown-key")),
    (matching.KeyOverError, Refusal(410, "epoch-over")),
    (matching.BadElementsError, Refusal(400, "bad-elements")),
    (matching.TooManyElementsError, Refusal(413, "too-large")),
    (matching.KeyReusedError, Refusal(409, "key-reused")),
    (matching.BusyError, Refusal(429, "busy", headers={"Retry-After": "1"})),
    ((matching.SeedMissingError, matching.TokenKeysError), _NO_KEYS),
    (TooLong, Refusal(413, "too-large", "The body is longer than this resource takes.")),
    (BadHeader, Refusal(400, "bad-header")),
    (MediaTypeRefused, Refusal(415, "unsupported-media-type")),
    (
        rest.MethodNotAllowed,
        Refusal(405, "method-not-allowed", "The header Allow lists the methods of this resource."),
    ),
    ((BadRequest, SuspiciousOperation, UnreadablePostError), _BROKEN_REQUEST),
    ((OperationalError, InterfaceError), _AWAY),
)


def handle(exception: Exception, context: Mapping[str, Any]) -> HttpResponse:
    """DRF's exception handler for the REST views."""
    request = context["request"]
    if isinstance(exception, matching.BudgetSpentError):
        return _spent(request, exception, context["view"].now)
    return _answer(request, _refusal(exception), exception)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, _BROKEN_REQUEST, exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, _FORBIDDEN, exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return _answer(request, _MISSING, exception)


def server_error(request: HttpRequest) -> HttpResponse:
    return _answer(request, _FAULT, None)


def _refusal(exception: Exception) -> Refusal:
    return next((row for kinds, row in _TABLE if isinstance(exception, kinds)), _FAULT)


def _spent(request: HttpRequest, spent: matching.BudgetSpentError, now: Any) -> HttpResponse:
    wait = max(1, int((spent.resets_at - now).total_seconds()) + 1)
    refusal = Refusal(429, "budget-spent", headers={"Retry-After": str(wait)})
    facts = {
        "kind": spent.kind,
        "used": spent.used,
        "cap": spent.cap,
        "resets_at": f"{spent.resets_at:%Y-%m-%dT%H:%M:%SZ}",
    }
    return _answer(request, refusal, spent, facts)


def _answer(
    request: HttpRequest,
    refusal: Refusal,
    exception: Exception | None,
    facts: Mapping[str, object] | None = None,
) -> HttpResponse:
    error_id = str(uuid.uuid4())
    _log(request, refusal, exception, error_id)
    problem = {
        "type": "about:blank",
        "title": HTTPStatus(refusal.status).phrase,
        "status": refusal.status,
        "detail": refusal.detail or str(exception),
        "code": refusal.code,
        "error_id": error_id,
        **(facts or {}),
    }
    return HttpResponse(
        json.dumps(problem).encode(),
        status=refusal.status,
        content_type=MEDIA_TYPE,
        headers={"Cache-Control": "private, no-store", **refusal.headers},
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
