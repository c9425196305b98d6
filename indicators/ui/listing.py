"""A list on a page: cut and sorted by its address alone, so every list can be kept and sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import HttpRequest


Row = TypeVar("Row")
Record = TypeVar("Record", bound=models.Model)
_SIZE = 50
_DIGITS = 6
MOST = 2_000
"""Rows that are counted and have a page: to count a million costs more than to show fifty of them.

What lies behind is found by a filter, or by turning the order round.
"""


@dataclass(frozen=True, slots=True)
class Slice:
    """Which part of a list is asked for."""

    number: int
    """Of the page, from one."""
    size: int = _SIZE

    @classmethod
    def asked(cls, request: HttpRequest, *, size: int = _SIZE) -> Slice:
        """By `?page=`; what is no number counts as not said."""
        text = request.GET.get("page", "")
        sound = text.isdecimal() and len(text) <= _DIGITS
        return cls(max(int(text), 1) if sound else 1, size)

    @property
    def begin(self) -> int:
        return (self.number - 1) * self.size

    def within(self, total: int) -> Slice:
        """The last page where the list is shorter: an old bookmark still opens."""
        return Slice(min(self.number, max(1, -(-total // self.size))), self.size)

    def of(self, rows: Sequence[Row], total: int, *, goes_on: bool = False) -> Listing[Row]:
        """The page with these rows."""
        return Listing(rows, self, total, goes_on)


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """What one page of a list shows."""

    rows: Sequence[Row]
    part: Slice
    total: int
    goes_on: bool
    """Whether there is more than was counted."""

    @property
    def number(self) -> int:
        return self.part.number

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.part.size))

    @property
    def first(self) -> int:
        return self.part.begin + 1

    @property
    def last(self) -> int:
        return self.part.begin + len(self.rows)

    @property
    def before(self) -> int:
        return self.number - 1

    @property
    def after(self) -> int:
        return self.number + 1


def listed(
    request: HttpRequest,
    found: models.QuerySet[Record, Any],
    *,
    orders: Mapping[str, Sequence[str]],
) -> Listing[Record]:
    """Cut as `?page=` says and sort as `?sort=` does; the first order is the usual one."""
    order = orders.get(request.GET.get("sort", "")) or next(iter(orders.values()))
    total, goes_on = counted(found)
    part = Slice.asked(request).within(total)
    rows = list(found.order_by(*order)[part.begin : part.begin + part.size])
    return part.of(rows, total, goes_on=goes_on)


def counted(found: models.QuerySet[Any, Any]) -> tuple[int, bool]:
    """How many rows have a page, and whether there are more."""
    number = found.order_by()[: MOST + 1].count()
    return min(number, MOST), number > MOST
