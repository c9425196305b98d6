"""Which reports alone hold others together, found in one pass."""

from __future__ import annotations

from collections import Counter
from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.correlation.bridging import unbridged
from indicators.domain.correlation.cutvertices import cut_vertices
from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.links import Link
from tests.domain.correlation.counted import Counted


def shows(report: str, *values: object) -> list[Link]:
    return [Link(report, Counted("pan", str(each)), 1.0) for each in values]


def test_who_stands_between_two_groups_is_found_and_who_has_a_stray_member_is_not() -> None:
    one = [*shows("a", 1, 2), *shows("b", 1, 2)]
    other = [*shows("c", 3, 4), *shows("d", 3, 4)]
    between = [*shows("fat", 1, 3, 5), *shows("stray", 5)]
    assert cut_vertices([*one, *other, *between], least=2) == {"fat"}
    assert cut_vertices([*one, *shows("fat", 1, 5), *shows("stray", 5)], least=2) == set()


@settings(max_examples=200, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 9)), max_size=30, unique=True),
    st.integers(1, 3),
)
def test_they_are_those_without_whom_there_are_more_groups(
    shown: list[tuple[int, int]], least: int
) -> None:
    links = [link for report, value in shown for link in shows(f"r{report}", value)]
    whole = groups(links, lambda _: True)

    def falls(report: str) -> bool:
        own = [link for link in links if whole[link.report] == whole[report]]
        left = groups([link for link in own if link.report != report], lambda _: True)
        return sum(size >= least for size in Counter(left.values()).values()) > 1

    assert cut_vertices(links, least=least) == {each for each in whole if falls(each)}


def test_a_chain_of_thousands_is_no_matter() -> None:
    chain = [link for n in range(5_000) for link in shows(f"r{n:05}", n, n + 1)]
    assert len(cut_vertices(chain, least=1)) == 5_000 - 2


def test_a_thousand_views_are_not_looked_at_a_thousand_times() -> None:
    chance = Random(1)
    links = [link for n in range(1_000) for link in shows(f"r{n}", *chance.sample(range(300), k=4))]
    labels = dict.fromkeys([link.report for link in links], 0)
    before = Counted.looked_up
    assert unbridged(links, labels, sorted(labels)) == (labels, [])
    assert Counted.looked_up - before < 20 * len(links)
