"""Parts of one whole joined: those of which a large share of all links leads to each other.

Agglomeration by share, the largest first: what counts is which share of the smaller part's links
leads to the other, so that it works alike on twenty reports and on a thousand.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Mapping

from indicators.domain.correlation.links import Link, Value


class Boundaries:
    """How much link weight each part has, and how much of it leads to which other part."""

    def __init__(self) -> None:
        self.volume: dict[int, float] = defaultdict(float)
        self.across: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))

    def share(self, one: int, other: int) -> float:
        """The share of the smaller one's links that leads to the other."""
        smaller = min(self.volume[one], self.volume[other])
        return self.across[one][other] / smaller

    def join(self, one: int, other: int) -> None:
        """Make `other` a part of `one`."""
        self.volume[one] += self.volume.pop(other)
        for third, weight in self.across.pop(other).items():
            del self.across[third][other]
            if third != one:
                self.across[one][third] += weight
                self.across[third][one] += weight


def boundaries(
    links: Iterable[Link], reports: Mapping[str, int], values: Mapping[Value, int]
) -> Boundaries:
    """Measure parts that have both reports and values."""
    made = Boundaries()
    for link in links:
        one, other = reports[link.report], values[link.value]
        made.volume[one] += link.weight
        made.volume[other] += link.weight
        if one != other:
            made.across[one][other] += link.weight
            made.across[other][one] += link.weight
    return made


def joined(made: Boundaries, least: float) -> dict[int, int]:
    """Where each part went: the two with the largest share first, until none has the least."""
    into = {part: part for part in made.volume}
    queue = [
        (-made.share(one, other), one, other)
        for one, others in made.across.items()
        for other in others
        if one < other
    ]
    heapq.heapify(queue)
    while queue and -queue[0][0] >= least:
        share, one, other = heapq.heappop(queue)
        if other not in made.across.get(one, ()) or made.share(one, other) != -share:
            continue  # one of them is gone, or has changed and stands in the queue anew
        if len(made.across[one]) < len(made.across[other]):
            one, other = other, one
        made.join(one, other)
        into[other] = one
        for third in made.across[one]:
            heapq.heappush(queue, (-made.share(one, third), min(one, third), max(one, third)))
    return {part: _end(into, part) for part in into}


def _end(into: Mapping[int, int], part: int) -> int:
    while into[part] != part:
        part = into[part]
    return part
