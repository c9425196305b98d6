"""By when a person should have looked."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.office_hours import Target


FOUR_HOURS = Target(
    allowance=timedelta(hours=4),
    weekdays=frozenset({1, 2, 3, 4, 5}),
    opens=time(9),
    closes=time(17),
    closed=frozenset({date(2026, 12, 25)}),
)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("since", "due"),
    [
        ("2026-11-24T10:00", "2026-11-24T14:00"),
        ("2026-11-24T13:00", "2026-11-24T17:00"),
        ("2026-11-24T15:30", "2026-11-25T11:30"),
        ("2026-11-24T03:00", "2026-11-24T13:00"),
        ("2026-11-24T20:00", "2026-11-25T13:00"),
        ("2026-11-27T16:00", "2026-11-30T12:00"),  # a Friday
        ("2026-12-24T16:00", "2026-12-28T12:00"),  # Friday is a holiday
    ],
)
def test_the_clock_runs_in_office_hours_alone(since: str, due: str) -> None:
    assert FOUR_HOURS.due(at(since)) == at(due)


@given(st.timedeltas(timedelta(), timedelta(days=365)), st.timedeltas(timedelta(), timedelta(9)))
def test_what_comes_later_is_due_later_and_never_outside_office_hours(
    into_the_year: timedelta, later: timedelta
) -> None:
    since = at("2026-01-01T00:00") + into_the_year
    due = FOUR_HOURS.due(since)
    assert since + FOUR_HOURS.allowance <= due <= FOUR_HOURS.due(since + later)
    assert due.isoweekday() <= 5
    assert time(9) < due.time() <= time(17)


@given(
    st.timedeltas(timedelta(), timedelta(days=365)),
    st.timedeltas(timedelta(-40), timedelta(40)),
)
def test_over_target_is_what_came_in_before_one_moment(
    into_the_year: timedelta, away: timedelta
) -> None:
    now = at("2026-01-01T00:00") + into_the_year
    before = FOUR_HOURS.overdue_before(now)
    since = before + away
    assert (FOUR_HOURS.due(since) < now) == (since < before)
    assert FOUR_HOURS.due(before - timedelta(microseconds=1)) < now <= FOUR_HOURS.due(before)
