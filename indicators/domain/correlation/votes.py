"""Where the links of a report lead: into which groups the other reports fall that show its values.

Links stand in columns of numbers here, since each is looked at several times in a run.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array

from indicators.domain.correlation.links import Link, Value


NOWHERE = -1
_Floats = NDArray[np.float64]
_Ints = NDArray[np.int_]
_T = TypeVar("_T")


class _Cast(NamedTuple):
    """Votes, row by row: a compressed sparse matrix of what leads into which group."""

    votes: _Floats
    groups: _Ints
    begins: _Ints
    """By row, where its votes begin; and at last, how many there are."""


class _Matrix(Protocol):
    """One of SciPy's, which ships no types."""

    data: _Floats
    indices: _Ints
    indptr: _Ints


@dataclass(frozen=True, slots=True)
class Votes:
    """Links, the groups of their reports, and where they lead by this."""

    values: Sequence[Value]
    reports: Sequence[str]
    value: _Ints
    """By link, the place of its value."""
    report: _Ints
    weight: _Floats
    group: _Ints
    """By link: the group of its report, or nowhere."""

    @classmethod
    def of(
        cls, links: Sequence[Link], groups: Mapping[str, int], *, believed: Collection[Value]
    ) -> Votes:
        """Count; a link of a value that is not believed has no weight. Each value has two links."""
        values, value = _numbered(link.value for link in links)
        reports, report = _numbered(link.report for link in links)
        weight = np.array([link.weight if link.value in believed else 0.0 for link in links])
        group = np.array([groups.get(each, NOWHERE) for each in reports])[report]
        return cls(values, reports, value, report, weight, group)

    def by_report(self, share: float) -> _Ints:
        """By report, where at least this share of its links leads; nowhere if nowhere so many do.

        A share is more than a half, so that no two groups can have it.
        """
        every = csr_array(self._every()) @ csr_array(self._cast(), shape=self._shape)
        return _leads(_rows(every), self._weights, share)

    def without(self, share: float, *, least: float) -> _Ints:
        """By link, where its report leads by its other links alone, if they weigh the least."""
        cast = csr_array(self._cast(), shape=self._shape)
        others = (csr_array(self._every()) @ cast)[self.report] - cast
        weight = self._weights[self.report] - self.weight
        leads = _leads(_rows(others), weight, share)
        return np.where(weight >= least, leads, NOWHERE)

    @property
    def _shape(self) -> tuple[int, int]:
        """How many links, and how many groups they may lead into."""
        return len(self.group), max(int(self.group.max()) + 1, 1)

    @property
    def _weights(self) -> _Floats:
        """By report, what its links weigh in all."""
        weights: _Floats = np.bincount(self.report, self.weight).astype(np.float64)
        return weights

    def _every(self) -> _Cast:
        """By report, each of its links once."""
        order = np.argsort(self.report, kind="stable")
        begins = np.concatenate([[0], np.cumsum(np.bincount(self.report))])
        return _Cast(np.ones(len(order)), order, begins)

    def _cast(self) -> _Cast:
        """By link, its weight shared out by where the other reports of its value are."""
        placed, links = self.group != NOWHERE, np.arange(len(self.group))
        each = self.weight / (np.bincount(self.value) - 1)[self.value]
        at = (self.value[placed], self.group[placed])
        shape = (len(self.values), self._shape[1])
        there = coo_array((np.ones(len(at[0])), at), shape=shape).tocsr()
        everybody = csr_array((each, (links, self.value)), shape=(len(links), len(self.values)))
        own = (each[placed], (links[placed], self.group[placed]))
        return _rows(everybody @ there - csr_array(own, shape=self._shape))


def _numbered(each: Iterable[_T]) -> tuple[Sequence[_T], _Ints]:
    numbers: dict[_T, int] = {}
    places = np.array([numbers.setdefault(one, len(numbers)) for one in each], dtype=int)
    return list(numbers), places


def _rows(matrix: _Matrix) -> _Cast:
    return _Cast(matrix.data, matrix.indices, matrix.indptr)


def _leads(cast: _Cast, weight: _Floats, share: float) -> _Ints:
    """By row, the group that has this share of a weight, and more than nothing."""
    row = np.repeat(np.arange(len(weight)), np.diff(cast.begins))
    enough = (cast.votes >= share * weight[row]) & (cast.votes > 0)
    leads = np.full(len(weight), NOWHERE)
    leads[row[enough]] = cast.groups[enough]
    return leads
