"""What the REST doors refuse beside what all doors do, as problem details (RFC 9457)."""

from __future__ import annotations

import json

from django.http import HttpResponse

from indicators.doors.body import TooLong
from indicators.doors.refusals import Refusal, Refusals, from_intake
from indicators.intake.feedback import FeedbackError
from indicators.matching import errors as matching
from indicators.pipeline.questions import QuestionError


class BadHeader(Exception):  # noqa: N818  reads as the sentence it is
    """A header that cannot be used; the message names it and what it may hold."""


class MediaTypeRefused(Exception):  # noqa: N818  reads as the sentence it is
    """A body in a type or encoding that is not taken; the message names what is."""


_NO_KEYS = Refusal(
    503,
    "no-key",
    "The evaluator has no key in place for this. Nothing was charged; tell its operator.",
    {"Retry-After": "60"},
)


def _answer(refusal: Refusal, words: str, error_id: str) -> HttpResponse:
    problem = {
        "type": "about:blank",
        "title": refusal.heading,
        "status": refusal.status,
        "detail": words,
        "code": refusal.code,
        "error_id": error_id,
        **refusal.facts,
    }
    return HttpResponse(
        json.dumps(problem).encode(),
        status=refusal.status,
        content_type="application/problem+json",
        headers={"Cache-Control": "private, no-store", **refusal.headers},
    )


def _made(exception: Exception) -> Refusal | None:
    if not isinstance(exception, matching.BudgetSpentError):
        return from_intake(exception)
    return Refusal(
        429,
        "budget-spent",
        headers={"Retry-After": str(exception.retry_after)},
        facts={
            "kind": exception.kind,
            "used": exception.used,
            "cap": exception.cap,
            "resets_at": f"{exception.resets_at:%Y-%m-%dT%H:%M:%SZ}",
        },
    )


REFUSALS = Refusals(
    own=(
        (matching.UnknownKeyError, Refusal(404, "unknown-key")),
        (matching.KeyOverError, Refusal(410, "epoch-over")),
        (matching.BadElementsError, Refusal(400, "bad-elements")),
        (matching.TooManyElementsError, Refusal(413, "too-large")),
        (matching.KeyReusedError, Refusal(409, "key-reused")),
        (matching.BusyError, Refusal(429, "busy", headers={"Retry-After": "1"})),
        ((matching.SeedMissingError, matching.TokenKeysError), _NO_KEYS),
        (TooLong, Refusal(413, "too-large", "The body is longer than this resource takes.")),
        (BadHeader, Refusal(400, "bad-header")),
        (FeedbackError, Refusal(422, "bad-feedback")),
        (QuestionError, Refusal(422, "bad-question")),
        (MediaTypeRefused, Refusal(415, "unsupported-media-type")),
    ),
    answer=_answer,
    made=_made,
)
