"""Whether an object is valid STIX 2.1.

Promises: an object without problems is accepted by the official JSON schemas (formats enforced)
and by `stix2.parse(allow_custom=True)`. Where it is stricter than those two, or milder than
stix2's strict mode or stix2-validator, the difference stands with its reason in
`tests/domain/stix/differences.py`. Refuses bundles (the doors unwrap them) and STIX 2.0.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import jsonschema_rs

from indicators.domain.stix import rules
from indicators.domain.stix.patterns import PatternError, parse_pattern
from indicators.domain.stix.problem import Problem, selector
from indicators.domain.stix.types import KNOWN_TYPES, OWN_SCO_TYPES, STANDARD_TYPES
from indicators.domain.stix.validators import validator


__all__ = ["Problem", "problems"]

_MOST = 20
"""Problems told of one object; more would not help its author."""
_LONGEST_MESSAGE = 300


def problems(
    obj: Mapping[str, object], *, allow_custom: bool = False, check_pattern: bool = True
) -> list[Problem]:
    """All that is wrong with one STIX object, at most 20 problems; an empty list when valid.

    Codes: TYPE, UNKNOWN_TYPE, SCHEMA, PATTERN and those of `rules.broken`.

    Args:
        obj: one object as JSON gave it: dicts, lists, strings, numbers, booleans.
        allow_custom: for verbatim collections, take catalogues as they are published. Object types
            unknown to the standard and the Forum are accepted by the rules for common properties
            alone (one that has neither `created` nor `modified` counts as an SCO, as in
            stix2-validator); formats are not enforced, and `modified` may precede `created`.
        check_pattern: parse STIX patterns. Callers that parse them anyway pass False and must
            refuse what `parse_pattern` refuses.
    """
    body = obj if isinstance(obj, dict) else dict(obj)
    type_ = body.get("type")
    if not isinstance(type_, str):
        return [Problem("type", "a STIX object must have a type", "TYPE")]
    if type_ not in KNOWN_TYPES and (type_ == "bundle" or not allow_custom):
        return [Problem("type", "not a STIX 2.1 object type that this hub knows", "UNKNOWN_TYPE")]
    found = _against_schemas(body, type_, formats=not allow_custom)
    if not found:
        found = list(_against_rules(body, type_, in_order=not allow_custom))
    if not found and check_pattern and type_ == "indicator":
        found = list(_check_pattern(body))
    return found[:_MOST]


def _against_schemas(obj: dict[str, object], type_: str, *, formats: bool) -> list[Problem]:
    schema = validator(_schema_of(obj, type_), formats=formats)
    if schema.is_valid(obj):
        return []
    found: dict[str, Problem] = {}
    for error in schema.iter_errors(obj):
        where = selector(error.instance_path)
        found.setdefault(where, Problem(where, _explained(error), "SCHEMA"))
    return list(found.values())


def _schema_of(obj: dict[str, object], type_: str) -> str:
    if type_ in STANDARD_TYPES:
        return type_
    versioned = type_ not in OWN_SCO_TYPES and ("created" in obj or "modified" in obj)
    return "core" if versioned else "cyber-observable-core"


def _against_rules(obj: dict[str, object], type_: str, *, in_order: bool) -> Iterator[Problem]:
    if type_ in KNOWN_TYPES:
        return rules.broken(obj, type_, in_order=in_order)
    return rules.broken_common(obj, type_)


def _explained(error: jsonschema_rs.ValidationError) -> str:
    return _UNHELPFUL.get(error.kind.name, error.message[:_LONGEST_MESSAGE])


_UNHELPFUL = {
    "anyOf": "has none of the forms that the standard allows here",
    "oneOf": "has none of the forms that the standard allows here, or two at once",
    "not": "has a form that the standard forbids here",
}
"""Keywords whose messages quote schemas nobody can look at."""


def _check_pattern(obj: dict[str, object]) -> Iterator[Problem]:
    if obj.get("pattern_type") == "stix":
        try:
            parse_pattern(str(obj.get("pattern")))
        except PatternError as error:
            yield Problem("pattern", str(error), "PATTERN")
