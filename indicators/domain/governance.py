"""What the Forum itself says of an object in `share-governance`, beside what its contributor said.

The words below are the Forum's: no lab's value of them is ever read, a lab's next version keeps
them, and they change by what the Forum decides alone.
"""

from __future__ import annotations

from collections.abc import Mapping

from indicators.domain.stix.extensions import BY_NAME


FORUMS_WORDS = frozenset({"campaign", "techniques", "disputed", "appealed", "public_template"})
PART = "extensions.share-governance"
"""How `render.enrich` names the extension."""
UNCORRELATED = "uncorrelated"
"""Of `campaign`: none is known yet."""
_ID = BY_NAME["share-governance"].id


def governance_of(body: Mapping[str, object]) -> Mapping[str, object]:
    """The extension of a published object; empty if it bears none."""
    extensions = body.get("extensions")
    found = extensions.get(_ID) if isinstance(extensions, Mapping) else None
    return found if isinstance(found, Mapping) else {}


def forums_words(body: Mapping[str, object]) -> dict[str, object]:
    """What of it the Forum said."""
    return {name: each for name, each in governance_of(body).items() if name in FORUMS_WORDS}


def governed(body: Mapping[str, object], words: Mapping[str, object]) -> dict[str, object]:
    """The part of the next version in which these words stand too; None takes one away."""
    said = {**governance_of(body), **words}
    if said.get("public_template"):
        said["action_tier"] = "context"  # whatever its contributor thinks: it proves nothing
    kept = {name: each for name, each in said.items() if each is not None}
    kept["extension_type"] = "property-extension"
    return {PART: kept if len(kept) > 1 else None}
