"""A view that alone holds groups of others together joins nothing."""

from __future__ import annotations

from indicators.domain.correlation.bridging import unbridged
from indicators.domain.correlation.links import Link, Value


def shows(report: str, *values: str) -> list[Link]:
    return [Link(report, Value("pan", each), 1.0) for each in values]


ONE = [*shows("a", "1", "2"), *shows("b", "1", "2")]
OTHER = [*shows("c", "3", "4"), *shows("d", "3", "4")]
ALL = dict.fromkeys(["a", "b", "c", "d", "fat"], 0)


def test_who_states_everything_to_be_one_thing_joins_nothing() -> None:
    fat = shows("fat", "1", "2", "3")
    labels, pairs = unbridged([*ONE, *OTHER, *fat], ALL, ["fat"])
    assert labels["a"] == labels["b"] == labels["fat"] == 0
    assert labels["c"] == labels["d"] == 1
    assert pairs == [(0, 1)]


def test_what_others_say_too_stays() -> None:
    both = [*shows("fat", "1", "3"), *shows("e", "2", "4")]
    labels = {**ALL, "e": 0}
    assert unbridged([*ONE, *OTHER, *both], labels, ["fat"]) == (labels, [])


def test_a_stray_member_is_no_group() -> None:
    stray = [*shows("fat", "1", "9"), *shows("c", "9")]
    labels = dict.fromkeys(["a", "b", "c", "fat"], 0)
    assert unbridged([*ONE, *stray], labels, ["fat"]) == (labels, [])
