"""What a preview shows: data for a page, which needs to know nothing of the river."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from indicators.domain.outcomes import Reason


class Fate(StrEnum):
    """What happens to one property of a lab's object."""

    KEPT = "kept"
    COARSENED = "coarsened"
    TOKENISED = "tokenised"
    REPLACED = "replaced"
    """The Forum's own stands in its place."""
    DROPPED = "dropped"
    REMOVED = "removed"
    """A secret, a card number or a patient's words, taken out unread."""
    WITHHELD = "withheld"
    """A reviewer looks at it; the object goes on without it."""


@dataclass(frozen=True, slots=True)
class Property:
    """What happens to one property; parts of one are named `hashes.MD5`, `extensions.….basis`."""

    name: str
    fate: Fate
    why: str
    """In words, for the lab's analyst."""
    before: object = None
    """As the lab sent it; None where that must not be shown, or says nothing."""
    after: object = None
    """As readers get it; None where they get nothing."""
    reason: Reason | None = None
    rule: str = ""
    """The line of `policy/disclosure.toml`, or the rule that found what was removed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the Forum's objects as readers would get it."""

    collection: str
    """The alias of the one that it goes into."""
    waits_for_batch: bool
    """It comes out together with what others sent, not at once."""
    body: Mapping[str, Any]
    """STIX, but for markers in the place of tokens and placeholders in that of ids."""


@dataclass(frozen=True, slots=True)
class Previewed:
    """What would become of one object of an envelope."""

    ordinal: int
    type: str
    original_id: str
    outcome: str
    """As in the status of a submission: published, held, waiting, rejected, echo, …"""
    reason: Reason | None
    message: str
    """What its lab would be told."""
    rule_ids: tuple[str, ...]
    withheld: Mapping[str, Reason]
    """Properties of a published object that a reviewer would look at, and why."""
    objects: tuple[Shown, ...]
    """What readers would get: none, one, or one for each token of an observable."""
    properties: tuple[Property, ...]
    """In the order in which the lab sent them; empty for what is not shared itself."""
