"""Resolve what an object speaks of, and say what equal content has in common.

Only observables, indicators and relationships between keyed objects have a common key; everything
else is its contributor's own: after names are dropped and numbers bucketed, equality proves
nothing (ADR-0012).
"""

from __future__ import annotations

from collections.abc import Mapping

from indicators.domain.canonical import relationship_content
from indicators.domain.objects import KnownObject, LinkedObject, SharedObject
from indicators.domain.outcomes import Reason, Rejected, Waiting
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.surroundings import Known


def dedupe(shared: SharedObject, *, known: Known) -> LinkedObject:
    """Put Forum objects in the place of keyed tags.

    Raises:
        Waiting: a needed object is held or not here yet.
        Rejected: a needed object was refused.
    """
    resolved = {name: _resolve(name, shared, known=known) for name in shared.references}
    targets = {
        name: tuple(sorted({each.stix_id for each in found}))
        for name, found in resolved.items()
        if found
    }
    canonical = shared.canonical
    if shared.type == "relationship":
        canonical = _relationship_key(shared, resolved)
    speaks_of_token = any(each.is_token for found in resolved.values() for each in found)
    return LinkedObject(
        shared=shared,
        canonical=canonical,
        targets=targets,
        is_token=shared.is_token or speaks_of_token,
    )


def _resolve(name: str, shared: SharedObject, *, known: Known) -> tuple[KnownObject, ...]:
    tags = shared.references[name]
    found = tuple(known.standing[tag] for tag in tags if tag in known.standing)
    missing = tuple(tag for tag in tags if tag not in known.standing)
    if name in shared.optional_references:
        # An observable stays where it stands: its id is the same beside the collection, and there
        # would tell whose token the clear one refers to.
        is_observable = shared.type in SCO_TYPES
        return tuple(each for each in found if not (is_observable and each.is_token))
    if not missing:
        return found
    if name not in shared.single_references:
        # Of a list, what is held or refused is left out: its mere id could tell its value.
        missing = tuple(tag for tag in missing if tag not in known.held | known.refused)
        if not missing and found:
            return found
    refused = [tag for tag in missing if tag in known.refused]
    if refused or not missing:
        raise Rejected(Reason.REFERENCE_REFUSED, _refused(refused or list(tags), known=known))
    raise Waiting(Reason.REFERENCE_WAITING, _waiting(missing, known=known), needs=missing)


def _refused(tags: list[bytes], *, known: Known) -> str:
    return (
        f"It refers to {known.names.get(tags[0], 'an object')}, which was not accepted; send it "
        "again together with a corrected one."
    )


def _waiting(missing: tuple[bytes, ...], *, known: Known) -> str:
    named = ", ".join(known.names.get(tag, "an object") for tag in missing[:3])
    more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""  # noqa: PLR2004  as many as were named
    why = "is held for review" if set(missing) <= known.held else "has not arrived or is held"
    return f"Waits for {named}{more}, which {why}; published together with it."


def _relationship_key(
    shared: SharedObject, resolved: Mapping[str, tuple[KnownObject, ...]]
) -> str | None:
    source, target = resolved["source_ref"][0].end, resolved["target_ref"][0].end
    if source is None or target is None:
        return None
    return relationship_content(str(shared.properties["relationship_type"]), source, target)
