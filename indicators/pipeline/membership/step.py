"""What every step of coming and leaving has in common."""

from __future__ import annotations


class MembershipError(ValueError):
    """A step that cannot be taken; the message says why and what to do."""


def required(text: str, most: int, said: str) -> str:
    """A text of a form without the space around it.

    Raises:
        MembershipError: it is missing or too long; says what is wanted.
    """
    kept = text.strip()
    if not 1 <= len(kept) <= most:
        raise MembershipError(f"{said} At most {most} letters.")
    return kept
