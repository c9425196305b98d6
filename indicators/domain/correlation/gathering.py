"""All evidence brought together: what is correlated, what links nothing, what labs state.

An indicator is no lab's own: two labs' equal ones are one object. So what labs state of it ties
nothing by itself, else an address that both report would tie them; it is what it names that the
stating reports show as well. Whether the indicator then belongs to a campaign is settled last, by
those who state it (`settle`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from indicators.domain.correlation.evidence import APART, Shown
from indicators.domain.correlation.links import STATED, Report, Value
from indicators.domain.stix.references import type_of


_MERGED = "indicator"
"""The type of reports that two labs may have in common."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a run works on."""

    reports: Sequence[Report]
    stopped: frozenset[Value] = frozenset()
    stated_by: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By indicator, the reports that state it as theirs."""


def gather(
    shown: Iterable[Shown], *, families: Mapping[str, str], public: Collection[str]
) -> Gathered:
    """Bring evidence together; a variant counts as its family, and a public template stops it."""
    shown = list(shown)
    apart = {each.report for each in shown if each.value.kind == APART}
    values: dict[str, set[Value]] = defaultdict(set)
    stopped: set[Value] = set()
    ties: dict[Value, set[str]] = defaultdict(set)
    for each in shown:
        value = Value(each.value.kind, families.get(each.value.text, each.value.text))
        if value.kind == STATED:
            # With a service that many buy no tie is stated.
            ties[value] |= {each.report} - apart
        elif each.stops or each.report in apart or each.value.text in public:
            stopped.add(value)
        if value.kind != STATED and each.report not in apart:
            values[each.report].add(value)
    stated_by = _tie(ties, values)
    reports = [Report(each, tuple(sorted(values[each]))) for each in sorted(values)]
    return Gathered(reports, frozenset(stopped), stated_by)


def _tie(ties: Mapping[Value, set[str]], values: dict[str, set[Value]]) -> dict[str, set[str]]:
    """Let reports show what their stated ties come to; returns who states which indicator."""
    named = {each: set(values.get(each, ())) for ends in ties.values() for each in ends}
    stated_by: dict[str, set[str]] = defaultdict(set)
    for tie in sorted(ties):
        merged = {each for each in ties[tie] if type_of(each) == _MERGED}
        own = ties[tie] - merged
        for each in own:
            values[each].add(tie)
            for indicator in merged:
                values[each] |= named[indicator]
                stated_by[indicator].add(each)
        for indicator in merged:
            values.setdefault(indicator, set())
    return stated_by


def settle(
    members: Mapping[str, int], stated_by: Mapping[str, Collection[str]], *, stays: float
) -> dict[str, int]:
    """Members, and with them each indicator that enough of those who state it belong with."""
    settled = dict(members)
    for indicator in sorted(stated_by.keys() - members.keys()):
        votes = Counter(members.get(each) for each in stated_by[indicator])
        label, most = max(votes.items(), key=lambda vote: (vote[1], vote[0] is not None))
        if label is not None and most >= stays * votes.total():
            settled[indicator] = label
    return settled
