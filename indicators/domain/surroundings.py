"""What a stage may know of the world around an object: fetched in bulk and passed in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from indicators.domain.objects import Declaration, KnownObject
from indicators.domain.screens.residential import NOWHERE, Residential
from indicators.domain.tlp import Level


@dataclass(frozen=True, slots=True)
class Audience:
    """Where an object is going."""

    marking: Level
    exercise: bool
    accepts_reserved: bool


@dataclass(frozen=True, slots=True)
class Past:
    """What the same member has contributed under the same id before."""

    version: datetime | None
    same_content: bool | None
    """None where it is not compared: it lies held or waiting, or must not stay as it was shared."""
    withdrawn: bool
    must_go: bool = False
    """It names in clear, or refers to what names, an address that the submission calls residential:
    the same content comes out otherwise now, or not at all."""
    disputed: bool = False
    """An appeal over what was published of it is open."""


@dataclass(frozen=True, slots=True)
class Echoes:
    """Ids of the submission that are the Forum's own words come back."""

    forum_ids: frozenset[str] = frozenset()
    """Ids that the Forum gave."""
    observables: frozenset[str] = frozenset()
    """Observables that the Forum once published and that come back."""
    copies: frozenset[str] = frozenset()
    """What else says the Forum's words under another id and author."""


NO_ECHOES = Echoes()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything about one chunk of a submission that is not in its objects."""

    audience: Audience
    standing: Declaration | None
    """The member's standing declaration on its grant."""
    forum_identity: str
    received_at: datetime
    now: datetime
    may_write: bool = True
    """The member is active and its grant still lets it write."""
    refuses_raw: bool = False
    first_objects: bool = False
    """The member's first N objects wait for a reviewer."""
    catalogue: frozenset[str] = frozenset()
    """Ids of the chunk that stand in a verbatim collection."""
    epochs: Mapping[str, datetime] = field(default_factory=dict)
    """Live epochs of tokens, and when each ends."""
    paused: frozenset[str] = frozenset()
    """Switches of policy/regimes.toml that are on for this sender and this collection."""
    stated: frozenset[str] = frozenset()
    """Ids of the envelope whose threat nexus another object of it states."""
    residential: Residential = NOWHERE
    """Addresses that the submission itself calls residential."""
    echoes: Echoes = NO_ECHOES
    past: Mapping[str, Past] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Known:
    """What references of a chunk lead to, by their keyed tags."""

    standing: Mapping[bytes, KnownObject] = field(default_factory=dict)
    held: frozenset[bytes] = frozenset()
    refused: frozenset[bytes] = frozenset()
    names: Mapping[bytes, str] = field(default_factory=dict)
    """The lab's own ids, for the messages it alone will read."""
