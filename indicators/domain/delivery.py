"""Who has read past a thing, and past the news that it is gone. Pure.

A key's passages say how far it had read at which minute. That it read past a position means that
its pages went past it: whoever filters by type may not have been given the object. So this names
all who may have it, and nobody who cannot.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Passed:
    """From this minute on a key had read past this position, and not further before."""

    position: int
    minute: datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A version of an object with its words, for as long as a reader got them."""

    position: int
    until: datetime | None
    """When its words went; None while they stand."""


@dataclass(frozen=True, slots=True)
class Delivered:
    """When a key got past an object, and past the news that it is gone."""

    got: datetime | None
    heard: datetime | None


def first_past(passages: Sequence[Passed], position: int) -> datetime | None:
    """When a key first read past a position; `passages` are ordered by position."""
    at = bisect_left(passages, position, key=attrgetter("position"))
    return passages[at].minute if at < len(passages) else None


def got(passages: Sequence[Passed], versions: Sequence[Shown]) -> datetime | None:
    """When a key first got one of the versions; None if its words were gone by then, or always.

    Passages are known by the minute, so one in the minute in which the words went counts.
    """
    moments = [
        minute
        for each in versions
        if (minute := first_past(passages, each.position)) is not None
        and (each.until is None or minute <= each.until)
    ]
    return min(moments, default=None)
