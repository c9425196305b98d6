"""Two campaigns that stand are not made one by a few newcomers: whether they are, staff are asked.

Whoever sends the same view twice, or a list of what both show, would do. So campaigns in one
community stay one each, unless their own members lead to each other as parts must, or enough
reports that no run saw before show values of both. Reports that an earlier run saw and put nowhere
prove nothing today either; else a list would only have to wait for the next run.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from indicators.domain.correlation.communities import settled
from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.links import Link, Value
from indicators.domain.correlation.parts import parts
from indicators.domain.correlation.policy import CorrelationPolicy


_PASSES = 2
"""Over who goes where: one newcomer may lead to another."""
Pair = tuple[int, int]


def unproved(
    found: Sequence[Link],
    labels: Mapping[str, int],
    before: Mapping[str, str],
    *,
    seen: Collection[str],
    policy: CorrelationPolicy,
) -> tuple[dict[str, int], list[Pair]]:
    """Labels, with campaigns apart that too few newcomers hold together; and which ones were one.

    `before` has the campaign of each member that had one, `seen` what an earlier run looked at. A
    report that shows values of several of them belongs nowhere until staff have decided: it would
    be an old member in the next run, and hold them together as such.
    """
    apart, pairs, left = dict(labels), [], set[str]()
    fresh = max(labels.values(), default=-1) + 1
    for label, meeting in sorted(_meetings(found, labels, before).items()):
        sets = meeting.sets(seen, policy)
        for campaigns in sets[1:]:
            apart |= dict.fromkeys(meeting.members(campaigns), fresh)
            pairs.append((label, fresh))
            fresh += 1
        if len(sets) > 1:
            left |= {report for report in meeting.others if apart.pop(report, None) is not None}
            left -= meeting.across(sets)
    return _placed(found, apart, left, policy.stays), pairs


@dataclass(frozen=True, slots=True)
class _Meeting:
    """Campaigns that stand, in one community."""

    links: Sequence[Link]
    campaign: Mapping[str, str]
    """Of each member of a campaign that is here with most of its members."""

    @property
    def others(self) -> set[str]:
        """Who is here besides."""
        return {link.report for link in self.links} - self.campaign.keys()

    def members(self, campaigns: Collection[str]) -> list[str]:
        """Those who are here of these campaigns."""
        return [report for report, own in self.campaign.items() if own in campaigns]

    def sets(self, seen: Collection[str], policy: CorrelationPolicy) -> list[list[str]]:
        """Campaigns that are one by their members or by enough newcomers; the largest set first."""
        shared = [*self._parts(policy), *self._vouched(seen, policy.bridges)]
        inside: dict[str, list[str]] = defaultdict(list)
        for campaign, first in groups(shared, lambda _: True).items():
            inside[first].append(campaign)
        sizes = Counter(self.campaign.values())
        return sorted(inside.values(), key=lambda each: (-sum(sizes[one] for one in each), each))

    def across(self, sets: Iterable[Collection[str]]) -> set[str]:
        """Others that show values of several of these sets."""
        number = {campaign: n for n, campaigns in enumerate(sets) for campaign in campaigns}
        met = self._met().items()
        return {report for report, campaigns in met if len({number[one] for one in campaigns}) > 1}

    def _parts(self, policy: CorrelationPolicy) -> Iterator[Link]:
        """Campaigns linked by the part in which most of each is, if nobody else is looked at."""
        own = [link for link in self.links if link.report in self.campaign]
        at: dict[str, Counter[int]] = defaultdict(Counter)
        for report, part in sorted(parts(own, policy=policy).items()):
            at[self.campaign[report]][part] += 1
        for campaign, votes in at.items():
            yield Link(campaign, Value("part", str(votes.most_common(1)[0][0])), 1.0)

    def _vouched(self, seen: Collection[str], least: int) -> Iterator[Link]:
        """Campaigns linked, two at a time, by so many newcomers that show values of both."""
        new = (frozenset(met) for report, met in self._met().items() if report not in seen)
        between: Counter[tuple[str, str]] = Counter()
        for met, number in Counter(new).items():
            between.update(dict.fromkeys(combinations(sorted(met), 2), number))
        for pair, number in between.items():
            if number >= least:
                yield from (Link(each, Value("newcomers", " ".join(pair)), 1.0) for each in pair)

    def _met(self) -> dict[str, set[str]]:
        """By each of the others, the campaigns of which it shows a value."""
        shown: dict[Value, set[str]] = defaultdict(set)
        for link in self.links:
            if link.report in self.campaign:
                shown[link.value].add(self.campaign[link.report])
        met: dict[str, set[str]] = defaultdict(set)
        for link in self.links:
            if link.report not in self.campaign:
                met[link.report] |= shown[link.value]
        return met


def _meetings(
    found: Iterable[Link], labels: Mapping[str, int], before: Mapping[str, str]
) -> dict[int, _Meeting]:
    """By community, the campaigns that most of it has become; where there are several."""
    sizes = Counter(before.values())
    here = Counter((labels[each], own) for each, own in before.items() if each in labels)
    standing = {at for at, number in here.items() if 2 * number > sizes[at[1]]}
    several = {label for label, number in Counter(at for at, _ in standing).items() if number > 1}
    links: dict[int, list[Link]] = defaultdict(list)
    for link in found:
        if labels.get(link.report) in several:
            links[labels[link.report]].append(link)
    campaign: dict[int, dict[str, str]] = defaultdict(dict)
    for report, own in before.items():
        if (labels.get(report), own) in standing:
            campaign[labels[report]][report] = own
    return {label: _Meeting(links[label], campaign[label]) for label in several}


def _placed(
    found: Sequence[Link], labels: Mapping[str, int], waiting: Collection[str], stays: float
) -> dict[str, int]:
    """Labels, and each that waits where most of its links lead."""
    placed = dict(labels)
    for _ in range(_PASSES if waiting else 0):
        led = settled(found, placed, stays)
        placed |= {report: led[report] for report in waiting if report in led}
    return placed
