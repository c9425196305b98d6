"""What makes a personal identifier part of a threat: somebody must say so, object by object.

A standing declaration on a grant stands in for plain technical traces. For what belongs to a person
it does not: the object states its own `threat_nexus`, or, where its type has no place for one (an
observable), an object of the same envelope that speaks of it does (`statements`).
"""

from __future__ import annotations

from collections.abc import Iterable

from indicators.domain.objects import Declaration
from indicators.domain.statements import Body, spoken_of, states_nexus


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


def stated(envelope: Iterable[Body]) -> frozenset[str]:
    """Ids for which an object of this envelope states a threat nexus: its own and its neighbours'.

    The objects are as received: nothing about their shape is taken for granted.
    """
    objects = list(envelope)
    return spoken_of(objects, filter(states_nexus, objects))
