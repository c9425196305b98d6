"""What hangs together by a thread is cut: the counterpart of joining, by the same share.

The cut with the smallest share is sought along the second eigenvector of the normalised links,
which finds one nearly as thin as there is (Cheeger's inequality; Shi and Malik 2000,
doi:10.1109/34.868688). Small parts are solved exactly, large ones by Lanczos from a fixed start.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.sparse.linalg import eigsh

from indicators.domain.correlation.links import Link, Value


_Floats = NDArray[np.float64]
_Sides: TypeAlias = NDArray[np.int_] | NDArray[np.bool_]
_EXACT = 200
"""Nodes up to which all eigenvectors are computed: faster than the iteration, and never astray."""
_LEAST = 4
"""Nodes below which nothing can be told apart."""


class _Cut(NamedTuple):
    share: float
    """Of the smaller side's links, how much is cut."""
    first: NDArray[np.bool_]
    """Which nodes are on the first side."""


def pieces(links: Sequence[Link], *, least: float) -> Iterator[Sequence[Link]]:
    """The links of each piece, after every cut whose share lies below the least."""
    waiting = [links]
    while waiting:
        part = waiting.pop()
        sides = _sides(part, least)
        if sides is None:
            yield part
        else:
            waiting += sides


def _sides(links: Sequence[Link], least: float) -> list[Sequence[Link]] | None:
    graph = _graph(links)
    if graph.size < _LEAST:
        return None
    component = _components(graph)
    if component.any():
        # All at once: what hangs on one report falls into hundreds when that goes elsewhere.
        return _within(links, component[graph.reports], component[graph.values])
    cut = _thinnest(graph)
    if cut.share >= least:
        return None
    sides = _within(links, cut.first[graph.reports], cut.first[graph.values])
    return sides if len(sides) > 1 else None


def _within(links: Sequence[Link], reports: _Sides, values: _Sides) -> list[Sequence[Link]]:
    """By side, the links that have both ends on it."""
    sides: dict[int, list[Link]] = defaultdict(list)
    for link, report, value in zip(links, reports.tolist(), values.tolist(), strict=True):
        if report == value:
            sides[report].append(link)
    return [sides[side] for side in sorted(sides, reverse=True)]


@dataclass(frozen=True, slots=True)
class _Graph:
    """Links as numbers: each from a report to a value, both of them nodes."""

    reports: NDArray[np.int_]
    values: NDArray[np.int_]
    weights: _Floats
    size: int

    @property
    def degrees(self) -> _Floats:
        """The link weight at each node."""
        degrees = np.zeros(self.size)
        np.add.at(degrees, self.reports, self.weights)
        np.add.at(degrees, self.values, self.weights)
        return degrees


def _graph(links: Sequence[Link]) -> _Graph:
    nodes: dict[str | Value, int] = {}
    reports = [nodes.setdefault(link.report, len(nodes)) for link in links]
    values = [nodes.setdefault(link.value, len(nodes)) for link in links]
    weights = [link.weight for link in links]
    return _Graph(np.array(reports), np.array(values), np.array(weights), len(nodes))


def _components(graph: _Graph) -> NDArray[np.int_]:
    """By node, the number of what hangs together with it by any chain."""
    links = (graph.weights, (graph.reports, graph.values))
    half = coo_array(links, shape=(graph.size, graph.size))
    component: NDArray[np.int_] = connected_components(half, directed=False)[1]
    return component


def _thinnest(graph: _Graph) -> _Cut:
    order = np.argsort(_second(graph), kind="stable")
    place = np.empty(graph.size, dtype=int)
    place[order] = np.arange(graph.size)
    shares = _shares(graph, order, place)
    thinnest = int(np.argmin(shares))
    return _Cut(float(shares[thinnest]), place <= thinnest)


def _second(graph: _Graph) -> _Floats:
    """The second eigenvector of the random walk over the links, by node."""
    scale = 1 / np.sqrt(graph.degrees)
    weights = graph.weights * scale[graph.reports] * scale[graph.values]
    links = (weights, (graph.reports, graph.values))
    half = coo_array(links, shape=(graph.size, graph.size)).tocsr()
    both = half + half.T
    if graph.size <= _EXACT:
        second: _Floats = np.linalg.eigh(both.toarray())[1][:, -2]
    else:
        start = np.linspace(-1, 1, graph.size)
        found, vectors = eigsh(both, k=2, which="LA", v0=start, tol=1e-3)
        second = vectors[:, np.argsort(found)[-2]]
    return second * scale


def _shares(graph: _Graph, order: NDArray[np.int_], place: NDArray[np.int_]) -> _Floats:
    """The share that each cut along the order would have."""
    ends = place[graph.reports], place[graph.values]
    change = np.zeros(graph.size)
    np.add.at(change, np.minimum(*ends), graph.weights)
    np.add.at(change, np.maximum(*ends), -graph.weights)
    before = np.cumsum(graph.degrees[order])[:-1]
    shares: _Floats = np.cumsum(change)[:-1] / np.minimum(before, 2 * graph.weights.sum() - before)
    return shares
