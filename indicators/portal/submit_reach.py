"""Who will see a submission, when, and how far that narrows down whose it was."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta

from indicators.domain import anonymity
from indicators.members import access
from indicators.models.collection import Collection
from indicators.pipeline.preview import Previewed


_ALL = 100
"""Percent."""


@dataclass(frozen=True, slots=True)
class Reach:
    """One collection in which something comes out."""

    collection: Collection
    number: int
    """Of objects."""
    readers: int
    hidden: str
    """How well its source is hidden, in words."""

    @property
    def is_batched(self) -> bool:
        return self.collection.lane == Collection.Lane.BATCHED

    @property
    def when(self) -> str:
        """After which time, in words."""
        if self.is_batched:
            return _of_batches(self.collection)
        return f"At once: {self.collection.expected_delay} after you send it."


def _of_batches(collection: Collection) -> str:
    every = _span(timedelta(minutes=collection.batch_minutes))
    longest = _span(timedelta(hours=collection.batch_longest_hours))
    members, soon = collection.batch_members, collection.batch_soon_percent
    enough = f", once {members} members have something in it" if members > 1 else ""
    spread = _span(timedelta(minutes=collection.batch_spread_minutes))
    rest = f" {soon} % of it goes out then, the rest within {spread}." if soon < _ALL else ""
    return (
        f"With a batch. One is formed every {every} at most{enough}, and after {longest} in any "
        f"case.{rest}"
    )


def _span(length: timedelta) -> str:
    for unit, name in ((timedelta(days=1), "day"), (timedelta(hours=1), "hour")):
        if length >= unit and length % unit == timedelta():
            return _number(length // unit, name)
    return _number(length // timedelta(minutes=1), "minute")


def _number(count: int, name: str) -> str:
    return f"{count} {name}{'' if count == 1 else 's'}"


def reach(collection: Collection, previewed: Sequence[Previewed]) -> list[Reach]:
    """Where what is sent into a collection comes out."""
    aliases = [shown.collection for each in previewed for shown in each.objects]
    return [
        Reach(
            place,
            aliases.count(place.alias),
            access.readers(place),
            anonymity.in_words(access.writers(place)),
        )
        for place in access.beside(collection)
        if place.alias in aliases
    ]


def narrowing(reached: Sequence[Reach], previewed: Sequence[Previewed]) -> Iterator[str]:
    """What tells more of the source than the number of those that it could be."""
    quick = sum(each.number for each in reached if not each.is_batched)
    if quick:
        yield "What comes out at once tells when you sent it. Who knows your hours knows more."
    if quick > 1:
        yield (
            f"{quick} of the objects come out side by side: that one lab sent them together shows."
        )
    if any(each.is_batched for each in reached):
        yield "Batches hide you among what others send. If they send nothing, one is yours alone."
    if any(each.withheld for each in previewed):
        yield "Text that a reviewer lets go is in your own words, and prose has a style."
    yield "What only you can have seen points to you, however many members there are."
