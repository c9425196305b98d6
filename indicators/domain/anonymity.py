"""How well a source is hidden, said honestly: by the number of those that it could have been."""

from __future__ import annotations


_WEAK = 4
"""With fewer members nobody is anonymous who is asked about by another."""


def in_words(writers: int) -> str:
    """What a member should know before it confirms, of a collection with so many writers."""
    if writers <= 1:
        return "Source anonymity: none, one active member writes here."
    rest = writers - 1
    narrowed = f"a reader that writes too can narrow a source to {rest}"
    strength = f"{writers} active members write here: {narrowed}."
    weak = "weak, " if writers < _WEAK else ""
    return f"Source anonymity: {weak}{strength}"
