"""Who takes part in the demo, which collections there are, and who may do what in them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


MEMBERS: Mapping[str, str] = {
    "alder": "Aldergrove AI",
    "birch": "Brightwater Labs",
    "cedar": "Cobalt Reach",
    "forum": "The Forum",
}
"""Names by slug; `forum` publishes the reference data."""

STAFF = ("analyst", "reviewer", "counsel", "auditor", "operator")
"""Logins, each in the role of the same name."""

PURPOSE = "adversarial-distillation-defence"
THREAT_NEXUS = ("access-control-evasion", "fraudulent-account")
"""The standing declaration on every grant of the demo."""


@dataclass(frozen=True, slots=True)
class Place:
    """A collection of the demo."""

    alias: str
    title: str
    description: str
    kind: str = "sharing"
    exercise: bool = False
    accepts_reserved: bool = False
    marking: str = "amber+strict"


PLACES = (
    Place(
        "exercise",
        "Exercise",
        "The sandbox of every member: fictional content, marked as such. Nothing from it may enter "
        "another collection. The three campaigns in it are invented.",
        exercise=True,
        accepts_reserved=True,
    ),
    Place(
        "distillation",
        "Adversarial distillation",
        "What members share about distillation campaigns. In the demo it accepts reserved ranges "
        "and .example names.",
        accepts_reserved=True,
    ),
    Place(
        "reference",
        "Reference",
        "ATLAS techniques, markings and extension definitions, as their publishers wrote them.",
        kind="verbatim",
        marking="clear",
    ),
    Place("private", "Private", "A sharing group that only one member belongs to."),
)

QUICK: Mapping[str, int | str] = {
    "batch_minutes": 1,
    "batch_members": 1,
    "batch_soon_percent": 100,
    "batch_spread_minutes": 0,
    "batch_longest_hours": 1,
    "expected_delay": "about a minute, in the demo",
}
"""The batched lane of tokens for people who try things out: it hides nobody."""

_ALL, _READ = (True, True), (True, False)
GRANTS: Mapping[str, Mapping[str, tuple[bool, bool]]] = {
    "alder": {"exercise": _ALL, "distillation": _ALL, "reference": _READ},
    "birch": {"exercise": _ALL, "distillation": _ALL, "reference": _READ, "private": _ALL},
    "cedar": {"exercise": _ALL, "distillation": _ALL, "reference": _READ},
    "forum": {"reference": _ALL},
}
"""Rights to read and to write, by member and collection."""
