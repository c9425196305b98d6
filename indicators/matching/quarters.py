"""The calendar of keys: an epoch is a quarter, with thirty days of overlap after it.

An epoch's id is its quarter, `2026Q4`; an emergency makes a second key in the same quarter,
`2026Q4b`, and so on to `z`. Ids sort as their epochs begin.
"""

from __future__ import annotations

import re
import string
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta


OVERLAP = timedelta(days=30)
AHEAD = timedelta(days=14)
"""How long before it begins a quarter's key is made, so that labs can fetch it in time."""

_ID = re.compile(r"(\d{4})Q([1-4])([b-z]?)")
_LETTERS: tuple[str, ...] = ("", *string.ascii_lowercase[1:])
_MONTHS = 3


@dataclass(frozen=True, slots=True)
class Quarter:
    """Three months of a year, in UTC."""

    year: int
    number: int

    @property
    def starts(self) -> datetime:
        return datetime(self.year, (self.number - 1) * _MONTHS + 1, 1, tzinfo=UTC)

    @property
    def next(self) -> Quarter:
        return Quarter(self.year + self.number // 4, self.number % 4 + 1)

    @property
    def not_after(self) -> datetime:
        """Until when a key of this quarter, and a token under it, may serve."""
        return self.next.starts + OVERLAP

    def epoch(self, used: set[str]) -> str:
        """The first id of this quarter that has not been used.

        Raises:
            ValueError: all twenty-six have.
        """
        plain = f"{self.year:04d}Q{self.number}"
        for letter in _LETTERS:
            if plain + letter not in used:
                return plain + letter
        raise ValueError(f"{plain} has been replaced 25 times: there is no letter left.")


def quarter_at(moment: datetime) -> Quarter:
    """The quarter of a moment."""
    day = moment.astimezone(UTC)
    return Quarter(day.year, (day.month - 1) // _MONTHS + 1)


def quarter_of(epoch: str) -> Quarter:
    """The quarter of an epoch's id.

    Raises:
        ValueError: it is none.
    """
    match = _ID.fullmatch(epoch)
    if match is None:
        raise ValueError(f"{epoch!r} is no epoch; one reads 2026Q4 or 2026Q4b")
    return Quarter(int(match[1]), int(match[2]))


def due(now: datetime) -> list[Quarter]:
    """The quarters that need a key: this one, and the next from AHEAD before it begins."""
    this = quarter_at(now)
    return [this, this.next] if now >= this.next.starts - AHEAD else [this]
