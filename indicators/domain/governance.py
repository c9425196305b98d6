"""What the Forum itself says of an object in `share-governance`, beside what its contributor said.

The words below are the Forum's: no lab's value of them is ever read, a lab's next version keeps
them, and they change by what the Forum decides alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from indicators.domain import feedback
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.times import format_time, parse_time


FORUMS_WORDS = frozenset({"campaign", "techniques", "disputed", "appealed", "public_template"})
PART = "extensions.share-governance"
"""How `render.enrich` names the extension."""
UNCORRELATED = "uncorrelated"
"""Of `campaign`: none is known yet."""
_ID = BY_NAME["share-governance"].id
_BEARERS = BY_NAME["share-governance"].types - feedback.TYPES
_WITHOUT_FORCE = "context"
"""The tier of what nobody should act on."""


def governance_of(body: Mapping[str, object]) -> Mapping[str, object]:
    """The extension of a published object; empty if it bears none."""
    extensions = body.get("extensions")
    found = extensions.get(_ID) if isinstance(extensions, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def forums_words(body: Mapping[str, object]) -> dict[str, object]:
    """What of it the Forum said; while it is suspended, its tier too."""
    said = governance_of(body)
    names = FORUMS_WORDS | {"action_tier"} if said.get("disputed") else FORUMS_WORDS
    return {name: each for name, each in said.items() if name in names}


def governed(body: Mapping[str, object], words: Mapping[str, object]) -> dict[str, object]:
    """The part of the next version in which these words stand too; None takes one away."""
    said = {**governance_of(body), **words}
    if said.get("public_template"):
        said["action_tier"] = "context"  # whatever its contributor thinks: it proves nothing
    kept = {name: each for name, each in said.items() if each is not None}
    kept["extension_type"] = "property-extension"
    return {PART: kept if len(kept) > 1 else None}


@dataclass(frozen=True, slots=True)
class Terms:
    """What a machine goes by when it acts on an object: while it is suspended, on none."""

    action_tier: object
    valid_until: object

    @classmethod
    def of(cls, body: Mapping[str, object]) -> Terms:
        return cls(governance_of(body).get("action_tier"), body.get("valid_until"))

    @classmethod
    def suspended(cls, body: Mapping[str, object], *, now: datetime) -> Terms:
        """The tier without force, and an end that has come: an end must lie after the beginning."""
        if body["type"] != "indicator":
            return cls(_WITHOUT_FORCE, None)
        end = max(now, parse_time(str(body["valid_from"])) + timedelta(milliseconds=1))
        until = body.get("valid_until")
        end = min(end, parse_time(str(until))) if until else end
        return cls(_WITHOUT_FORCE, format_time(end))


def flagged(
    body: Mapping[str, object], words: Mapping[str, object], terms: Terms | None = None
) -> dict[str, object]:
    """The parts of the next version that says these of the Forum's words, on these terms if given.

    Empty for what has no room for them.
    """
    if body["type"] not in _BEARERS:
        return {}
    tier = {"action_tier": terms.action_tier} if terms else {}
    parts = governed(body, {**words, **tier})
    if terms and body["type"] == "indicator":
        parts["valid_until"] = terms.valid_until
    return parts
