"""The calendar of keys."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.matching.quarters import AHEAD, OVERLAP, Quarter, due, quarter_at, quarter_of


moments = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001  hypothesis adds the zone
    timezones=st.just(UTC),
)


@given(moments)
def test_every_moment_lies_in_its_quarter(moment: datetime) -> None:
    quarter = quarter_at(moment)
    assert quarter.starts <= moment < quarter.next.starts
    assert quarter.not_after == quarter.next.starts + OVERLAP


@given(moments)
def test_an_epoch_s_id_leads_back_to_its_quarter_and_sorts_by_time(moment: datetime) -> None:
    quarter = quarter_at(moment)
    first = quarter.epoch(set())
    second = quarter.epoch({first})
    assert quarter_of(first) == quarter_of(second) == quarter
    assert first < second < quarter.next.epoch(set())


@given(moments)
def test_the_next_key_is_made_two_weeks_ahead(moment: datetime) -> None:
    this = quarter_at(moment)
    assert due(moment) == ([this, this.next] if moment >= this.next.starts - AHEAD else [this])


def test_a_moment_counts_in_utc() -> None:
    from_east = datetime.fromisoformat("2027-01-01T02:00:00+05:00")
    assert quarter_at(from_east) == Quarter(2026, 4)


def test_a_key_is_replaced_under_the_next_letter() -> None:
    assert Quarter(2026, 4).epoch({"2026Q4", "2026Q4b"}) == "2026Q4c"


def test_the_letters_end() -> None:
    used = {"2026Q4", *(f"2026Q4{letter}" for letter in "bcdefghijklmnopqrstuvwxyz")}
    with pytest.raises(ValueError, match="no letter left"):
        Quarter(2026, 4).epoch(used)


@pytest.mark.parametrize("text", ["", "2026Q5", "2026Q0", "2026Q4a", "2026Q4bb", "26Q4", "2026q4"])
def test_what_is_no_epoch_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no epoch"):
        quarter_of(text)


def test_the_overlap_is_thirty_days() -> None:
    assert quarter_of("2026Q4").not_after == datetime(2027, 1, 31, tzinfo=UTC)
    assert timedelta(days=30) == OVERLAP
