"""What a run comes to: which report belongs to which campaign, and what staff must decide.

A campaign of the Forum's is made where atoms (tokens, fingerprints, devices) join two views or
more: what one lab states as one thing has a name already. What only works alike is proposed and
never joined by itself. What staff decided before holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indicators.domain.correlation.agreement import telling
from indicators.domain.correlation.communities import communities
from indicators.domain.correlation.gathering import Gathered, settle
from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.likeness import alike_by_profile
from indicators.domain.correlation.links import STATED, Link, links
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.proposals import Decision, Ground, Kind, Proposal, same_sides
from indicators.domain.correlation.succession import Succession, succession


@dataclass(frozen=True, slots=True)
class Before:
    """The run before, and what was decided since."""

    campaigns: Mapping[str, str] = field(default_factory=dict)
    """Each report's campaign."""
    oldest_first: Sequence[str] = ()
    decisions: Sequence[Decision] = ()


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
    found = links(gathered.reports, policy=policy, stopped=gathered.stopped)
    found = telling(found, policy=policy)
    labels, alike = _by_atoms(found, communities(found, policy=policy), policy)
    labels = _decided(labels, before.decisions)
    proposals = _behaviour(Ground.of(found, labels, policy), alike)
    proposals += alike_by_profile(gathered.reports, labels, stopped=gathered.stopped, policy=policy)
    views = _views(found, labels)
    members = _of_several_views(labels, views)
    names = succession(before.campaigns, members, oldest_first=before.oldest_first)
    members, split = _kept_together(Ground.of(found, members, policy), names, before.decisions)
    ground = Ground.of(found, members, policy)
    near = [ground.proposal(Kind.MERGE, *pair) for pair in ground.near(policy.merge)]
    names = succession(before.campaigns, members, oldest_first=before.oldest_first)
    return Plan(
        members=settle(members, gathered.stated_by, stays=policy.stays),
        names=names,
        merges=_merges(found, before, names, policy),
        founded=_founded(found, members, names, views, policy),
        proposals=_undecided([*proposals, *near, *split], before.decisions),
        links=found,
    )


def _by_atoms(
    found: Sequence[Link], whole: Mapping[str, int], policy: CorrelationPolicy
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
        sizes = Counter(held.values())
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


def _views(found: Iterable[Link], labels: Mapping[str, int]) -> Mapping[str, str]:
    """The view of each report: what one lab states as one thing."""
    own = [link for link in found if link.report in labels]
    return groups(own, lambda value: value.kind == STATED)


def _of_several_views(labels: Mapping[str, int], views: Mapping[str, str]) -> dict[str, int]:
    inside: dict[int, set[str]] = defaultdict(set)
    for report, label in labels.items():
        inside[label].add(views[report])
    return {report: label for report, label in labels.items() if len(inside[label]) > 1}


def _founded(
    found: Iterable[Link],
    members: Mapping[str, int],
    names: Succession,
    views: Mapping[str, str],
    policy: CorrelationPolicy,
) -> dict[int, Proposal]:
    """Of each new community, its largest view and all others as two sides."""
    inside: dict[int, Counter[str]] = defaultdict(Counter)
    for report, label in members.items():
        if label not in names.heirs:
            inside[label][views[report]] += 1
    largest = {label: max(sorted(own), key=own.__getitem__) for label, own in inside.items()}
    sides = {
        report: 2 * label + (views[report] != largest[label])
        for report, label in members.items()
        if label in largest
    }
    ground = Ground.of(found, sides, policy)
    return {label: ground.proposal(Kind.MERGE, 2 * label, 2 * label + 1) for label in largest}


def _undecided(proposals: Iterable[Proposal], decisions: Sequence[Decision]) -> list[Proposal]:
    return [
        each
        for each in proposals
        if not any(same_sides(one.sides, each.sides) for one in decisions)
    ]


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
        if _undecided([proposal], decisions):
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
