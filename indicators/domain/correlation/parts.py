"""A first sorting: parts that hold together, joined where they lead to each other, cut where not.

Leiden over the Constant Potts Model finds parts, but has one size in mind for all (Traag, Waltman,
van Eck 2019, doi:10.1038/s41598-019-41695-z). That size is set so large that it splits nobody: once
in many small parts, of which each leads a little to all others, a large campaign is never found
again. What is joined and what is cut is then a matter of shares, whatever the size.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

import graspologic_native

from indicators.domain.correlation.cutting import pieces
from indicators.domain.correlation.joining import boundaries, joined
from indicators.domain.correlation.links import Link, Value
from indicators.domain.correlation.policy import CorrelationPolicy


def parts(links: Sequence[Link], *, policy: CorrelationPolicy) -> dict[str, int]:
    """The part of each report; equal links give equal parts."""
    if not links:
        return {}
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
    return _cut(links, {report: into[part] for report, part in reports.items()}, policy.joined)


def _cut(links: Iterable[Link], parts: Mapping[str, int], least: float) -> dict[str, int]:
    within: dict[int, list[Link]] = defaultdict(list)
    for link in links:
        within[parts[link.report]].append(link)
    found = (piece for part in within.values() for piece in pieces(part, least=least))
    return {link.report: label for label, piece in enumerate(found) for link in piece}


def _named(value: Value) -> str:
    # No STIX id holds a blank: what a lab writes cannot be taken for a report.
    return f"{value.kind} {value.text}"
