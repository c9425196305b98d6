"""Property names, nulls and empty lists, anywhere in an object.

The official schemas check the top level only, and their expression for names is not anchored.
Sources: STIX 2.1 §3.1 (names: a-z, 0-9 and `_`, 3 to 250 characters, `id` excepted; no empty
lists), §2.3 (dictionary keys), §11.2 (names of custom properties).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from indicators.domain.stix.problem import Problem, selector


_Path: TypeAlias = tuple[str | int, ...]

_NAME = re.compile(r"[a-z][a-z0-9_]{2,249}")
_RESERVED = frozenset({"allow_custom", "custom_properties", "interoperability", "self"})
"""Arguments of python-stix2's constructors: it cannot read an object with such a property."""
_LONGEST_KEY = 250

_STRUCTURES: frozenset[_Path] = frozenset(
    {
        ("external_references", 0),
        ("kill_chain_phases", 0),
        ("granular_markings", 0),
        ("body_multipart", 0),
        ("values", 0),
        ("x509_v3_extensions",),
        ("extensions", ""),
        ("extensions", "", "alternate_data_streams", 0),
        ("extensions", "", "optional_header"),
        ("extensions", "", "sections", 0),
    }
)
"""Nested objects whose keys are property names; those of all others are dictionary keys."""


def check(obj: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what is wrong with the object's own property names: NAME."""
    for name in obj:
        if name != "id" and not _is_name(name):
            yield _bad_name((name,))


def check_inside(obj: Mapping[str, object]) -> Iterator[Problem]:
    """Yield what is wrong with names and emptiness below its properties: NAME, EMPTY, VALUE."""
    pending: list[tuple[_Path, object]] = [((), dict(obj))]
    while pending:
        path, container = pending.pop()
        if path:
            yield from _check_container(path, container)
        for key, value in _items(container):
            if isinstance(value, str):
                continue  # nearly all are, and this is the hottest loop of the check
            if isinstance(value, (list, dict)):
                pending.append(((*path, key), value))
            elif value is None:
                yield Problem(selector([*path, key]), "null is not a value in STIX", "EMPTY")


def _items(container: object) -> Iterable[tuple[str | int, object]]:
    if isinstance(container, list):
        return enumerate(container)
    return container.items() if isinstance(container, dict) else ()


def _check_container(path: _Path, container: object) -> Iterator[Problem]:
    if isinstance(container, list):
        if not container:
            yield Problem(selector([*path]), "a list must not be empty: leave it out", "EMPTY")
        elif (*_shape(path), 0) in _STRUCTURES:
            for index, item in enumerate(container):
                if not isinstance(item, dict):
                    yield Problem(selector([*path, index]), "must be an object", "VALUE")
    elif isinstance(container, dict):
        valid = _is_inner_name if _shape(path) in _STRUCTURES else _is_key
        yield from (_bad_name((*path, key)) for key in container if not valid(key))


def _shape(path: _Path) -> _Path:
    """The path with every index as 0 and every extension's name as the empty string."""
    shape = [0 if isinstance(part, int) else part for part in path]
    if shape[0] == "extensions" and len(shape) > 1:
        shape[1] = ""
    return tuple(shape)


@lru_cache(maxsize=4_096)
def _is_name(name: str) -> bool:
    return _NAME.fullmatch(name) is not None and name not in _RESERVED


def _is_inner_name(name: str) -> bool:
    # python-stix2 takes these two for the object's own, wherever they stand
    return name not in {"extensions", "granular_markings"} and _is_name(name)


def _is_key(key: str) -> bool:
    return 0 < len(key) <= _LONGEST_KEY


def _bad_name(path: _Path) -> Problem:
    return Problem(
        selector([*path[:-1]]),
        "a property name must have 3 to 250 characters a-z, 0-9 and _, begin with a letter and not"
        " be reserved; a dictionary key must have 1 to 250 characters",
        "NAME",
    )
