"""Who may have got a thing, from how far each key had read when."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.delivery import Passed, Shown, first_past, got


NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


READ = [Passed(10, at(1)), Passed(25, at(5)), Passed(40, at(9))]


def test_a_key_got_what_it_read_past_while_the_words_stood() -> None:
    assert got(READ, [Shown(20, None)]) == at(5)
    assert got(READ, [Shown(20, at(6))]) == at(5)
    assert got(READ, [Shown(40, None)]) == at(9)


def test_a_key_did_not_get_what_it_read_past_too_late_or_never() -> None:
    assert got(READ, [Shown(20, at(4))]) is None
    assert got(READ, [Shown(41, None)]) is None
    assert got([], [Shown(1, None)]) is None


def test_the_minute_in_which_the_words_went_counts() -> None:
    assert got(READ, [Shown(20, at(5))]) == at(5)


def test_any_version_will_do() -> None:
    assert got(READ, [Shown(11, at(2)), Shown(30, None)]) == at(9)
    assert got(READ, [Shown(5, at(2)), Shown(30, None)]) == at(1)


@given(st.lists(st.tuples(st.integers(1, 50), st.integers(0, 50)), max_size=12), st.integers(0, 60))
def test_the_first_passage_is_the_earliest_that_reached_so_far(
    steps: list[tuple[int, int]], position: int
) -> None:
    passages, place, minute = [], 0, 0
    for further, later in steps:
        place, minute = place + further, minute + later
        passages.append(Passed(place, at(minute)))
    reached = [each.minute for each in passages if each.position >= position]
    assert first_past(passages, position) == min(reached, default=None)
