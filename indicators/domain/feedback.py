"""What a member can say of an object that stands: that it saw it too, or what it makes of it.

What follows from it is data: `policy/feedback.toml` explains its own words.
"""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


TYPES = frozenset({"sighting", "opinion"})
SIGHTED = "sighted"
NOT_SIGHTED = "not-sighted"
"""It looked and did not find it: a sighting that counts 0."""
SIGHTINGS = (SIGHTED, NOT_SIGHTED)
OPINIONS = (
    "true-positive", "false-positive", "benign-shared-infrastructure", "published-benchmark",
    "stale", "duplicate", "already-known", "not-reviewed",
)  # fmt: skip
"""The words of the extension `feedback-verdict`."""
ANONYMOUS_MEMBER_ID = "identity--3c1f8d62-6b0a-4f5e-9d27-51c0a7e4b983"
"""Where the Forum says that a thing was seen: never at whom (`catalogue.contents`)."""
FLOORS = (0, 1, 10, 100, 1000)
"""How often a thing was seen is kept as the floor of its bucket."""

_OF_OPINION: Mapping[str, str] = {
    "strongly-disagree": "false-positive",
    "disagree": "false-positive",
    "neutral": "not-reviewed",
    "agree": "true-positive",
    "strongly-agree": "true-positive",
}


@dataclass(frozen=True, slots=True)
class FeedbackPolicy:
    """What follows from what members say."""

    version: str
    disputes: frozenset[str]
    """Verdicts that suspend an object, once k members say so."""
    opinions: Mapping[str, str]
    """Verdict → the step of STIX's scale in the Forum's own opinion."""


class FeedbackPolicyError(ValueError):
    """The file names a verdict that there is not."""


@cache
def feedback_policy() -> FeedbackPolicy:
    """The policy that the package carries.

    Raises:
        FeedbackPolicyError: it names a verdict that the extension does not have.
    """
    text = resources.files("indicators.policy").joinpath("feedback.toml").read_text("utf-8")
    return read_feedback_policy(text)


def read_feedback_policy(text: str) -> FeedbackPolicy:
    """Build the policy from the text of a file; errors as `feedback_policy`."""
    raw = tomllib.loads(text)
    if unknown := {*raw["disputes"], *raw["opinions"]}.difference(OPINIONS):
        raise FeedbackPolicyError(f"no verdicts: {', '.join(sorted(unknown))}")
    return FeedbackPolicy(raw["version"], frozenset(raw["disputes"]), raw["opinions"])


def verdict_of(opinion: str) -> str:
    """What STIX's own five steps mean where no extension says it more exactly.

    Raises:
        KeyError: it is none of the five.
    """
    return _OF_OPINION[opinion]


def floor_of(count: int) -> int:
    """The floor of the bucket that a count lies in; counts are not negative."""
    return FLOORS[bisect_right(FLOORS, count) - 1]
