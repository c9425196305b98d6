"""What a run comes to: which report belongs to which campaign, and what staff must decide.

A campaign of the Forum's is made where atoms (tokens, fingerprints, devices) join two views or
more: what one lab states as one thing has a name already. What only works alike is proposed and
never joined by itself. What staff decided before holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from indicators.domain.correlation.agreement import telling
from indicators.domain.correlation.bridging import unbridged
from indicators.domain.correlation.communities import communities
from indicators.domain.correlation.drowning import Lost, not_drowned
from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.likeness import alike_by_profile
from indicators.domain.correlation.links import Link, Value, links
from indicators.domain.correlation.newcomers import unproved
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.proposals import (
    Decision,
    Ground,
    Kind,
    Proposal,
    undecided,
)
from indicators.domain.correlation.succession import Succession, succession
from indicators.domain.correlation.units import Units


@dataclass(frozen=True, slots=True)
class Before:
    """The run before, and what was decided since."""

    campaigns: Mapping[str, str] = field(default_factory=dict)
    """Each report's campaign."""
    oldest_first: Sequence[str] = ()
    decisions: Sequence[Decision] = ()
    views: Mapping[str, str] = field(default_factory=dict)
    """The view in which each of these reports was."""
    seen: Collection[str] = frozenset()
    """Every report that an earlier run looked at."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from the evidence of now."""

    members: Mapping[str, int]
    """The community of each report that belongs to a campaign."""
    names: Succession
    """Which campaign each community goes on as."""
    merges: Mapping[str, Proposal]
    """By the campaign that became part of an older one: what speaks for it."""
    founded: Mapping[int, Proposal]
    """By a community that is new: what speaks for its views being one, the largest against all."""
    proposals: Sequence[Proposal]
    links: Sequence[Link]


def plan(gathered: Gathered, *, before: Before, policy: CorrelationPolicy) -> Plan:
    """Work out a run; equal arguments give equal plans."""
    units = Units.made(gathered, before.views)
    over_units = Before(
        units.campaigns(before.campaigns),
        before.oldest_first,
        units.decisions(before.decisions),
        seen={units.of[each] for each in before.seen if each in units.of},
    )
    made = _plan(units, gathered.stopped, over_units, policy)
    return replace(
        made,
        members=units.members(made.members, gathered, stays=policy.stays),
        merges={campaign: units.expanded(each) for campaign, each in made.merges.items()},
        founded={label: units.expanded(each) for label, each in made.founded.items()},
        proposals=[units.expanded(each) for each in made.proposals],
    )


def _plan(
    units: Units, stopped: frozenset[Value], before: Before, policy: CorrelationPolicy
) -> Plan:
    shared = links(units.reports, policy=policy, stopped=stopped)
    found = telling(shared, policy=policy)
    labels, alike = _by_atoms(found, communities(found, policy=policy), units, policy)
    labels, bridged = unbridged(found, labels, units.stated)
    labels, unsure = unproved(found, labels, before.campaigns, seen=before.seen, policy=policy)
    own = _with_lone_views(labels, units)
    labels = _decided(own, before.decisions)
    ground = Ground.of(found, labels, policy)
    proposals = _behaviour(ground, alike)
    asked = _still_two([*bridged, *unsure], own, labels)
    proposals += [ground.proposal(Kind.MERGE, *pair) for pair in asked]
    proposals += alike_by_profile(units.reports, labels, stopped=stopped, policy=policy)
    members = _of_several_views(labels)
    lost = Lost(units, before.campaigns, members, stopped, policy)
    members, doubted = not_drowned(shared, lost, before.decisions)
    names = succession(before.campaigns, members, oldest_first=before.oldest_first)
    members, split = _kept_together(Ground.of(found, members, policy), names, before.decisions)
    ground = Ground.of(found, members, policy)
    near = [ground.proposal(Kind.MERGE, *pair) for pair in ground.near(policy.merge)]
    names = succession(before.campaigns, members, oldest_first=before.oldest_first)
    return Plan(
        members=members,
        names=names,
        merges=_merges(found, before, names, policy),
        founded=_founded(found, members, names, units, policy),
        proposals=_once(undecided([*proposals, *near, *split, *doubted], before.decisions)),
        links=found,
    )


def _with_lone_views(labels: Mapping[str, int], units: Units) -> dict[str, int]:
    """What a lab states as one thing is a group even where nothing links it: it may work alike."""
    lone = (unit for unit in units.stated if unit not in labels)
    numbered = enumerate(lone, max(labels.values(), default=-1) + 1)
    return {**labels, **{unit: number for number, unit in numbered}}


