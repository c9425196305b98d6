"""Addresses of households: what one object of an envelope says about an address holds for all.

A residential address leaves only as a token. An observable has no slot to say that it is one, so
the indicator beside it speaks for it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from indicators.domain import observables
from indicators.domain.observables import ObservableError
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.patterns import Pattern, PatternError, parse_pattern


_GOVERNANCE = BY_NAME["share-governance"].id


def residential_values(bodies: Iterable[Mapping[str, object]]) -> frozenset[str]:
    """The addresses, in canonical form, that indicators of these bodies call residential."""
    return frozenset(
        address
        for body in bodies
        if body.get("type") == "indicator" and _says_residential(body)
        for address in _of_text(body.get("pattern"))
    )


def _says_residential(body: Mapping[str, object]) -> bool:
    extensions = body.get("extensions")
    governance = extensions.get(_GOVERNANCE) if isinstance(extensions, Mapping) else None
    return (
        isinstance(governance, Mapping)
        and governance.get("infrastructure_class") == "residential-proxy"
    )


def _of_text(pattern: object) -> frozenset[str]:
    try:
        return _of_pattern(parse_pattern(str(pattern)))
    except PatternError:
        return frozenset()  # the indicator itself will be refused for it


def _of_pattern(pattern: Pattern) -> frozenset[str]:
    return _canonical(value for each in pattern.comparisons for value in each.values)


def _canonical(values: Iterable[object]) -> frozenset[str]:
    found = set()
    for value in values:
        try:
            found.add(observables.network(str(value)))
        except ObservableError:
            continue  # not an address
    return frozenset(found)
