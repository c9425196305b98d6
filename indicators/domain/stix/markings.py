"""Data markings: marking definitions and granular markings.

Refuses marking definitions with other bodies than the standard's or an extension's, TLP 2.0 ids
with other bodies (and the reverse), and selectors that point at nothing.
Source: STIX 2.1 §7.2, cti-stix-common-objects (TLP 2.0).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from indicators.domain import tlp
from indicators.domain.stix.problem import Problem


_BODIES = {"statement": "statement", "tlp": "tlp"}
_OPAQUE = frozenset(
    [
        "external_references",
        "kill_chain_phases",
        "granular_markings",
        "body_multipart",
        "values",
        "x509_v3_extensions",
        "definition",
        "extensions",
    ]
)
"""python-stix2 takes no selector for a part of these, only for the whole or for a list's item."""


def check(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    """Yield what is wrong with markings on or in the object: MARKING."""
    granular = obj.get("granular_markings")
    if isinstance(granular, list):
        for index, marking in enumerate(granular):
            yield from _check_granular(obj, marking, f"granular_markings.[{index}]")
    if type_ == "marking-definition":
        yield from _check_definition(obj)


def _check_granular(
    obj: Mapping[str, object], marking: Mapping[str, object], where: str
) -> Iterator[Problem]:
    if "lang" in marking:
        yield Problem(where, "lang and marking_ref exclude each other", "MARKING")
    reference = marking.get("marking_ref")
    if reference == obj.get("id"):
        yield Problem(where, "a marking must not mark itself", "MARKING")
    selectors = marking.get("selectors")
    for index, selector in enumerate(selectors if isinstance(selectors, list) else ()):
        if not _selects(obj, str(selector).split(".")):
            message = "selects nothing, an empty or false value, or a part of a structure"
            yield Problem(f"{where}.selectors.[{index}]", message, "MARKING")


def _selects(obj: object, steps: list[str]) -> bool:
    """Whether python-stix2, too, finds a value for the selector; it wants one that is true."""
    deepest = 2 if steps[0] in _OPAQUE else len(steps)
    if len(steps) > deepest:
        return False
    value = obj
    for step in steps:
        value = _step(value, step)
    return bool(value)


def _step(value: object, step: str) -> object:
    if isinstance(value, Mapping):
        return value.get(step)
    if isinstance(value, list) and step.startswith("["):
        index = int(step[1:-1])
        # python-stix2 finds only the first of equal items
        if index < len(value) and value.index(value[index]) == index:
            return value[index]
    return None


def _check_definition(obj: Mapping[str, object]) -> Iterator[Problem]:
    if ("definition_type" in obj) != ("definition" in obj):
        yield Problem("definition", "definition and definition_type go together", "MARKING")
    elif "definition" in obj:
        yield from _check_body(obj.get("definition_type"), obj.get("definition"))
    references = obj.get("object_marking_refs")
    if isinstance(references, list) and obj.get("id") in references:
        yield Problem("object_marking_refs", "a marking must not mark itself", "MARKING")
    yield from _check_tlp(obj)


def _check_body(kind: object, body: object) -> Iterator[Problem]:
    name = _BODIES.get(str(kind))
    if name is None:
        yield Problem("definition_type", "must be statement; others are extensions", "MARKING")
    elif not isinstance(body, Mapping) or set(body) != {name} or not body[name]:
        yield Problem("definition", f"must hold {name}, not empty, and nothing else", "MARKING")


def _check_tlp(obj: Mapping[str, object]) -> Iterator[Problem]:
    extensions = obj.get("extensions")
    claims = isinstance(extensions, Mapping) and tlp.EXTENSION_ID in extensions
    level = tlp.level_of(str(obj.get("id")))
    if (claims or (level is not None and level.marking_id == obj["id"])) and (
        level is None or tlp.definition(level) != obj
    ):
        message = "not a TLP 2.0 marking as published: id and body must be the official ones"
        yield Problem("", message, "MARKING")
