"""The names of campaigns stay, whatever numbers a run gives its communities."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.correlation.succession import Succession, succession


OLD, NEW = "campaign--old", "campaign--new"


def before(**sizes: int) -> dict[str, str]:
    return {f"{name}{n}": f"campaign--{name}" for name, size in sizes.items() for n in range(size)}


def test_a_community_goes_on_as_the_campaign_it_was() -> None:
    was = before(old=3, new=2)
    now = {each: 7 if name == OLD else 4 for each, name in was.items()} | {"fresh": 7, "other": 9}
    assert succession(was, now, oldest_first=[OLD, NEW]) == Succession({7: OLD, 4: NEW})


def test_where_two_become_one_the_older_stays() -> None:
    was = before(old=2, new=50)
    now = dict.fromkeys(was, 1)
    assert succession(was, now, oldest_first=[OLD, NEW]) == Succession({1: OLD}, merged={NEW: OLD})
    assert succession(was, now, oldest_first=[NEW, OLD]) == Succession({1: NEW}, merged={OLD: NEW})


def test_where_one_becomes_two_the_larger_part_keeps_the_name() -> None:
    was = before(old=5)
    now = {each: 0 if each in {"old0", "old1"} else 1 for each in was}
    assert succession(was, now, oldest_first=[OLD]) == Succession({1: OLD}, split={0: OLD})


def test_a_remnant_of_what_dissolved_takes_no_name_from_what_lives() -> None:
    was = before(old=10, new=6)
    now = {"old0": 1, "old1": 1} | dict.fromkeys([f"new{n}" for n in range(6)], 1)
    assert succession(was, now, oldest_first=[OLD, NEW]) == Succession({1: NEW})


@given(
    st.dictionaries(st.integers(0, 40).map(str), st.integers(0, 5), max_size=40),
    st.dictionaries(st.integers(0, 40).map(str), st.integers(0, 5), max_size=40),
)
def test_every_name_goes_to_one_community_at_most(was: dict[str, int], now: dict[str, int]) -> None:
    names = {each: f"campaign--{label}" for each, label in was.items()}
    found = succession(names, now, oldest_first=[f"campaign--{n}" for n in range(6)])
    assert len(set(found.heirs.values())) == len(found.heirs)
    assert found.merged.keys().isdisjoint(found.heirs.values())
    assert found.split.keys().isdisjoint(found.heirs)
    assert set(found.merged.values()) <= set(found.heirs.values())
    assert found.heirs.keys() | found.split.keys() <= set(now.values())
