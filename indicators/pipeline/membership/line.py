"""A line of a checklist: something that must be so before a member comes, or has left."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Line:
    """What must be so, whether it is, and how anybody knows."""

    title: str
    met: bool
    said: str
    """What was written or seen; of a line that is not met, what to do."""
    by: str = ""
    """Who says so; empty where the hub sees it for itself."""
    at: datetime | None = None


def unmet(lines: list[Line]) -> list[str]:
    """The titles of what is missing."""
    return [each.title for each in lines if not each.met]
