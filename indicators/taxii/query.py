"""URL parameters to a question of the feed (TAXII 2.1 §3.4), lenient where clients differ.

Unknown parameters and empty values are ignored, `limit` above the cap is capped (by the feed); with
`next`, filters beside it are ignored, since it carries its own (OpenCTI sends both).
Refuses: a repeated filter (two readers would take different ones), text that is no text (NUL, bad
encoding), and times that leave room for a guess.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import UTC, datetime

from rest_framework.request import Request

from indicators.feed.filters import Filters, Versions
from indicators.feed.pages import Question


ADDED_AFTER, LIMIT, NEXT = "added_after", "limit", "next"
ID, TYPE, VERSION, SPEC_VERSION = (
    "match[id]",
    "match[type]",
    "match[version]",
    "match[spec_version]",
)

MAX_FILTERS_LENGTH = 4096  # characters, decoded; `next` beside them has its own limit
MAX_NEXT_LENGTH = 8192
# `%00`, and what Django puts in the place of bytes that are not UTF-8.
_NOT_TEXT = re.compile("[\x00\ufffd]")
# A `+` in a URL arrives as a space.
_MOMENT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{0,9}))?(?:[Zz]|[-+ ]00:00)?", re.ASCII
)
_LIMIT = re.compile(r"0*([1-9][0-9]*)")
_LIMIT_DIGITS = 9  # more than any cap


class QueryError(Exception):
    """A URL parameter that cannot be understood; the message names it."""


def question(
    request: Request,
    *,
    accepts: Collection[str],
    stix_id: str = "",
    versions: Versions | None = None,
) -> Question:
    """What is asked. `accepts`: the filters of this resource, any other parameter is ignored.

    stix_id and versions are fixed by the path and win over the query.

    Raises:
        QueryError: a parameter is repeated, too long, no text, or not what it should be.
    """
    given = _given(request, {*accepts, LIMIT, NEXT})
    onward = given.pop(NEXT, "")
    limit = _limit(given.pop(LIMIT)) if LIMIT in given else None
    if onward:
        return Question(Filters(), onward, limit)
    filters = Filters(
        added_after=_moment(ADDED_AFTER, given[ADDED_AFTER]) if ADDED_AFTER in given else None,
        ids=(stix_id,) if stix_id else _listed(given.get(ID, "")),
        types=_listed(given.get(TYPE, "")),
        spec_versions=_listed(given.get(SPEC_VERSION, "")),
        versions=versions or _versions(given.get(VERSION, "")),
    )
    return Question(filters, "", limit)


def single(request: Request, name: str) -> str:
    """One parameter, "" if it is missing; raises QueryError as `question` does."""
    return _given(request, {name}).get(name, "")


def _given(request: Request, known: Collection[str]) -> dict[str, str]:
    given = {}
    for name, values in request.query_params.lists():
        if name not in known:
            continue
        if len(values) > 1:
            raise QueryError(
                f"{name} is given {len(values)} times; give it once, joined by commas."
            )
        if values[0]:
            given[name] = _text(name, values[0])
    if sum(len(value) for name, value in given.items() if name != NEXT) > MAX_FILTERS_LENGTH:
        raise QueryError(f"The filters are longer than {MAX_FILTERS_LENGTH} characters together.")
    return given


def _text(name: str, value: str) -> str:
    if _NOT_TEXT.search(value):
        raise QueryError(f"{name} holds a NUL or bytes that are not UTF-8.")
    if len(value) > MAX_NEXT_LENGTH:
        raise QueryError(f"{name} is longer than {MAX_NEXT_LENGTH} characters.")
    return value


def _limit(text: str) -> int:
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise QueryError("limit must be a whole number from 1 on.")
    return int(match[1]) if len(match[1]) <= _LIMIT_DIGITS else 10**_LIMIT_DIGITS


def _moment(name: str, text: str) -> datetime:
    match = _MOMENT.fullmatch(text)
    if match is None:
        raise _no_moment(name)
    day, time, fraction = match.groups()
    # Digits beyond the microsecond are cut, never rounded up: up would skip an object.
    microseconds = (fraction or "")[:6].ljust(6, "0")
    try:
        return datetime.fromisoformat(f"{day}T{time}.{microseconds}").replace(tzinfo=UTC)
    except ValueError:
        raise _no_moment(name) from None


def _no_moment(name: str) -> QueryError:
    return QueryError(f"{name} must be a time in UTC such as 2026-01-31T12:00:00.000000Z.")


def _versions(text: str) -> Versions:
    """Without a version the latest is meant (TAXII 2.1 §3.4.1)."""
    asked = set(_listed(text)) or {"last"}
    return Versions(
        every="all" in asked,
        first="first" in asked,
        last="last" in asked,
        at=tuple(sorted(_moment(VERSION, one) for one in asked - {"all", "first", "last"})),
    )


def _listed(text: str) -> tuple[str, ...]:
    """Distinct values, in a fixed order so that equal questions give equal cursors."""
    return tuple(sorted({value.strip() for value in text.split(",")} - {""}))
