"""Counts that go out without telling the small ones: not by themselves, and not by subtraction.

A count from 1 to k-1 could tell of one member or one person. It goes into `other`, together with so
many larger ones that nothing follows from the sum: with m small counts and j larger ones it is at
least (m + j) k, and then each small one could still be any number from 1 to k-1, for whoever knows
this rule as well. Larger ones are taken in an order that has nothing to do with them. What `other`
holds is not said, and one of none looks like one that is hidden. Where that does not work out,
nothing is told, not even the total.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Told:
    """What may be said of counts that add up to a total; None is what may not."""

    total: int | None
    cells: Mapping[str, int]
    other: int | None = None
    """The sum of all that is not in `cells`; None if there is nothing, or nothing may be said."""


def alone(count: int, *, k: int) -> int | None:
    """A count that nothing adds up to."""
    return None if 0 < count < k else count


def told(counts: Mapping[str, int], *, k: int) -> Told:
    """Say of these counts what may be said.

    Larger ones are hidden in the order of `counts`, which must not depend on the numbers.
    """
    hidden = [count for count in counts.values() if 0 < count < k]
    shown = {name: count for name, count in counts.items() if count >= k}
    total = sum(counts.values())
    if not hidden:
        return Told(total, shown)
    other = sum(hidden)
    for taken, name in enumerate(list(shown), start=1):
        other += shown.pop(name)
        if other >= (len(hidden) + taken) * k:
            return Told(total, shown, other)
    return Told(None, {})
