"""What a run comes to: which report belongs to which campaign, and what staff must decide.

A campaign of the Forum's is made where atoms (tokens, fingerprints, devices) join two views or
more: what one lab states as one thing has a name already. What only works alike is proposed and
never joined by itself. What staff decided before holds.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indicators.domain.correlation.communities import communities
from indicators.domain.correlation.groups import groups
from indicators.domain.correlation.likeness import alike_by_profile
from indicators.domain.correlation.links import STATED, Link, Report, Value, links
from indicators.domain.correlation.policy import CorrelationPolicy
from indicators.domain.correlation.proposals import Decision, Ground, Kind, Proposal
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
    proposals: Sequence[Proposal]
    links: Sequence[Link]


def plan(
    reports: Iterable[Report],
    *,
    stopped: Collection[Value],
    before: Before,
    policy: CorrelationPolicy,
) -> Plan:
    """Work out a run; equal arguments give equal plans."""
    reports = list(reports)
    found = links(reports, policy=policy, stopped=stopped)
    labels, alike = _by_atoms(found, communities(found, policy=policy), policy)
    labels = _decided(labels, before.decisions)
    proposals = _behaviour(Ground.of(found, labels, policy), alike)
    proposals += alike_by_profile(reports, labels, stopped=stopped, policy=policy)
    members = _of_several_views(found, labels)
    names = succession(before.campaigns, members, oldest_first=before.oldest_first)
    members, split = _kept_together(Ground.of(found, members, policy), names)
    ground = Ground.of(found, members, policy)
    near = [ground.proposal(Kind.MERGE, *pair) for pair in ground.near(policy.merge)]
    names = succession(before.campaigns, members, oldest_first=before.oldest_first)
    merges = _merges(found, before, names, policy)
    return Plan(members, names, merges, [*proposals, *near, *split], found)


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


def _of_several_views(found: Iterable[Link], labels: Mapping[str, int]) -> dict[str, int]:
    own = [link for link in found if link.report in labels]
    view = groups(own, lambda value: value.kind == STATED)
    views: dict[int, set[str]] = defaultdict(set)
    for report, label in labels.items():
        views[label].add(view[report])
    return {report: label for report, label in labels.items() if len(views[label]) > 1}


def _kept_together(ground: Ground, names: Succession) -> tuple[dict[str, int], list[Proposal]]:
    """What would fall apart though not little holds it together stays, and staff are asked."""
    heirs = {campaign: label for label, campaign in names.heirs.items()}
    into: dict[int, int] = {}
    asked: list[Proposal] = []
    for label, campaign in names.split.items():
        heir = heirs.get(campaign)
        if heir is not None and ground.share(heir, label) >= ground.policy.split:
            into[label] = heir
            asked.append(ground.proposal(Kind.SPLIT, heir, label))
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
