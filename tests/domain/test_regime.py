"""What law is in force on a day, by dated data alone."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.outcomes import Held, Reason
from indicators.domain.regime import (
    LONGEST_LABEL,
    SWITCHES,
    RegimeError,
    Table,
    check_paused,
    current_table,
    read_table,
    stamp,
)


REGIME = """
[[regimes]]
code = "{code}"
title = "An Act"
jurisdiction = "US"
about = "What it is."
otherwise = "Not in force: {code}."
inforce = "In force: {code}."
periods = [{periods}]
"""
PERIOD = '{{ begin = {}, end = {}, dated_by = "A. Counsel", dated_on = 2029-12-01 }}'
TWO = (PERIOD.format("2030-01-01", "2030-06-30"), PERIOD.format("2030-09-01", "2030-12-31"))


def table(
    periods: str = ", ".join(TWO), pauses: str = "personal_tokens = []", **more: str
) -> Table:
    acts = REGIME.format(code="act", periods=periods)
    others = "".join(REGIME.format(code=code, periods=each) for code, each in more.items())
    return read_table(f'version = "v9"\n{acts}{others}\n[pauses]\n{pauses}\n')


def test_nothing_is_in_force_until_counsel_dates_it() -> None:
    shipped = current_table()
    assert all(each.periods == () for each in shipped.regimes)
    for year in range(2015, 2060):
        assert shipped.in_force(date(year, 7, 1)) == ()
        assert shipped.label(date(year, 7, 1)) == f"{shipped.version}/none"
        assert shipped.paused(date(year, 7, 1)) == frozenset()
    assert shipped.banner(date(2026, 12, 1)) == tuple(each.otherwise for each in shipped.regimes)


@pytest.mark.parametrize(
    ("on", "holds"),
    [
        (date(2029, 12, 31), False),
        (date(2030, 1, 1), True),
        (date(2030, 6, 30), True),
        (date(2030, 7, 1), False),
        (date(2030, 9, 1), True),
        (date(2031, 1, 1), False),
    ],
)
def test_a_regime_lapses_and_comes_back(on: date, *, holds: bool) -> None:
    acts = table()
    assert bool(acts.in_force(on)) is holds
    assert acts.label(on) == ("v9/act" if holds else "v9/none")
    assert acts.banner(on) == (("In force: act." if holds else "Not in force: act."),)


def test_a_period_without_an_end_goes_on() -> None:
    open_ended = '{ begin = 2030-01-01, dated_by = "A. Counsel", dated_on = 2029-12-01 }'
    assert table(open_ended).in_force(date(2199, 1, 1))


def test_the_stamp_names_all_that_are_in_force_in_the_order_of_the_file() -> None:
    both = table(other=TWO[0])
    assert both.label(date(2030, 2, 1)) == "v9/act+other"
    assert both.label(date(2030, 10, 1)) == "v9/act"


def test_a_day_is_a_day_of_utc() -> None:
    late = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    ahead = late.astimezone(tz=None)
    assert stamp(late) == stamp(ahead)


def test_a_switch_that_needs_a_regime_is_on_by_itself_while_it_lapses() -> None:
    needing = table(pauses='personal_tokens = ["act"]\ncross_border = []')
    assert needing.paused(date(2030, 3, 1)) == frozenset()
    assert needing.paused(date(2030, 8, 1)) == {"personal_tokens"}


@given(st.dates(date(2029, 1, 1), date(2032, 1, 1)))
def test_what_is_in_force_changes_only_where_a_period_begins_or_ends(on: date) -> None:
    acts, tomorrow = table(), on + timedelta(days=1)
    edges = {date(2030, 1, 1), date(2030, 7, 1), date(2030, 9, 1), date(2031, 1, 1)}
    assert (acts.in_force(on) != acts.in_force(tomorrow)) is (tomorrow in edges)


@pytest.mark.parametrize(
    ("periods", "said"),
    [
        ("{ begin = 2030-01-01, dated_on = 2029-12-01 }", "dated_by"),
        ('{ begin = 2030-01-01, dated_by = " ", dated_on = 2029-12-01 }', "dated_by"),
        ('{ begin = "2030-01-01", dated_by = "A", dated_on = 2029-12-01 }', "days as days"),
        (PERIOD.format("2030-01-01", "2029-01-01"), "before it begins"),
        (PERIOD.format("2030-01-01", '"later"'), "end is not a day"),
        (PERIOD.format("2030-01-01T00:00:00Z", "2031-01-01"), "days as days"),
    ],
)
def test_a_period_that_nobody_dated_is_refused(periods: str, said: str) -> None:
    with pytest.raises(RegimeError, match=said):
        table(periods)


def test_unknown_switches_and_codes_and_doubles_are_refused() -> None:
    with pytest.raises(RegimeError, match="no switch everything"):
        table(pauses="everything = []")
    with pytest.raises(RegimeError, match="no regime statute"):
        table(pauses='cross_border = ["statute"]')
    with pytest.raises(RegimeError, match="one code"):
        read_table('version = "v"\n' + REGIME.format(code="act", periods="") * 2 + "[pauses]\n")
    with pytest.raises(RegimeError, match="longer than a stamp"):
        table(**{"x" * LONGEST_LABEL: ""})
    with pytest.raises(RegimeError, match="about is missing"):
        read_table('version = "v"\n[[regimes]]\ncode = "act"\n[pauses]\n')


def test_every_stamp_of_the_shipped_table_fits_its_column() -> None:
    shipped = current_table()
    assert len(f"{shipped.version}/{'+'.join(e.code for e in shipped.regimes)}") <= LONGEST_LABEL


@pytest.mark.parametrize("switch", SWITCHES)
def test_what_is_paused_is_held_and_nobody_waives_it(switch: str) -> None:
    check_paused(is_personal=True, paused=frozenset())
    with pytest.raises(Held) as held:
        check_paused(is_personal=True, paused=frozenset({switch}))
    assert held.value.reason is Reason.PAUSED
    assert held.value.rule_ids == (f"pause.{switch}",)


def test_a_pause_of_personal_tokens_is_about_persons_alone() -> None:
    check_paused(is_personal=False, paused=frozenset({"personal_tokens"}))
    with pytest.raises(Held):
        check_paused(is_personal=False, paused=frozenset({"cross_border"}))
