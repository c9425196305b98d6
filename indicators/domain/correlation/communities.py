"""Communities of reports that are linked more with each other than with all else.

A report that a single accident drew into a part (see `parts`) is let go, or goes where most of its
links lead.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

from indicators.domain.correlation.links import Link
from indicators.domain.correlation.parts import parts
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.votes import NOWHERE, Votes


_Labels: TypeAlias = Mapping[str, int]
_PASSES = 2
"""Over who stays where: what one report leaves changes where another belongs."""


def communities(links: Sequence[Link], *, policy: CorrelationPolicy) -> dict[str, int]:
    """The community of each report that has one; equal links give equal communities.

    Numbers have no meaning beyond one call: see `succession`.
    """
    if not links:
        return {}
    labels: _Labels = parts(links, policy=policy)
    for _ in range(_PASSES):
        labels = settled(links, labels, policy.stays)
    return _firm(links, labels, policy.least)


def settled(links: Sequence[Link], labels: _Labels, stays: float) -> dict[str, int]:
    """Each report where most of its links lead, by those of others; none where too few do."""
    votes = Votes.of(links, labels, believed={link.value for link in links})
    settled = zip(votes.reports, votes.by_report(stays).tolist(), strict=True)
    return {report: label for report, label in settled if label != NOWHERE}


def _firm(links: Iterable[Link], labels: _Labels, least: float) -> dict[str, int]:
    """Without reports that little links."""
    own: dict[str, float] = defaultdict(float)
    for link in links:
        own[link.report] += link.weight
    return {report: label for report, label in labels.items() if own[report] >= least}
