"""Who decides over held objects and how, read once from `policy/review.toml`.

The file explains its own words; this module turns them into types and refuses what it does not
understand.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import cache
from importlib import resources

from indicators.domain.disclosure import PolicyError
from indicators.domain.office_hours import Target
from indicators.domain.outcomes import Reason


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """The rules of review in force; immutable."""

    version: str
    target: Target
    two_people: frozenset[Reason]
    """Reasons that one person alone cannot waive."""
    personal_kinds: frozenset[str]
    """Words for personal data that no rule found."""
    linked_delay: timedelta
    linked_keys: frozenset[str]
    """Of a behaviour profile: what moves with the release of a lab's model."""
    lines: Mapping[str, str]
    """To whom a reviewer may escalate, and when."""
    reveal_reasons: Mapping[str, str]
    approve_within: timedelta
    open_within: timedelta

    def needs_two(self, reasons: Iterable[str]) -> bool:
        """Whether one of these reasons asks for a second person."""
        return not self.two_people.isdisjoint(reasons)

    def is_linked(self, content: Mapping[str, object]) -> bool:
        """Whether held content has something in it that moves with a lab's release."""
        parts = [content, *(each for each in content.values() if isinstance(each, Mapping))]
        return any(not self.linked_keys.isdisjoint(map(str, part)) for part in parts)


@cache
def current_review_policy() -> ReviewPolicy:
    """The rules of review that the package carries.

    Raises:
        PolicyError: the file holds a word that this code does not know.
    """
    text = resources.files("indicators.policy").joinpath("review.toml").read_text("utf-8")
    return read_review_policy(text)


def read_review_policy(text: str) -> ReviewPolicy:
    """Build the rules from the text of a review file."""
    raw = tomllib.loads(text)
    reveal = raw["reveal"]
    return ReviewPolicy(
        version=raw["version"],
        target=_target(raw["target"]),
        two_people=frozenset(_reason(word) for word in raw["two_people"]["reasons"]),
        personal_kinds=frozenset(raw["personal"]["kinds"]),
        linked_delay=timedelta(days=raw["release_linked"]["days"]),
        linked_keys=frozenset(raw["release_linked"]["keys"]),
        lines=raw["escalation"],
        reveal_reasons=reveal["reasons"],
        approve_within=timedelta(hours=reveal["approve_within_hours"]),
        open_within=timedelta(minutes=reveal["open_within_minutes"]),
    )


def _reason(word: str) -> Reason:
    if word not in set(Reason):
        raise PolicyError(f"two_people.reasons: there is no reason {word!r}")
    return Reason(word)


def _target(raw: Mapping[str, object]) -> Target:
    hours, opens, closes = raw["hours"], raw["opens"], raw["closes"]
    weekdays, closed = raw["weekdays"], raw["closed"]
    if not (isinstance(opens, time) and isinstance(closes, time) and opens < closes):
        raise PolicyError("target: opens and closes must be times, the first before the second")
    if not (isinstance(hours, int) and hours > 0):
        raise PolicyError("target.hours must be a whole number above 0")
    if not (isinstance(weekdays, list) and weekdays and set(weekdays) <= set(range(1, 8))):
        raise PolicyError("target.weekdays must list days from 1 (Monday) to 7, at least one")
    if not (isinstance(closed, list) and all(isinstance(day, date) for day in closed)):
        raise PolicyError("target.closed must list dates")
    return Target(timedelta(hours=hours), frozenset(weekdays), opens, closes, frozenset(closed))
