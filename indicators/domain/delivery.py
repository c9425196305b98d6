"""Who has read past a thing, and past the news that it is gone. Pure.

A key's passages say how far it had read at which minute. That it read past a position means that
its pages went past it: whoever filters by type may not have been given the object. So this names
all who may have it, and nobody who cannot.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Shown:
    """A version of an object with its words, for as long as a reader got them."""

    position: int
    until: datetime | None
    """When its words went; None while they stand."""


def got(reached: Mapping[int, datetime], versions: Iterable[Shown]) -> datetime | None:
    """When a key first got one of the versions; None if its words were gone by then, or always.

    `reached` says when it had read past which position. It is known by the minute, so the minute in
    which the words went counts.
    """
    moments = [
        minute
        for each in versions
        if (minute := reached.get(each.position)) is not None
        and (each.until is None or minute <= each.until)
    ]
    return min(moments, default=None)
