"""What a member can say of an object that stands: that it saw it too, or what it makes of it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping


SIGHTED = "sighted"
NOT_SIGHTED = "not-sighted"
"""It looked and did not find it: a sighting that counts 0."""
SIGHTINGS = (SIGHTED, NOT_SIGHTED)
OPINIONS = (
    "true-positive", "false-positive", "benign-shared-infrastructure", "published-benchmark",
    "stale", "duplicate", "already-known", "not-reviewed",
)  # fmt: skip
"""The words of the extension `feedback-verdict`."""
FLOORS = (0, 1, 10, 100, 1000)
"""How often a thing was seen is kept as the floor of its bucket."""

_OF_OPINION: Mapping[str, str] = {
    "strongly-disagree": "false-positive",
    "disagree": "false-positive",
    "neutral": "not-reviewed",
    "agree": "true-positive",
    "strongly-agree": "true-positive",
}


def verdict_of(opinion: str) -> str:
    """What STIX's own five steps mean where no extension says it more exactly.

    Raises:
        KeyError: it is none of the five.
    """
    return _OF_OPINION[opinion]


def floor_of(count: int) -> int:
    """The floor of the bucket that a count lies in; counts are not negative."""
    return FLOORS[bisect_right(FLOORS, count) - 1]
