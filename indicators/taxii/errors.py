"""What the TAXII doors refuse beside what all doors do, as error resources (TAXII 2.1 §3.6.1)."""

from __future__ import annotations

from django.http import HttpResponse
from rest_framework.exceptions import NotAcceptable

from indicators.doors.refusals import Refusal, Refusals, from_intake
from indicators.feed.cursor import CursorError
from indicators.taxii import answers
from indicators.taxii.body import BodyTooLarge, MediaTypeRefused
from indicators.taxii.query import QueryError


def _answer(refusal: Refusal, words: str, error_id: str) -> HttpResponse:
    return answers.resource(
        {
            "title": refusal.heading,
            "description": words,
            "error_id": error_id,
            "error_code": refusal.code,
            "http_status": str(refusal.status),
        },
        status=refusal.status,
        headers=refusal.headers,
    )


REFUSALS = Refusals(
    own=(
        (QueryError, Refusal(400, "bad-query")),
        (CursorError, Refusal(400, "bad-next")),
        (MediaTypeRefused, Refusal(415, "unsupported-media-type")),
        (BodyTooLarge, Refusal(413, "too-large")),
        (
            NotAcceptable,
            Refusal(406, "not-acceptable", f"This hub speaks {answers.MEDIA_TYPE} only."),
        ),
    ),
    answer=_answer,
    made=from_intake,
)
