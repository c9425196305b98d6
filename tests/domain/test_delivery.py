"""Who may have got a thing, from when each key had read past its versions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from indicators.domain.delivery import Shown, got


NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def at(minutes: int) -> datetime:
    return NOON + timedelta(minutes=minutes)


READ = {5: at(1), 11: at(5), 20: at(5), 30: at(9), 40: at(9)}


def test_a_key_got_what_it_read_past_while_the_words_stood() -> None:
    assert got(READ, [Shown(20, None)]) == at(5)
    assert got(READ, [Shown(20, at(6))]) == at(5)
    assert got(READ, [Shown(40, None)]) == at(9)


def test_a_key_did_not_get_what_it_read_past_too_late_or_never() -> None:
    assert got(READ, [Shown(20, at(4))]) is None
    assert got(READ, [Shown(41, None)]) is None
    assert got({}, [Shown(1, None)]) is None


def test_the_minute_in_which_the_words_went_counts() -> None:
    assert got(READ, [Shown(20, at(5))]) == at(5)


def test_any_version_will_do() -> None:
    assert got(READ, [Shown(11, at(2)), Shown(30, None)]) == at(9)
    assert got(READ, [Shown(5, at(2)), Shown(30, None)]) == at(1)
