"""What is counted of members and of the Forum, read from `policy/accountability.toml`."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Index:
    """How give and get are weighed."""

    days: int
    corroborated: int
    disputed_upheld: int


@dataclass(frozen=True, slots=True)
class Concentration:
    """When one member stands for too much of a collection."""

    percent: int
    days: int
    least: int


@dataclass(frozen=True, slots=True)
class Accountability:
    """The file."""

    version: str
    index: Index
    concentration: Concentration
    small: int
    """Counts below this, other than none, are not published."""


@cache
def current_accountability() -> Accountability:
    """What the package carries."""
    path = resources.files("indicators.policy").joinpath("accountability.toml")
    raw = tomllib.loads(path.read_text("utf-8"))
    return Accountability(
        version=raw["version"],
        index=Index(**raw["contribution"]),
        concentration=Concentration(**raw["concentration"]),
        small=raw["transparency"]["small"],
    )


@dataclass(frozen=True, slots=True)
class Give:
    """Forum objects that a member stood behind, each once."""

    published: int
    """Those it stands behind now."""
    corroborated: int
    """Of these, those that at least k members saw."""
    withdrawn: int
    disputed_upheld: int
    """Those that were disputed, and gone because whoever did was right."""


@dataclass(frozen=True, slots=True)
class Get:
    """What a member reads of what others gave."""

    credentials_reading: int
    last_read: str | None
    """The minute of its last pull."""
    share_read: float
    """How far into the collections that it may read, from 0 to 1."""
    objects_of_others: int
    """Those that stand in these collections and are not its own."""
    other_writers: int


def index_of(give: Give, get: Get, *, rule: Index) -> float | None:
    """What a member gives, as a part of what it and an average other member give together.

    given = published + weight * corroborated - weight * disputed and upheld, not below 0
    taken = objects of others * share read / other writers: what one of them gave it on average
    index = given / (given + taken): 0.5 who gives as much as it gets from one other; None where
    nothing was given or taken.
    """
    given = max(
        0,
        give.published
        + rule.corroborated * give.corroborated
        - rule.disputed_upheld * give.disputed_upheld,
    )
    taken = get.objects_of_others * get.share_read / max(get.other_writers, 1)
    return round(given / (given + taken), 2) if given + taken else None
