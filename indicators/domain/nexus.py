"""What makes a personal identifier part of a threat: somebody must say so, object by object.

A standing declaration on a grant stands in for plain technical traces. For what belongs to a person
it does not: the object states its own `threat_nexus`, or, where its type has no place for one (an
observable), an object of the same envelope states it and refers to the identifier, by a reference
of its own or by a relationship. What is said of observed data is said of what was observed in it.
Refuses: to follow references further than that. What an object says of its neighbours' neighbours
is no statement about a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from indicators.domain.objects import Declaration
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.references import references_of


_GOVERNANCE = BY_NAME["share-governance"].id
_NO_THREAT = frozenset({"tos-breach"})
"""What the extension can say and what is no nexus by itself."""
HOW_TO_STATE = (
    "The standing declaration on your grant does not cover personal identifiers. State "
    "threat_nexus in share-governance of this object; of an observable, in share-governance of an "
    "indicator, observed-data, grouping, infrastructure, campaign or report in the same envelope "
    "that refers to it, or to the observed-data that it is in."
)
"""For the lab whose personal identifier nobody's statement covers."""


def covers_personal(declaration: Declaration, stix_id: str, *, stated: frozenset[str]) -> bool:
    """Whether an object may hold personal identifiers; `stated` is that of its envelope."""
    return not declaration.defaulted or stix_id in stated


def stated(objects: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """Ids for which an object of this envelope states a threat nexus: its own and its neighbours'.

    The objects are as received: nothing about their shape is taken for granted.
    """
    envelope: Sequence[Mapping[str, object]] = list(objects)
    stating = [each for each in envelope if _states(each)]
    own = {str(each.get("id")) for each in stating}
    near = {ref for each in stating for ref in references_of(each)}
    ends = {end for each in envelope for end in _other_ends(each, own)}
    covered = own | near | ends
    seen = {
        ref
        for each in envelope
        if each.get("type") == "observed-data" and each.get("id") in covered
        for ref in references_of(each)
    }
    return frozenset(covered | seen)


def _states(body: Mapping[str, object]) -> bool:
    extensions = body.get("extensions")
    governance = extensions.get(_GOVERNANCE) if isinstance(extensions, Mapping) else None
    words = governance.get("threat_nexus") if isinstance(governance, Mapping) else None
    return isinstance(words, list) and any(
        isinstance(word, str) and word not in _NO_THREAT for word in words
    )


def _other_ends(body: Mapping[str, object], own: set[str]) -> Iterator[str]:
    """What a relationship ties to an object that states its nexus, whichever way it points."""
    if body.get("type") != "relationship":
        return
    ends = (body.get("source_ref"), body.get("target_ref"))
    if not own.isdisjoint(end for end in ends if isinstance(end, str)):
        yield from (end for end in ends if isinstance(end, str))
