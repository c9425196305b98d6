"""What holds of prompt families in whatever order they arrive, and when one of them goes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.families import (
    DECIDED,
    FEW,
    Match,
    Public,
    equal_bands,
    join,
    parted,
    proposals,
    regroup,
    spanning,
    would_meet,
)
from labkit.feed_tokens import MATCH, PROBABLE


Alike = Mapping[frozenset[str], int]
"""Equal bands of two skeletons, by their names."""
NAMES = "abcdefgh"
NONE = Public()


@st.composite
def worlds(draw: st.DrawFn) -> tuple[Alike, list[str]]:
    """Skeletons, how alike each two are, and an order in which they arrive."""
    names = NAMES[: draw(st.integers(2, len(NAMES)))]
    bands = st.sampled_from((0, 0, 0, 2, 3, 3, 4, 5, 9, 32))
    alike = {frozenset(pair): draw(bands) for pair in combinations(names, 2)}
    return alike, draw(st.permutations(names))


def matches_of(alike: Alike, order: list[str]) -> list[Match]:
    """As the band table gives them: numbers rise in the order of arrival.

    Nobody matches more than FEW of those before it, about all of which it asks.
    """
    number = {name: at for at, name in enumerate(order)}
    before: dict[int, list[Match]] = defaultdict(list)
    for pair, bands in alike.items():
        older, newer = sorted(number[name] for name in pair)
        if bands >= PROBABLE and len(before[newer]) < FEW:
            before[newer].append(Match(older, newer, bands))
    return [each for found in before.values() for each in found]


def arrived(matches: list[Match], count: int) -> tuple[dict[int, int], list[Match]]:
    """The families after each came alone, and the questions that stand."""
    families: dict[int, int] = {}
    asked: dict[frozenset[int], Match] = {}
    for one in range(count):
        near = [each for each in matches if each.newer == one]
        families |= join([one], families, near, NONE).families
        standing = {pair: each.bands for pair, each in asked.items()}
        for each in proposals(near, families, standing, {}):
            asked[frozenset({families[each.older], families[each.newer]})] = each
    return families, list(asked.values())


def parts(families: Mapping[int, int]) -> set[frozenset[int]]:
    return {
        frozenset(each for each, family in families.items() if family == one)
        for one in families.values()
    }


def components(members: Iterable[int], matches: Iterable[Match], least: int) -> set[frozenset[int]]:
    found = {frozenset({each}) for each in members}
    for match in matches:
        if match.bands >= least:
            touched = {part for part in found if part & {match.older, match.newer}}
            found = (found - touched) | {frozenset().union(*touched)}
    return found


@given(worlds())
def test_what_is_alike_is_of_one_family_or_a_question(world: tuple[Alike, list[str]]) -> None:
    alike, order = world
    matches = matches_of(alike, order)
    families, asked = arrived(matches, len(order))
    pairs = {frozenset({families[each.older], families[each.newer]}) for each in asked}
    for each in matches:
        pair = frozenset({families[each.older], families[each.newer]})
        assert len(pair) == 1 or pair in pairs


@given(worlds())
def test_many_at_once_end_as_one_by_one(world: tuple[Alike, list[str]]) -> None:
    alike, order = world
    matches = matches_of(alike, order)
    assert join(range(len(order)), {}, matches, NONE).families == arrived(matches, len(order))[0]


@pytest.mark.parametrize("least", [MATCH, PROBABLE])
@given(world=worlds())
def test_answered_with_yes_the_order_of_arrival_does_not_matter(
    least: int, world: tuple[Alike, list[str]]
) -> None:
    alike, order = world
    matches = matches_of(alike, order)
    families, asked = arrived(matches, len(order))
    links = [each for each in asked if each.bands >= least]
    inside = [Match(*pair, 32) for part in parts(families) for pair in combinations(part, 2)]
    joined = components(range(len(order)), [*links, *inside], least)
    assert joined == components(range(len(order)), matches, least)


@given(worlds())
def test_where_variants_are_all_alike_no_question_is_needed(world: tuple[Alike, list[str]]) -> None:
    """Of templates whose variants all match each other, and no other, the order changes nothing."""
    _, order = world
    template = {name: NAMES.index(name) % 3 for name in order}
    alike = {
        frozenset(pair): 5 if template[pair[0]] == template[pair[1]] else 0
        for pair in combinations(sorted(order), 2)
    }
    families, asked = arrived(matches_of(alike, order), len(order))
    found = {frozenset(order[each] for each in part) for part in parts(families)}
    assert found == {
        frozenset(name for name in order if template[name] == one) for one in template.values()
    }
    assert not asked


@given(worlds(), st.data())
def test_when_one_goes_the_rest_stays_together_as_far_as_something_holds_it(
    world: tuple[Alike, list[str]], data: st.DataObject
) -> None:
    alike, order = world
    matches = matches_of(alike, order)
    grouped = join(range(len(order)), {}, matches, NONE)
    family = data.draw(st.sampled_from(sorted(set(grouped.families.values()))))
    members = {one for one, its in grouped.families.items() if its == family}
    gone = data.draw(st.sampled_from(sorted(members)))
    left = sorted(members - {gone})
    if not left:
        return
    inside = [each for each in matches if {each.older, each.newer} <= set(left)]
    links = [each for each in grouped.links if {each.older, each.newer} <= set(left)]
    after = regroup(family, left, links, inside)
    assert parts(after.families) == components(left, inside, MATCH)
    assert after.families[left[0]] == family
    assert len(links) + len(after.links) == len(left) - len(parts(after.families))
    for part in parts(after.families) - {frozenset(_of(family, after.families))}:
        assert after.families[min(part)] == min(part)


def _of(family: int, families: Mapping[int, int]) -> list[int]:
    return [each for each, its in families.items() if its == family]


def test_a_newcomer_joins_the_family_with_most_bands_and_asks_about_the_other() -> None:
    matches = [Match(1, 3, 4), Match(2, 3, 6)]
    grouped = join([3], {1: 1, 2: 2}, matches, NONE)
    assert grouped.families[3] == 2
    assert grouped.links == [Match(2, 3, 6)]
    assert proposals(matches, grouped.families, {}, {}) == [Match(1, 3, 4)]


def test_the_older_family_wins_a_tie() -> None:
    assert join([3], {1: 1, 2: 2}, [Match(2, 3, 5), Match(1, 3, 5)], NONE).families[3] == 1


def test_what_matches_a_public_template_joins_only_what_does_too() -> None:
    matches = [Match(1, 3, 24), Match(2, 3, 4), Match(1, 4, 24), Match(3, 5, 9), Match(1, 5, 20)]
    public = Public(newcomers={3, 5}, families={2})
    grouped = join([3, 4, 5], {1: 1, 2: 2}, matches, public)
    assert grouped.families == {1: 1, 2: 2, 3: 2, 4: 1, 5: 2}
    assert Match(1, 3, 24) in proposals(matches, grouped.families, {}, {})


def test_a_stronger_match_is_asked_about_again_and_nothing_that_was_decided() -> None:
    families = {1: 1, 2: 2}
    pair = frozenset({1, 2})
    assert proposals([Match(1, 2, 4)], families, {pair: 3}, {}) == [Match(1, 2, 4)]
    assert proposals([Match(1, 2, 3)], families, {pair: 3}, {}) == []
    assert proposals([Match(1, 2, 32)], families, {pair: DECIDED}, {}) == []


def test_one_skeleton_asks_about_few_families_and_never_about_more() -> None:
    families = {each: each for each in range(10)}
    matches = [Match(each, 9, 3) for each in range(9)]
    matches[7] = Match(7, 9, 5)
    asked = proposals(matches, families, {}, {})
    assert asked == [Match(7, 9, 5), Match(0, 9, 3), Match(1, 9, 3)]
    raised = {frozenset({each.older, each.newer}): each.bands for each in asked}
    others = [each for each in matches if each not in asked]
    assert proposals(others, families, raised, {9: raised}) == []
    stronger = Match(1, 9, 4)
    assert proposals([stronger], families, raised, {9: raised}) == [stronger]


@given(worlds(), st.sampled_from([PROBABLE, MATCH, 9]))
def test_a_few_matches_say_what_hangs_together(world: tuple[Alike, list[str]], least: int) -> None:
    alike, order = world
    matches = matches_of(alike, order)
    few = spanning(matches)
    assert len(few) < len(order)
    members = range(len(order))
    assert components(members, few, least) == components(members, matches, least)


def test_what_is_joined_two_by_two_meets_over_others() -> None:
    assert would_meet((1, 3), [(1, 2), (2, 3)])
    assert not would_meet((1, 4), [(1, 2), (2, 3)])


def test_bands_are_compared_place_by_place() -> None:
    one, other = bytes([1] * 32 + [2] * 32 + [3] * 32), bytes([2] * 32 + [1] * 32 + [3] * 32)
    assert equal_bands(parted(one), parted(other)) == 1
