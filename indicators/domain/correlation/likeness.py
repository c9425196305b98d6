"""Campaigns that work alike: no atom is shared, but the profile is, and a name or a network.

Neither says much by itself: a public harness has a profile too, and thousands share a network.
Together they are worth a look, by a person.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import combinations

from indicators.domain.correlation.evidence import PROFILE
from indicators.domain.correlation.links import Report, Value
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.proposals import Kind, Proposal


_MOST = 50
"""A name that more groups show says nothing about any two of them."""


def alike_by_profile(
    reports: Iterable[Report],
    labels: Mapping[str, int],
    *,
    stopped: Collection[Value],
    policy: CorrelationPolicy,
) -> list[Proposal]:
    """Of all pairs that show a name or a network in common, those whose profiles are alike."""
    shown: dict[int, set[Value]] = defaultdict(set)
    sides: dict[int, set[str]] = defaultdict(set)
    for report in reports:
        if (label := labels.get(report.id)) is not None:
            shown[label].update(each for each in report.values if each not in stopped)
            sides[label].add(report.id)
    found = []
    for one, other in _meeting(shown, policy):
        profiles = _profile(shown[one]), _profile(shown[other])
        share = _alike(*profiles)
        if share >= policy.alike:
            both = (frozenset(sides[one]), frozenset(sides[other]))
            values = sorted((shown[one] & shown[other]) - _linking(shown[one], policy))
            found.append(Proposal(Kind.BEHAVIOUR, both, share, tuple(values[: policy.evidence])))
    return found


def _meeting(
    shown: Mapping[int, set[Value]], policy: CorrelationPolicy
) -> Iterator[tuple[int, int]]:
    at: dict[Value, list[int]] = defaultdict(list)
    for label in sorted(shown):
        for value in shown[label]:
            if value.kind in policy.weak:
                at[value].append(label)
    pairs = {
        pair for groups in at.values() if len(groups) <= _MOST for pair in combinations(groups, 2)
    }
    yield from sorted(pairs)


def _profile(values: Iterable[Value]) -> frozenset[str]:
    return frozenset(each.text for each in values if each.kind == PROFILE)


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    """Of all that either profile says, how much both say (Jaccard)."""
    return len(one & other) / len(one | other) if one and other else 0.0


def _linking(values: Iterable[Value], policy: CorrelationPolicy) -> set[Value]:
    return {each for each in values if policy.weights.get(each.kind)}
