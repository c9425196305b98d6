"""Communities of reports that are linked more with each other than with all else.

Five steps, since each alone errs: Leiden over the Constant Potts Model finds parts that hold
together, but has one size in mind for all (Traag, Waltman, van Eck 2019,
doi:10.1038/s41598-019-41695-z); parts are joined where a share of their links, whatever their size,
leads to each other; what hangs together by less than that share is cut; a report that a single
accident drew in is let go, or goes where most of its links lead; and what rests on one value alone
is no community: whoever meets that value knows all there is to know.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeAlias

import graspologic_native

from indicators.domain.correlation.cutting import pieces
from indicators.domain.correlation.joining import boundaries, joined
from indicators.domain.correlation.links import STATED, Link, Value
from indicators.domain.correlation.policy import CorrelationPolicy


_Labels: TypeAlias = Mapping[str, int]
_PASSES = 2
"""Over who stays where: what one report leaves changes where another belongs."""


def communities(links: Sequence[Link], *, policy: CorrelationPolicy) -> dict[str, int]:
    """The community of each report that has one; equal links give equal communities.

    Numbers have no meaning beyond one call: see `succession`.
    """
    if not links:
        return {}
    labels = _cut(links, _parts(links, policy), policy.joined)
    for _ in range(_PASSES):
        labels = _settled(links, labels, policy.stays)
    return _solid(links, labels, policy)


def _parts(links: Sequence[Link], policy: CorrelationPolicy) -> dict[str, int]:
    """The part of each report, those joined that belong together."""
    edges = [(each.report, _named(each.value), each.weight) for each in links]
    _, found = graspologic_native.leiden(
        edges,
        resolution=policy.resolution,
        iterations=policy.iterations,
        use_modularity=False,
        seed=policy.seed,
    )
    reports = {link.report: found[link.report] for link in links}
    values = {link.value: found[_named(link.value)] for link in links}
    into = joined(boundaries(links, reports, values), policy.joined)
    return {report: into[part] for report, part in reports.items()}


def _named(value: Value) -> str:
    # No STIX id holds a blank: what a lab writes cannot be taken for a report.
    return f"{value.kind} {value.text}"


def _cut(links: Iterable[Link], parts: _Labels, least: float) -> dict[str, int]:
    within: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        within[parts[link.report]].append(link)
    found = (piece for part in within.values() for piece in pieces(part, least=least))
    return {link.report: label for label, piece in enumerate(found) for link in piece}


def _settled(links: Iterable[Link], labels: _Labels, stays: float) -> dict[str, int]:
    """Each report where most of its links lead, by those of others; none where too few do."""
    speaking: dict[Value, Counter[int | None]] = defaultdict(Counter)
    leads: dict[str, list[Link]] = defaultdict(list)
    for link in links:
        speaking[link.value][labels.get(link.report)] += 1
        leads[link.report].append(link)
    settled: dict[str, int] = {}
    for report, own in leads.items():
        votes = _votes(own, labels.get(report), speaking)
        best = max(votes, key=lambda label: (votes[label], -label), default=None)
        if best is not None and votes[best] >= stays * sum(link.weight for link in own):
            settled[report] = best
    return settled


def _votes(
    own: Iterable[Link], label: int | None, speaking: Mapping[Value, Counter[int | None]]
) -> dict[int, float]:
    """What weight of a report's links leads into each community, by the other reports' shares."""
    votes: dict[int, float] = defaultdict(float)
    for link in own:
        others = speaking[link.value]
        for each, number in others.items():
            if each is not None and (others_there := number - (each == label)):
                votes[each] += link.weight * others_there / (others.total() - 1)
    return votes


def _solid(links: Sequence[Link], labels: _Labels, policy: CorrelationPolicy) -> dict[str, int]:
    """Without reports that little links, and without communities that rest on one value."""
    own: dict[str, float] = defaultdict(float)
    for link in links:
        own[link.report] += link.weight
    firm = {report: label for report, label in labels.items() if own[report] >= policy.least}
    rests: dict[int, dict[Value, float]] = defaultdict(lambda: defaultdict(float))
    for link in links:
        if link.report in firm:
            # What a lab states is no value that others could meet.
            value = link.value if link.value.kind != STATED else Value(STATED, link.report)
            rests[firm[link.report]][value] += link.weight
    flat = {
        label
        for label, values in rests.items()
        if max(values.values()) > policy.alone * sum(values.values())
    }
    return {report: label for report, label in firm.items() if label not in flat}
