"""What is not told cannot be had from what is, by whoever knows the rule too."""

from __future__ import annotations

from collections import defaultdict
from itertools import product

import pytest

from indicators.domain.suppression import Told, alone, told


NAMES = "abc"


@pytest.mark.parametrize(("k", "most"), [(3, 20), (4, 24)])
def test_who_knows_the_rule_and_tries_all_counts_finds_no_small_one(k: int, most: int) -> None:
    """All counts that lead to the same words are told apart by nothing: none may be pinned down."""
    leads: dict[str, list[tuple[int, ...]]] = defaultdict(list)
    for counts in product(range(most), repeat=len(NAMES)):
        leads[repr(told(dict(zip(NAMES, counts, strict=True)), k=k))].append(counts)
    for said, possible in leads.items():
        if sum(possible[0]) >= most:
            continue  # of larger sums not all ways to come by them were tried
        for each in zip(*possible, strict=True):
            assert len(set(each)) > 1 or not 0 < each[0] < k, (said, possible)


def test_small_counts_take_a_larger_one_with_them() -> None:
    found = told({"b": 30, "c": 100, "a": 2, "none": 0}, k=5)
    assert found == Told(total=132, cells={"c": 100}, other=32)
    assert told({"c": 100, "b": 30, "a": 2}, k=5).cells == {"b": 30}


def test_nothing_small_is_nothing_hidden() -> None:
    assert told({"a": 5, "none": 0}, k=5) == Told(total=5, cells={"a": 5})


def test_few_in_all_are_not_told_at_all() -> None:
    assert told({"a": 2, "b": 3}, k=5) == Told(total=None, cells={})


@pytest.mark.parametrize(("count", "said"), [(0, 0), (1, None), (4, None), (5, 5)])
def test_a_count_by_itself_is_told_if_it_is_none_or_large_enough(
    count: int, said: int | None
) -> None:
    assert alone(count, k=5) == said
