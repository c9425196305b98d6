from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.stix.times import cut_down, round_up


MOMENTS = st.datetimes(
    datetime(1970, 1, 1),  # noqa: DTZ001  hypothesis adds the time zone
    datetime(2100, 12, 31),  # noqa: DTZ001  as above
    timezones=st.just(UTC),
)


@given(MOMENTS, st.sampled_from(["hour", "day"]))
def test_a_moment_lies_between_what_it_is_cut_and_rounded_to(moment: datetime, unit: str) -> None:
    begun, next_ = cut_down(moment, unit), round_up(moment, unit)
    assert begun <= moment <= next_
    assert (begun == next_) == (moment == begun)


@pytest.mark.parametrize("day", [1, 2, 4])
def test_the_first_week_begins_with_its_year(day: int) -> None:
    assert cut_down(datetime(1970, 1, day, 5, tzinfo=UTC), "week") == datetime(
        1970, 1, 1, tzinfo=UTC
    )
    assert cut_down(datetime(1970, 1, 5, 5, tzinfo=UTC), "week").day == 5
