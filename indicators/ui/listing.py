"""A list on a page: a slice of a queryset, sorted and cut by the address alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db import models
from django.http import HttpRequest


Record = TypeVar("Record", bound=models.Model)
_PAGE = 50


@dataclass(frozen=True, slots=True)
class Listing(Generic[Record]):
    """What one page of a list shows."""

    rows: Sequence[Record]
    number: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // _PAGE))

    @property
    def first(self) -> int:
        return (self.number - 1) * _PAGE + 1

    @property
    def last(self) -> int:
        return self.first + len(self.rows) - 1

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
    """Cut and sort as `?sort=` and `?page=` say; the first order is the usual one.

    What they say and is not there counts as not said: an old bookmark still opens.
    """
    wanted = request.GET.get("sort", "")
    order = orders.get(wanted) or next(iter(orders.values()))
    total = found.count()
    last = max(1, -(-total // _PAGE))
    number = min(max(_number(request.GET.get("page", "")), 1), last)
    begin = (number - 1) * _PAGE
    return Listing(list(found.order_by(*order)[begin : begin + _PAGE]), number, total)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004  digits
