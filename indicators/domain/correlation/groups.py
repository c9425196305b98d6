"""Reports that hang together by any chain of links of some kinds: connected components."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from indicators.domain.correlation.links import Link, Value


def groups(links: Iterable[Link], wanted: Callable[[Value], bool]) -> dict[str, str]:
    """The group of each report: the first report in it stands for it. Other links are passed by."""
    leads: dict[str | Value, str | Value] = {}

    def end(node: str | Value) -> str | Value:
        while (after := leads.setdefault(node, node)) != node:
            leads[node] = leads[after]
            node = after
        return node

    reports = []
    for link in links:
        reports.append(link.report)
        end(link.report)
        if wanted(link.value):
            leads[end(link.value)] = end(link.report)
    first: dict[str | Value, str] = {}
    return {report: first.setdefault(end(report), report) for report in sorted(set(reports))}
