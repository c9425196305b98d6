"""A first sorting: parts that hold together, joined where they lead to each other.

Leiden over the Constant Potts Model finds parts, but has one size in mind for all (Traag, Waltman,
van Eck 2019, doi:10.1038/s41598-019-41695-z); parts are then joined where a share of their links,
whatever their size, leads to each other.
"""

from __future__ import annotations

from collections.abc import Sequence

import graspologic_native

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
    return {report: into[part] for report, part in reports.items()}


def _named(value: Value) -> str:
    # No STIX id holds a blank: what a lab writes cannot be taken for a report.
    return f"{value.kind} {value.text}"
