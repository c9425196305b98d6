"""Campaigns of which most would be gone though their members still share what they did.

Reports that agree in nothing can make any value look common, and three more can carry it over the
limit of how many may show it. Whether such a campaign ends, a person decides. One that rested on
what is disputed or withdrawn by now ends by itself.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.links import Link, Value, links
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.proposals import (
    Decision,
    Ground,
    Kind,
    Proposal,
    same_sides,
)
from indicators.domain.correlation.units import Units


@dataclass(frozen=True, slots=True)
class Lost:
    """What belonged to campaigns before, and does not now."""

    units: Units
    campaigns: Mapping[str, str]
    """Each unit's campaign before."""
    members: Mapping[str, int]
    """The community of each unit that belongs to a campaign now."""
    stopped: Collection[Value]
    policy: CorrelationPolicy

    def by_campaign(self) -> dict[str, set[str]]:
        """The units that are gone from each campaign that loses most of its own."""
        gone: dict[str, set[str]] = defaultdict(set)
        for unit, campaign in self.campaigns.items():
            if unit not in self.members:
                gone[campaign].add(unit)
        sizes = Counter(self.campaigns.values())
        return {each: gone[each] for each in sorted(gone) if 2 * len(gone[each]) > sizes[each]}

    def left(self, campaign: str) -> Counter[int]:
        """Where the others of a campaign are now."""
        return Counter(
            self.members[unit]
            for unit, own in self.campaigns.items()
            if own == campaign and unit in self.members
        )

    def over_limit(self, gone: Collection[str]) -> list[Link]:
        """Links of these units by values that more units show than may."""
        if not gone:
            return []
        every = replace(self.policy, shared_by=len(self.units.reports))
        found = links(self.units.reports, policy=every, stopped=self.stopped)
        shared = Counter(link.value for link in found)
        most = self.policy.shared_by
        return [link for link in found if link.report in gone and shared[link.value] > most]


def not_drowned(
    shared: Sequence[Link], lost: Lost, decisions: Sequence[Decision]
) -> tuple[dict[str, int], list[Proposal]]:
    """Members, with what would be lost so kept; and what staff are asked."""
    kept, asked = dict(lost.members), []
    fresh = max(kept.values(), default=-1) + 1
    by_campaign = lost.by_campaign()
    stated, over = set(lost.units.stated), lost.over_limit(set().union(*by_campaign.values()))
    for campaign, gone in by_campaign.items():
        left = lost.left(campaign)
        ways = ((gone & stated, shared), (gone, over))
        asking = next((each for way in ways if (each := _asking(*way, lost.policy))), None)
        answer = _answer(asking, decisions) if asking else False
        if asking is None or answer is False:
            continue
        label = left.most_common(1)[0][0] if left else fresh
        fresh += not left
        kept |= {unit: label for side in asking.sides for unit in side}
        asked += [asking] if answer is None else []
    return kept, asked


def _asking(
    units: Collection[str], found: Sequence[Link], policy: CorrelationPolicy
) -> Proposal | None:
    """Whether these are still one, if these links hold all of them together."""
    own = [link for link in found if link.report in units]
    held = groups(own, lambda _: True)
    if len(units) == 1 or len(held) != len(units) or len({*held.values()}) != 1:
        return None
    first, *others = sorted(units)
    return Ground.of(own, {first: 0, **dict.fromkeys(others, 1)}, policy).proposal(Kind.SPLIT, 0, 1)


def _answer(asking: Proposal, decisions: Sequence[Decision]) -> bool | None:
    """What staff said last of these two sides."""
    said = [each.together for each in decisions if same_sides(each.sides, asking.sides)]
    return said[-1] if said else None
