"""Reports that alone hold groups of others together: cut vertices, all of them in one pass.

A depth-first walk over reports and values (Hopcroft and Tarjan 1973, doi:10.1145/362248.362272). To
take out each report in turn and look at what is left would cost a whole walk for each.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from indicators.domain.correlation.links import Link, Value


_Node: TypeAlias = str | Value


def cut_vertices(links: Iterable[Link], *, least: int) -> set[str]:
    """Reports without which there are two groups or more that have this many reports at least."""
    near: dict[_Node, list[_Node]] = defaultdict(list)
    for link in links:
        near[link.report].append(link.value)
        near[link.value].append(link.report)
    found: set[str] = set()
    seen: set[_Node] = set()
    for start in near:
        if start not in seen:
            walk = _Walk(near)
            walk.walk(start)
            seen |= walk.place.keys()
            found |= set(walk.cutting(walk.reports[start], least))
    return found


@dataclass(slots=True)
class _Walk:
    """One walk over all that hangs together."""

    near: Mapping[_Node, Sequence[_Node]]
    place: dict[_Node, int] = field(default_factory=dict)
    """By node, when it was come to."""
    low: dict[_Node, int] = field(default_factory=dict)
    """By node, the earliest that leads past it, from it or from what was come to through it."""
    reports: dict[_Node, int] = field(default_factory=dict)
    """By node, how many reports were come to through it, itself counted."""
    apart: dict[_Node, list[int]] = field(default_factory=lambda: defaultdict(list))
    """By node, the reports of each part that only leads past it through it."""

    def walk(self, start: _Node) -> None:
        """Walk; no recursion, since a chain may have thousands."""
        waiting = [self._come_to(start)]
        path = [start]
        while waiting:
            after = next(waiting[-1], None)
            if after is None:
                waiting.pop()
                self._leave(path.pop(), path[-1] if path else None)
            elif after not in self.place:
                waiting.append(self._come_to(after))
                path.append(after)
            else:
                self.low[path[-1]] = min(self.low[path[-1]], self.place[after])

    def _come_to(self, node: _Node) -> Iterator[_Node]:
        self.place[node] = self.low[node] = len(self.place)
        self.reports[node] = int(isinstance(node, str))
        return iter(self.near[node])

    def _leave(self, node: _Node, back: _Node | None) -> None:
        if back is None:
            return
        self.low[back] = min(self.low[back], self.low[node])
        self.reports[back] += self.reports[node]
        if self.low[node] >= self.place[back]:
            self.apart[back].append(self.reports[node])

    def cutting(self, every: int, least: int) -> Iterator[str]:
        """Of so many reports in all, those without which this many are on two sides at least."""
        for node, parts in self.apart.items():
            rest = every - 1 - sum(parts)
            if isinstance(node, str) and sum(each >= least for each in (*parts, rest)) > 1:
                yield node
