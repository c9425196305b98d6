"""What one can say of an object, and what the others would learn of it: said before it is sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicators.domain.feedback import NOT_SIGHTED, SIGHTED, SIGHTINGS, feedback_policy
from indicators.domain.stix.types import SCO_TYPES


_SAYS: Mapping[str, str] = {
    SIGHTED: "I saw it too",
    NOT_SIGHTED: "I looked, and did not find it",
    "true-positive": "I looked into it, and it is right",
    "false-positive": "It is wrong",
    "benign-shared-infrastructure": "Bystanders use it too",
    "published-benchmark": "It is a public benchmark",
    "stale": "It was right once, and is over",
    "duplicate": "Another object says the same",
    "already-known": "I knew it from elsewhere",
    "not-reviewed": "I have not looked into it",
}
BASES: Mapping[str, str] = {
    "own-telemetry": "what I saw myself",
    "public": "something public",
    "from-feed": "this feed, or another",
}
"""What a word rests on."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One word, and what follows from it."""

    verdict: str
    says: str
    is_dispute: bool
    is_told: bool
    """To every reader, once k members say so."""

    @property
    def learned(self) -> str:
        """What every reader may come to learn of it, in short."""
        if self.verdict == SIGHTED:
            return "a count in buckets"
        return "a flag" if self.is_dispute or self.is_told else "nothing"


def choices(type_: str) -> Iterator[Choice]:
    """What can be said of an object of this type; STIX knows no sighting of an observable."""
    policy = feedback_policy()
    for verdict, says in _SAYS.items():
        if verdict in SIGHTINGS and type_ in SCO_TYPES:
            continue
        told = verdict in SIGHTINGS or verdict in policy.opinions
        yield Choice(verdict, says, verdict in policy.disputes, told)


def says(verdict: str) -> str:
    """A verdict as its member said it."""
    return _SAYS.get(verdict, verdict)
