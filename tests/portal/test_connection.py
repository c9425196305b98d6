"""The light of a lab's clients, and what each answer means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from indicators.members.asked import Asked
from indicators.models.member import PollMark
from indicators.portal.connection import Line, light
from indicators.portal.hints import hint


NOON = datetime(2026, 11, 29, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def line(status: int, *, what: str = "objects", ago: timedelta = MINUTE) -> Line:
    asked = Asked(NOON - ago, "yg6f3sos", what, status)
    return Line(asked, hint(asked))


def mark(ago: timedelta) -> PollMark:
    return PollMark(last_position=1, last_minute=NOON - ago)


def test_nothing_asked_is_waited_for() -> None:
    assert (light([], [], now=NOON).tone, light([], [], now=NOON).since) == ("warn", None)


def test_what_is_no_poll_is_waited_on() -> None:
    assert light([line(200, what="discovery")], [], now=NOON).tone == "warn"


def test_a_push_is_no_poll() -> None:
    assert light([line(202)], [], now=NOON).tone == "warn"


def test_a_page_makes_it_green() -> None:
    found = light([line(200)], [], now=NOON)
    assert (found.tone, found.since) == ("good", NOON - MINUTE)


def test_so_does_a_poll_that_nobody_remembers_but_the_hub() -> None:
    assert light([], [mark(9 * MINUTE)], now=NOON).since == NOON - 9 * MINUTE


def test_a_client_that_is_silent_for_a_day_has_stopped() -> None:
    assert light([], [mark(timedelta(hours=25))], now=NOON).tone == "warn"
    assert light([], [mark(timedelta(hours=23))], now=NOON).tone == "good"


def test_refused_since_is_red() -> None:
    assert light([line(401), line(200, ago=2 * MINUTE)], [mark(2 * MINUTE)], now=NOON).tone == "bad"


def test_refused_before_is_over() -> None:
    assert light([line(200), line(401, ago=2 * MINUTE)], [], now=NOON).tone == "good"


@pytest.mark.parametrize("status", [200, 202, 304, 400, 401, 403, 404, 405, 406, 413, 415, 422, 429,
                                    500, 502, 503])  # fmt: skip
def test_every_answer_means_something(status: int) -> None:
    assert line(status).hint.endswith((".", "Retry-After."))


def test_an_address_that_there_is_not_is_told_from_a_thing_that_is_not_there() -> None:
    assert line(404, what="no such address").hint != line(404).hint
