"""How machines are refused: one table of what all their doors have in common, and each door's own.

Promises: each answer carries an `error_id` that our log knows and a stable code; its words hold
nothing but what the caller sent or may see. What is unknown to the tables is a 500 that carries a
reference only. A door says alone what its answers look like.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any, TypeAlias

from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from rest_framework import exceptions as rest

from indicators.doors.credential import CHALLENGES
from indicators.intake.errors import IntakeError
from indicators.members.access import CollectionMissing, RightMissing
from indicators.members.authenticate import AuthenticationFailed


logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Refusal:
    """How one kind of error looks outside; without a description, in the exception's own words."""

    status: int
    code: str
    description: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    title: str = ""
    facts: Mapping[str, object] = field(default_factory=dict)
    """What else a program may read from it, by name."""

    @property
    def heading(self) -> str:
        return self.title or HTTPStatus(self.status).phrase


Table: TypeAlias = tuple[tuple[type[Exception] | tuple[type[Exception], ...], Refusal], ...]

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
    {"Retry-After": "5"},
)
_FAULT = Refusal(500, "server-error", "Something went wrong on our side; the error_id finds it.")

# Only exceptions whose words are ours go without a description.
_COMMON: Table = (
    ((AuthenticationFailed, rest.NotAuthenticated, rest.AuthenticationFailed), _UNAUTHORISED),
    ((CollectionMissing, Http404, rest.NotFound), _MISSING),
    (RightMissing, Refusal(403, "forbidden")),
    ((PermissionDenied, rest.PermissionDenied), _FORBIDDEN),
    (
        rest.MethodNotAllowed,
        Refusal(405, "method-not-allowed", "The header Allow lists the methods of this resource."),
    ),
    ((BadRequest, SuspiciousOperation, UnreadablePostError), _BROKEN_REQUEST),
    ((OperationalError, InterfaceError), _AWAY),
)


INTAKE_CODES = {
    400: "bad-envelope",
    413: "too-large",
    415: "unsupported-media-type",
    422: "unprocessable",
    429: "too-many-requests",
    503: "unavailable",
}


def from_intake(exception: Exception) -> Refusal | None:
    """What intake refuses, in its own words and with its own status."""
    if not isinstance(exception, IntakeError):
        return None
    wait = {} if exception.retry_after is None else {"Retry-After": str(exception.retry_after)}
    code = INTAKE_CODES.get(exception.http_status, "bad-envelope")
    return Refusal(exception.http_status, code, exception.description, wait, exception.title)


def _none_made(_exception: Exception) -> Refusal | None:
    return None


@dataclass(frozen=True, slots=True)
class Refusals:
    """The refusals of one kind of door."""

    own: Table
    """The first row that fits wins; these come before what all doors have in common."""
    answer: Callable[[Refusal, str, str], HttpResponse]
    """From a refusal, its words and the error's id to what this door answers."""
    made: Callable[[Exception], Refusal | None] = _none_made
    """For exceptions that carry more than their words."""

    def handle(self, exception: Exception, context: Mapping[str, Any]) -> HttpResponse:
        """DRF's exception handler."""
        return self._refuse(context["request"], self._of(exception), exception)

    def bad_request(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        return self._refuse(request, _BROKEN_REQUEST, exception)

    def permission_denied(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        return self._refuse(request, _FORBIDDEN, exception)

    def not_found(self, request: HttpRequest, exception: Exception) -> HttpResponse:
        return self._refuse(request, _MISSING, exception)

    def server_error(self, request: HttpRequest) -> HttpResponse:
        return self._refuse(request, _FAULT, None)

    def _of(self, exception: Exception) -> Refusal:
        made = self.made(exception)
        if made is not None:
            return made
        rows = (*self.own, *_COMMON)
        return next((row for kinds, row in rows if isinstance(exception, kinds)), _FAULT)

    def _refuse(
        self, request: HttpRequest, refusal: Refusal, exception: Exception | None
    ) -> HttpResponse:
        error_id = str(uuid.uuid4())
        _log(request, refusal, exception, error_id)
        return self.answer(refusal, refusal.description or str(exception), error_id)


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
