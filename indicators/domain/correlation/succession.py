"""Names that stay: a community of today is the campaign of yesterday that it has most of.

Where two campaigns have become one, the older name stays; where one has become two, the larger part
keeps it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Succession:
    """How the communities of a run follow the campaigns of the run before."""

    heirs: dict[int, str] = field(default_factory=dict)
    """Community → the campaign that it goes on as; one that is not here is new."""
    merged: dict[str, str] = field(default_factory=dict)
    """Campaign → the older one that has more than half of its reports now."""
    split: dict[int, str] = field(default_factory=dict)
    """New community → the campaign from which most of its reports come."""


def succession(
    before: Mapping[str, str], now: Mapping[str, int], *, oldest_first: Sequence[str]
) -> Succession:
    """Find out which campaign each community goes on as.

    `before` has each report's campaign, `now` its community; `oldest_first` has all campaigns.
    """
    shared = Counter(
        (before[report], community) for report, community in now.items() if report in before
    )
    sizes = Counter(before.values())
    age = {campaign: place for place, campaign in enumerate(oldest_first)}
    found = Succession()
    for campaign, community in sorted(shared, key=lambda pair: age[pair[0]]):
        if 2 * shared[campaign, community] > sizes[campaign]:
            _goes_into(found, campaign, community)
    placed = {*found.heirs.values(), *found.merged}
    for campaign, community in _by_overlap(shared, age):
        if community not in found.heirs and campaign not in placed:
            found.heirs[community] = campaign
            placed.add(campaign)
    for campaign, community in _by_overlap(shared, age):
        if community not in found.heirs:
            found.split.setdefault(community, campaign)
    return found


def _goes_into(found: Succession, campaign: str, community: int) -> None:
    if community in found.heirs:
        found.merged[campaign] = found.heirs[community]
    else:
        found.heirs[community] = campaign


def _by_overlap(
    shared: Mapping[tuple[str, int], int], age: Mapping[str, int]
) -> Iterator[tuple[str, int]]:
    """Campaigns and communities that share reports, those with most first."""
    yield from sorted(shared, key=lambda pair: (-shared[pair], age[pair[0]], pair[1]))
