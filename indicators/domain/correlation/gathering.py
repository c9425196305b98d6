"""All evidence brought together: what is correlated, what links nothing, what labs state.

What a lab states to be one thing is a *view*: a campaign with its infrastructure, observations and
groupings, as far as its statements reach. No view has two campaigns: who ties two of them says
something of both, and not that they are one.

An indicator is in no view: two labs' equal ones are one object, and an address that both report
would make one view of two labs'. What an indicator names, those who state it show as well.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indicators.domain.correlation.evidence import APART, TECHNICAL, Shown
from indicators.domain.correlation.links import STATED, Report, Value
from indicators.domain.stix.references import type_of


_MERGED = "indicator"
"""The type of reports that two labs may have in common."""
_NAMED = "campaign"
"""The type of which a view has one at most."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a run works on."""

    reports: Sequence[Report]
    stopped: frozenset[Value] = frozenset()
    views: Mapping[str, str] = field(default_factory=dict)
    """Each stated report's view, by one of its reports; all others are views of their own."""
    stated_by: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By indicator, the reports that state it as theirs."""


def gather(
    shown: Iterable[Shown], *, families: Mapping[str, str], public: Collection[str]
) -> Gathered:
    """Bring evidence together; a variant counts as its family, and a public template stops it.

    A variant that is disputed counts as itself, and is stopped alone.
    """
    shown = list(shown)
    disputed = {each.value for each in shown if each.stops}
    families = _undisputed(families, {each.text for each in disputed})
    apart = {each.report for each in shown if each.value.kind == APART}
    values: dict[str, set[Value]] = defaultdict(set)
    stopped: set[Value] = set()
    ties: dict[str, set[str]] = defaultdict(set)
    for each in shown:
        value = each.value
        if value not in disputed:
            value = Value(value.kind, families.get(value.text, value.text))
        if value.kind == STATED:
            # With a service that many buy no tie is stated.
            ties[value.text] |= {each.report} - apart
            continue
        common = each.report in apart and value.kind in TECHNICAL
        if each.stops or common or each.value.text in public:
            stopped.add(value)
        if each.report not in apart:
            values[each.report].add(value)
    stated_by = _stated_by(ties)
    reports = _reports(values, ties, stated_by)
    return Gathered(reports, frozenset(stopped), _views(ties), stated_by)


def _undisputed(families: Mapping[str, str], disputed: Collection[str]) -> Mapping[str, str]:
    """What each variant counts as: the first of its family, or another if that is disputed."""
    instead: dict[str, str] = {}
    for variant in sorted(families.keys() - disputed):
        if families[variant] in disputed:
            instead.setdefault(families[variant], variant)
    return {variant: instead.get(first, first) for variant, first in families.items()}


def _stated_by(ties: Mapping[str, set[str]]) -> dict[str, set[str]]:
    stated_by: dict[str, set[str]] = defaultdict(set)
    for ends in ties.values():
        own = _own(ends)
        for indicator in ends - own if own else ():
            stated_by[indicator] |= own
    return stated_by


def _reports(
    values: Mapping[str, set[Value]],
    ties: Mapping[str, set[str]],
    stated_by: Mapping[str, Collection[str]],
) -> list[Report]:
    known = {*values, *(each for ends in ties.values() for each in ends)}
    shown = {each: set(values.get(each, ())) for each in known}
    for indicator, reports in stated_by.items():
        for each in reports:
            shown[each] |= values.get(indicator, set())
    return [Report(each, tuple(sorted(shown[each]))) for each in sorted(shown)]


def _own(ends: Collection[str]) -> set[str]:
    return {each for each in ends if type_of(each) != _MERGED}


def _views(ties: Mapping[str, set[str]]) -> dict[str, str]:
    """Reports that hang together by any chain of statements, around one campaign at most."""
    chains = _Chains()
    for ends in ties.values():
        for each in _own(ends):
            chains.end(each)
    for tie in sorted(ties):
        first, *others = sorted(_own(ties[tie])) or [""]
        for each in others:
            chains.tie(first, each)
    return {report: chains.end(report) for report in sorted(chains.leads)}


@dataclass(slots=True)
class _Chains:
    """Sets of reports that are joined two at a time (disjoint sets)."""

    leads: dict[str, str] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)
    """Ends of chains in which a campaign is."""

    def end(self, report: str) -> str:
        """The report that stands for the whole chain."""
        if report not in self.leads:
            self.leads[report] = report
            if type_of(report) == _NAMED:
                self.named.add(report)
        while (after := self.leads[report]) != report:
            self.leads[report] = self.leads[after]
            report = after
        return report

    def tie(self, one: str, other: str) -> None:
        """Join two chains, unless each has a campaign."""
        one, other = self.end(one), self.end(other)
        if one == other or {one, other} <= self.named:
            return
        self.leads[other] = one
        if other in self.named:
            self.named.add(one)
