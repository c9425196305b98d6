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


def undecided(proposals: Iterable[Proposal], decisions: Sequence[Decision]) -> list[Proposal]:
    """Proposals over sides about which nothing was decided."""
    return [
        each
        for each in proposals
        if not any(same_sides(one.sides, each.sides) for one in decisions)
    ]


@dataclass(frozen=True, slots=True)
class Ground:
    """How reports are grouped, and what each group shows: what proposals are measured on."""

    labels: Mapping[str, int]
    sides: Mapping[int, frozenset[str]]
    shown: Mapping[int, Counter[Value]]
    """By group: its values, and how many of its reports show each."""
    weights: Mapping[Value, float]
    made: Boundaries
    policy: CorrelationPolicy

    @classmethod
    def of(
        cls, links: Iterable[Link], labels: Mapping[str, int], policy: CorrelationPolicy
    ) -> Ground:
        """Measure groups, each value lying in the one that shows it most."""
        own = [link for link in links if link.report in labels]
        shown: dict[int, Counter[Value]] = defaultdict(Counter)
        for link in own:
            shown[labels[link.report]][link.value] += 1
        sides: dict[int, set[str]] = defaultdict(set)
        for report, label in labels.items():
            sides[label].add(report)
        return cls(
            labels,
            {label: frozenset(reports) for label, reports in sides.items()},
            shown,
            {link.value: link.weight for link in own},
            boundaries(own, labels, _home(shown)),
            policy,
        )

    def proposal(self, kind: Kind, one: int, other: int) -> Proposal:
        """Put these two before a person."""
        sides = (self.sides[one], self.sides[other])
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
        ours, theirs = self.shown.get(one, Counter()), self.shown.get(other, Counter())
        both = [
            (min(ours[value], theirs[value]) * self.weights[value], value)
            for value in ours.keys() & theirs.keys()
        ]
        both.sort(key=lambda pair: (-pair[0], pair[1]))
        return tuple(value for _, value in both[: self.policy.evidence])


def _home(shown: Mapping[int, Counter[Value]]) -> dict[Value, int]:
    """By value, the group that shows it most; of several the first."""
    home: dict[Value, int] = {}
    for label in sorted(shown):
        for value, number in shown[label].items():
            if value not in home or number > shown[home[value]][value]:
                home[value] = label
    return home
