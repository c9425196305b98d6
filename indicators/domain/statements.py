"""What an object of an envelope says of others, where those have no place to say it themselves.

It speaks of what it refers to, and of what a relationship of the envelope ties it to, whichever way
that points. What is said of observed data is said of what was observed in it.
Refuses: to follow references further than that. What an object says of its neighbours' neighbours
is no statement about them. The objects are as received: nothing about their shape is taken for
granted.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.references import references_of
from indicators.domain.stix.validators import extension_validator


Body = Mapping[str, object]
_EXTENSION = BY_NAME["share-governance"]
_NO_THREAT = frozenset({"tos-breach"})
"""What the extension can say and what is no nexus by itself."""


def terms_of(body: Body) -> Body:
    """What an object says in `share-governance`, valid or not."""
    # As JSON was read: to ask ten thousand objects for the abstract Mapping costs a tenth second.
    extensions = body.get("extensions")
    terms = extensions.get(_EXTENSION.id) if isinstance(extensions, dict) else None
    return terms if isinstance(terms, dict) else {}


def states_nexus(body: Body) -> bool:
    """Whether an object says what makes a threat of what it speaks of.

    It lets what belongs to a person out, so it must be said properly: by an object that has a place
    for it and stands, in words of the extension.
    """
    terms = terms_of(body)
    words = terms.get("threat_nexus")
    return (
        isinstance(words, list)
        and str(body.get("type")) in _EXTENSION.types
        and body.get("revoked") is not True
        and extension_validator(_EXTENSION.name).is_valid(terms)
        and not _NO_THREAT.issuperset(words)
    )


def class_of(body: Body) -> str:
    """What sort of network an object says that it is about; "" if it does not.

    It keeps in what belongs to a household, so it counts however badly it is said.
    """
    said = terms_of(body).get("infrastructure_class")
    return said if isinstance(said, str) else ""


def spoken_of(envelope: Iterable[Body], speakers: Iterable[Body]) -> frozenset[str]:
    """Ids of the speakers and of those of whom they speak."""
    objects, speaking = list(envelope), list(speakers)
    own = {str(each.get("id")) for each in speaking}
    near = {ref for each in speaking for ref in references_of(each)}
    tied = {end for each in objects for end in _other_ends(each, own)}
    named = own | near | tied
    observed = {
        ref
        for each in objects
        if each.get("type") == "observed-data" and str(each.get("id")) in named
        for ref in references_of(each)
    }
    return frozenset(named | observed)


def _other_ends(body: Body, own: set[str]) -> Iterator[str]:
    if body.get("type") != "relationship" or body.get("revoked") is True:
        return
    both = (body.get("source_ref"), body.get("target_ref"))
    ends = [each for each in both if isinstance(each, str)]
    if not own.isdisjoint(ends):
        yield from ends
