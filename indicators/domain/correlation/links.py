"""What links reports: the values that they share, each weighed by its kind and its rarity."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from indicators.domain.correlation.policy import CorrelationPolicy


STATED = "stated"
"""The kind of a tie that a lab states: a relationship, or a place in the same grouping.

It makes views (`gathering`) and links nothing.
"""


class Value(NamedTuple):
    """Something that reports can share: a token, a fingerprint, a family, a stated tie."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """One object on the feed, and the values that it speaks of."""

    id: str
    values: tuple[Value, ...]


class Link(NamedTuple):
    """A report and a value that others share with it."""

    report: str
    value: Value
    weight: float


def links(
    reports: Iterable[Report], *, policy: CorrelationPolicy, stopped: Collection[Value] = ()
) -> list[Link]:
    """All links, sorted: by report, then by value.

    A value links the less the more reports share it (1 / log2(2 + number), the weight that was
    measured in docs/campaigns.md), and nothing beyond the limit. `stopped` are values that link
    nothing whatever they are: public, disputed, of services that everybody uses.
    """
    spoken = {each.id: _weighty(each.values, policy, stopped) for each in reports}
    shared = Counter(value for values in spoken.values() for value in values)
    return [
        Link(report, value, _weight(value.kind, shared[value], policy))
        for report in sorted(spoken)
        for value in spoken[report]
        if 1 < shared[value] <= policy.shared_by
    ]


def _weight(kind: str, shared: int, policy: CorrelationPolicy) -> float:
    return policy.weights[kind] / math.log2(2 + shared)


def _weighty(
    values: Iterable[Value], policy: CorrelationPolicy, stopped: Collection[Value]
) -> Sequence[Value]:
    return sorted(
        {each for each in values if policy.weights.get(each.kind) and each not in stopped}
    )
