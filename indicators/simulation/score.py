"""How well what was found agrees with the truth, over pairs of accounts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Score:
    """Of all pairs of accounts."""

    precision: float
    """Which share of those put together belongs together. Nobody honest belongs to anybody."""
    recall: float
    """Which share of those that belong together was put together."""
    largest: int
    """Accounts in the largest community."""


def score(truth: Sequence[int | None], found: Sequence[object | None]) -> Score:
    """Compare by account: its campaign, and the community that it was put into; None for none."""
    together = Counter(each for each in found if each is not None)
    belong = Counter(each for each in truth if each is not None)
    both = Counter(
        (one, other)
        for one, other in zip(truth, found, strict=True)
        if one is not None and other is not None
    )
    right = _pairs(both.values())
    return Score(
        precision=right / max(_pairs(together.values()), 1),
        recall=right / max(_pairs(belong.values()), 1),
        largest=max(together.values(), default=0),
    )


def stability(before: Mapping[str, str], now: Mapping[str, str]) -> float:
    """The share of what had a name in both runs that has the same one."""
    both = before.keys() & now.keys()
    return sum(before[each] == now[each] for each in both) / len(both) if both else 1.0


def kept(before: Mapping[str, str], now: Mapping[str, str]) -> float:
    """The share of what had a name before that has one now: what `stability` passes by."""
    return len(before.keys() & now.keys()) / len(before) if before else 1.0


def _pairs(sizes: Iterable[int]) -> int:
    return sum(size * (size - 1) // 2 for size in sizes)
