"""Views as units: what one lab states as one thing counts once, with all that it shows.

A run works on units, and speaks of reports before and after: what belonged to a campaign, what was
decided, and what comes of it.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.links import Report, Value
from indicators.domain.correlation.proposals import Decision, Proposal


@dataclass(frozen=True, slots=True)
class Units:
    """The units of a run, each named by its view, or by its only report."""

    reports: Sequence[Report]
    """One for each unit: what any report in it shows, the unit shows."""
    inside: Mapping[str, Sequence[str]]
    """The reports of each unit."""
    of: Mapping[str, str]
    """The unit of each report. An indicator that somebody states is in none."""

    @classmethod
    def made(cls, gathered: Gathered, known: Mapping[str, str]) -> Units:
        """Put the reports of each view together.

        `known` has the views of what belonged to campaigns: whoever states afterwards that two of
        them are one thing may speak of other labs' reports, and changes nothing.
        """
        views = _kept_apart(gathered.views, known)
        shown: dict[str, set[Value]] = defaultdict(set)
        inside: dict[str, list[str]] = defaultdict(list)
        for report in gathered.reports:
            if report.id not in gathered.stated_by:
                unit = views.get(report.id, report.id)
                shown[unit].update(report.values)
                inside[unit].append(report.id)
        units = [Report(unit, tuple(sorted(shown[unit]))) for unit in sorted(shown)]
        return cls(units, inside, {each: unit for unit, own in inside.items() for each in own})

    @property
    def stated(self) -> list[str]:
        """Units that a lab has put together of several reports."""
        return [unit for unit in sorted(self.inside) if len(self.inside[unit]) > 1]

    def campaigns(self, before: Mapping[str, str]) -> dict[str, str]:
        """Each unit's campaign, by most of its reports."""
        votes: dict[str, Counter[str]] = defaultdict(Counter)
        for report, campaign in sorted(before.items()):
            if report in self.of:
                votes[self.of[report]][campaign] += 1
        return {unit: counts.most_common(1)[0][0] for unit, counts in votes.items()}

    def decisions(self, decisions: Iterable[Decision]) -> list[Decision]:
        """What was decided, over units."""
        return [replace(each, sides=self._sides(each)) for each in decisions]

    def _sides(self, decision: Decision) -> tuple[frozenset[str], frozenset[str]]:
        one, other = map(self._side, decision.sides)
        return one, other

    def _side(self, side: frozenset[str]) -> frozenset[str]:
        """The units of most of what was decided over; none if most of it is gone."""
        left = [self.of[report] for report in side if report in self.of]
        return frozenset(left if 2 * len(left) > len(side) else ())

    def expanded(self, proposal: Proposal) -> Proposal:
        """A proposal over units, over their reports."""
        one, other = (
            frozenset(report for unit in side for report in self.inside[unit])
            for side in proposal.sides
        )
        return replace(proposal, sides=(one, other))

    def members(
        self, labels: Mapping[str, int], gathered: Gathered, *, stays: float
    ) -> dict[str, int]:
        """The label of each report; of an indicator if enough of those who state it have it."""
        members = {report: label for unit, label in labels.items() for report in self.inside[unit]}
        settled = dict(members)
        for indicator, reports in gathered.stated_by.items():
            votes = Counter(members.get(each) for each in reports)
            label, count = max(votes.items(), key=lambda vote: (vote[1], vote[0] is not None))
            if label is not None and count >= stays * votes.total():
                settled[indicator] = label
        return settled


def _kept_apart(views: Mapping[str, str], known: Mapping[str, str]) -> dict[str, str]:
    """Views, but for those that would join what were several views of campaigns before."""
    before: dict[str, set[str]] = defaultdict(set)
    for report, view in views.items():
        if report in known:
            before[view].add(known[report])
    return {
        report: known.get(report, view) if len(before[view]) > 1 else view
        for report, view in views.items()
    }