def _by_atoms(
    found: Sequence[Link], whole: Mapping[str, int], units: Units, policy: CorrelationPolicy
) -> tuple[dict[str, int], list[list[int]]]:
    """Communities, each taken apart where behaviour alone holds it; and which ones were one."""
    inside: dict[int, list[Link]] = defaultdict(list)
    for link in found:
        if link.report in whole:
            inside[whole[link.report]].append(link)
    labels: dict[str, int] = {}
    alike: list[list[int]] = []
    for own in inside.values():
        held = groups(own, lambda value: value.kind not in policy.behaviour)
        sizes: Counter[str] = Counter()
        for unit, core in held.items():
            sizes[core] += len(units.inside[unit])
        cores = [core for core in sorted(sizes, key=lambda each: -sizes[each]) if sizes[core] > 1]
        if not cores:
            continue  # a prompt family by itself is no campaign
        first = len(set(labels.values()))
        number = {core: first + place for place, core in enumerate(cores)}
        labels |= {report: number.get(core, first) for report, core in held.items()}
        if len(cores) > 1:
            alike.append(list(number.values()))
    return labels, alike


def _decided(labels: Mapping[str, int], decisions: Iterable[Decision]) -> dict[str, int]:
    decided = dict(labels)
    for each in decisions:
        one, other = (_most(decided, side) for side in each.sides)
        if one is None or other is None:
            continue
        if each.together and one != other:
            decided = {report: one if own == other else own for report, own in decided.items()}
        elif not each.together and one == other:
            fresh = max(decided.values()) + 1
            decided |= {report: fresh for report in each.sides[1] if decided.get(report) == one}
    return decided


def _still_two(
    pairs: Iterable[tuple[int, int]], was: Mapping[str, int], labels: Mapping[str, int]
) -> list[tuple[int, int]]:
    """Pairs that staff have not made one, under the labels that they have since."""
    became = {label: labels[unit] for unit, label in was.items()}
    found = ((became[one], became[other]) for one, other in pairs)
    return [(one, other) for one, other in found if one != other]


def _most(labels: Mapping[str, int], side: Iterable[str]) -> int | None:
    counts = Counter(labels[report] for report in side if report in labels)
    return max(counts, key=lambda label: (counts[label], -label), default=None)


def _behaviour(ground: Ground, alike: Iterable[Sequence[int]]) -> list[Proposal]:
    """Of what works alike, each part with the largest."""
    standing = set(ground.labels.values())
    return [
        ground.proposal(Kind.BEHAVIOUR, parts[0], other)
        for parts in alike
        for other in parts[1:]
        if {parts[0], other} <= standing
    ]


def _of_several_views(labels: Mapping[str, int]) -> dict[str, int]:
    """What one lab states as one thing has a name already, and is no campaign of the Forum's."""
    sizes = Counter(labels.values())
    return {unit: label for unit, label in labels.items() if sizes[label] > 1}


def _founded(
    found: Iterable[Link],
    members: Mapping[str, int],
    names: Succession,
    units: Units,
    policy: CorrelationPolicy,
) -> dict[int, Proposal]:
    """Of each new community, its largest view and all others as two sides."""
    largest: dict[int, str] = {}
    for unit in sorted(members):
        label = members[unit]
        if label not in names.heirs:
            first = largest.setdefault(label, unit)
            if len(units.inside[unit]) > len(units.inside[first]):
                largest[label] = unit
    sides = {
        unit: 2 * label + (unit != largest[label])
        for unit, label in members.items()
        if label in largest
    }
    ground = Ground.of(found, sides, policy)
    return {label: ground.proposal(Kind.MERGE, 2 * label, 2 * label + 1) for label in largest}


def _once(proposals: Iterable[Proposal]) -> list[Proposal]:
    """Of several over the same two sides the first."""
    kept: dict[frozenset[frozenset[str]], Proposal] = {}
    for each in proposals:
        kept.setdefault(frozenset(each.sides), each)
    return list(kept.values())


def _kept_together(
    ground: Ground, names: Succession, decisions: Sequence[Decision]
) -> tuple[dict[str, int], list[Proposal]]:
    """What would fall apart though not little holds it together stays, and staff are asked.

    Unless they have said already that these are two.
    """
    heirs = {campaign: label for label, campaign in names.heirs.items()}
    into: dict[int, int] = {}
    asked: list[Proposal] = []
    for label, campaign in names.split.items():
        heir = heirs.get(campaign)
        if heir is None or ground.share(heir, label) < ground.policy.split:
            continue
        proposal = ground.proposal(Kind.SPLIT, heir, label)
        if undecided([proposal], decisions):
            into[label] = heir
            asked.append(proposal)
    return {report: into.get(label, label) for report, label in ground.labels.items()}, asked


def _merges(
    found: Sequence[Link], before: Before, names: Succession, policy: CorrelationPolicy
) -> dict[str, Proposal]:
    """What speaks for each merge, measured between the campaigns as they were."""
    if not names.merged:
        return {}
    number = {campaign: place for place, campaign in enumerate(before.oldest_first)}
    was = {report: number[campaign] for report, campaign in before.campaigns.items()}
    ground = Ground.of(found, was, policy)
    return {
        campaign: ground.proposal(Kind.MERGE, number[older], number[campaign])
        for campaign, older in names.merged.items()
    }
