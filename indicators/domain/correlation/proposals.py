"""What a person decides: two that may be one, and what speaks for it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from indicators.domain.correlation.joining import Boundaries, boundaries
from indicators.domain.correlation.links import Link, Value
from indicators.domain.correlation.policy import CorrelationPolicy


Sides = tuple[frozenset[str], frozenset[str]]
"""Reports of the one and of the other."""


def same_sides(some: Sides, others: Sides) -> bool:
    """Whether these are the same two sides, though reports have come and gone since."""
    return any(
        all(
            2 * len(one & other) > min(len(one), len(other))
            for one, other in zip(some, way, strict=True)
        )
        for way in (others, others[::-1])
    )


class Kind(StrEnum):
    """What is proposed."""

    MERGE = "merge"
    """Two campaigns share something, too little to be joined by itself."""
    SPLIT = "split"
    """A campaign is held together by little."""
    BEHAVIOUR = "behaviour"
    """Two work alike, and no atom is shared."""


@dataclass(frozen=True, slots=True)
class Proposal:
    """Two sides, and what speaks for their being one campaign."""

    kind: Kind
    sides: Sides
    share: float
    """Of the smaller side's links, how much leads to the other."""
    values: tuple[Value, ...]
    """What both show, the heaviest first."""


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided over two sides: they are one, or they are not."""

    together: bool
    sides: Sides


@dataclass(frozen=True, slots=True)
class Ground:
    """Links and how reports are grouped: what proposals are measured on."""

    links: Sequence[Link]
    labels: Mapping[str, int]
    made: Boundaries
    policy: CorrelationPolicy

    @classmethod
    def of(
        cls, links: Iterable[Link], labels: Mapping[str, int], policy: CorrelationPolicy
    ) -> Ground:
        """Measure groups, each value lying in the one that shows it most."""
        own = [link for link in links if link.report in labels]
        shown: dict[Value, Counter[int]] = defaultdict(Counter)
        for link in own:
            shown[link.value][labels[link.report]] += 1
        values = {
            value: max(counts, key=lambda label: (counts[label], -label))
            for value, counts in shown.items()
        }
        return cls(own, labels, boundaries(own, labels, values), policy)

    def side(self, label: int) -> frozenset[str]:
        """The reports of a group."""
        return frozenset(report for report, own in self.labels.items() if own == label)

    def proposal(self, kind: Kind, one: int, other: int) -> Proposal:
        """Put these two before a person."""
        sides = (self.side(one), self.side(other))
        return Proposal(kind, sides, self.share(one, other), self._in_common(one, other))

    def share(self, one: int, other: int) -> float:
        """Of the smaller one's links, how much leads to the other."""
        return self.made.share(one, other) if other in self.made.across[one] else 0.0

    def near(self, least: float) -> Iterator[tuple[int, int]]:
        """Pairs whose share is this at least, in order."""
        for one in sorted(self.made.across):
            for other in sorted(self.made.across[one]):
                if one < other and self.made.share(one, other) >= least:
                    yield one, other

    def _in_common(self, one: int, other: int) -> tuple[Value, ...]:
        weights: dict[Value, Counter[int]] = defaultdict(Counter)
        heaviest: dict[Value, float] = {}
        for link in self.links:
            label = self.labels[link.report]
            if label in (one, other):
                weights[link.value][label] += 1
                heaviest[link.value] = link.weight
        both = [
            (min(counts[one], counts[other]) * heaviest[value], value)
            for value, counts in weights.items()
            if counts[one] and counts[other]
        ]
        both.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple(value for _, value in both[: self.policy.evidence])
