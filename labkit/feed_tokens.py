"""The tokens that an object of the feed speaks of.

A token is 256 bits, so an equal value is the same identifier, whatever stands around it in a
pattern. Kind and epoch say what a lab has to evaluate to find it. Refuses to understand patterns:
how comparisons are joined is for whoever acts on a hit; `labkit match` reports any equal token.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from labkit.tokens import SCHEME


BAND = "prompt-band"
MATCH = 4
PROBABLE = 3
"""Equal bands of 32 from which two families of prompts match, and match probably."""
_TEST = re.compile(r"match-token:(kind|scheme|epoch|value) (?:= ('[^']*')|IN \(([^)]*)\))")
_VALUE = re.compile(r"'([A-Za-z0-9_-]{43})'")
_TEXT = re.compile(r"'([^']*)'")


@dataclass(frozen=True, slots=True)
class Spoken:
    """What one object speaks of."""

    values: tuple[str, ...]
    kinds: frozenset[str]
    epochs: frozenset[str]


def tokens_of(body: Mapping[str, Any]) -> Spoken | None:
    """The tokens in an object; None if there are none of this version's scheme."""
    if body.get("revoked"):
        return None
    match body.get("type"):
        case "match-token":
            found = _of_observable(body)
        case "prompt-family":
            found = _of_family(body)
        case "indicator":
            found = _of_pattern(str(body.get("pattern", "")))
        case _:
            found = None
    return found if found and found.values and found.kinds and found.epochs else None


def _of_observable(body: Mapping[str, Any]) -> Spoken | None:
    if body.get("scheme") != SCHEME:
        return None
    kind, epoch, value = (str(body.get(name, "")) for name in ("kind", "epoch", "value"))
    return Spoken((value,), frozenset({kind}), frozenset({epoch}))


def _of_family(body: Mapping[str, Any]) -> Spoken:
    bands = body.get("bands", [])
    values = tuple(str(each) for each in bands) if isinstance(bands, list) else ()
    return Spoken(values, frozenset({BAND}), frozenset({str(body.get("epoch", ""))}))


def _of_pattern(pattern: str) -> Spoken | None:
    tests: dict[str, dict[str, None]] = {}
    for name, value in _comparisons(pattern):
        tests.setdefault(name, {})[value] = None
    if SCHEME not in tests.get("scheme", {}):
        return None
    return Spoken(
        tuple(tests.get("value", {})),
        frozenset(tests.get("kind", {})),
        frozenset(tests.get("epoch", {})),
    )


def _comparisons(pattern: str) -> Iterator[tuple[str, str]]:
    """Property and constant of each comparison by = or IN; the Forum writes them in one form."""
    for name, one, several in _TEST.findall(pattern):
        wanted = _VALUE if name == "value" else _TEXT
        for constant in wanted.findall(one or several):
            yield name, constant
