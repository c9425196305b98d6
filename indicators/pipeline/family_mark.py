"""The mark of a collection: how far its feed was read for prompt families. Its lock is the turn.

Locked first of all: whoever has a turn waits for objects and heads, and nobody who has those waits
for a mark. Who changes the list of public templates takes every turn, before the templates' rows.
Runs as the publisher.
"""

from __future__ import annotations

from typing import NamedTuple

from indicators.models.collection import Collection
from indicators.pipeline import bulk


_ANEW = -1


class TurnLost(Exception):  # noqa: N818  as LeaseLost: no error, another does it
    """Another took the turn between two transactions; it begins where the mark still stands."""


class Mark(NamedTuple):
    """Up to where a collection was worked on."""

    position: int
    """On its feed."""
    public: int
    """The last public skeleton with which all that stands was compared."""

    @property
    def is_anew(self) -> bool:
        """The list lost a template: all of it is to be compared again."""
        return self.public == _ANEW


def take_turn(collection: Collection) -> Mark | None:
    """Take the turn to work on this collection, until the end of the transaction.

    None if another has it: what there is to do is done there.
    """
    bulk.run(
        "INSERT INTO family_mark (collection_id, position, public) VALUES (%s, 0, 0) "
        "ON CONFLICT DO NOTHING",
        [collection.id],
    )
    rows = bulk.rows(
        "SELECT position, public FROM family_mark WHERE collection_id = %s FOR UPDATE SKIP LOCKED",
        [collection.id],
    )
    return Mark(*rows[0]) if rows else None


def take_turn_again(collection: Collection) -> None:
    """Take it for the next part of what one transaction is too small for.

    Raises:
        TurnLost: another has it now.
    """
    if take_turn(collection) is None:
        raise TurnLost(collection.alias)


def take_every_turn() -> None:
    """Wait for all who have one, in the order in which all wait."""
    bulk.rows("SELECT FROM family_mark ORDER BY collection_id FOR UPDATE")


def has_read(collection: Collection, position: int) -> None:
    bulk.run(
        "UPDATE family_mark SET position = %s WHERE collection_id = %s", [position, collection.id]
    )


def has_compared(collection: Collection, last: int, *, since: Mark) -> None:
    """Up to this public skeleton, unless the list lost one meanwhile."""
    bulk.run(
        "UPDATE family_mark SET public = %s WHERE collection_id = %s AND public = %s",
        [last, collection.id, since.public],
    )


def compare_anew() -> None:
    """Let everything be compared with the whole list; call it with every turn taken."""
    bulk.run("UPDATE family_mark SET public = %s", [_ANEW])
