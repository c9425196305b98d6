"""Resolve what an object speaks of, and say what equal content has in common.

Only observables, indicators and relationships between keyed objects have a common key; everything
else is its contributor's own: after names are dropped and numbers bucketed, equality proves
nothing (ADR-0012).
"""

from __future__ import annotations

from collections.abc import Mapping

from indicators.domain.canonical import relationship_content
from indicators.domain.leads import follow
from indicators.domain.objects import KnownObject, LinkedObject, SharedObject
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
    if name in shared.optional_references:
        found = (known.standing[tag] for tag in tags if tag in known.standing)
        # An observable stays where it stands: its id is the same beside the collection, and there
        # would tell whose token the clear one refers to.
        is_observable = shared.type in SCO_TYPES
        return tuple(each for each in found if not (is_observable and each.is_token))
    return follow(tags, known=known, single=name in shared.single_references)


def _relationship_key(
    shared: SharedObject, resolved: Mapping[str, tuple[KnownObject, ...]]
) -> str | None:
    source, target = resolved["source_ref"][0].end, resolved["target_ref"][0].end
    if source is None or target is None:
        return None
    return relationship_content(str(shared.properties["relationship_type"]), source, target)
