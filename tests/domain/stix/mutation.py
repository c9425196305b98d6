"""Valid objects changed at random: what tools and attackers send instead of STIX."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from random import Random

from tests.domain.stix.corpus import valid_objects
from tests.domain.stix.pieces import OTHER_UUID, Object


Path = tuple[str | int, ...]

_TYPES = [
    "identity",
    "indicator",
    "ipv4-addr",
    "file",
    "relationship",
    "sighting",
    "marking-definition",
    "bundle",
    "x-foo-bar",
    "match-token",
    "observed-data",
    "software",
    "artifact",
    "extension-definition",
    "language-content",
]
_UUIDS = [OTHER_UUID, OTHER_UUID, OTHER_UUID.upper(), "0c2f1d4e-7a9b-0c3d-8e5f-6a7b8c9d0e1f", "no"]
_NAMES = [
    "x_foo",
    "foo",
    "fo",
    "f",
    "self",
    "allow_custom",
    "interoperability",
    "custom_properties",
    "Foo",
    "x-foo",
    "_foo",
    "id",
    "type",
    "granular_markings",
    "object_marking_refs",
    "extensions",
    "external_references",
    "hashes",
    "definition",
    "definition_type",
    "end",
    "is_active",
    "objects",
    "modified",
    "created",
    "severity",
    "foo_ref",
    "foo_refs",
    "some_hex",
    "some_bin",
    "lang",
    "labels",
    "is_multipart",
    "body",
    "confidence",
    "revoked",
    "defanged",
    "name",
    "xid",
]
_VALUES: list[object] = [
    *(None, "", [], {}, 0, -1, 1, 1.5, 5.0, True, False, "x", ["x"], [None], [[]]),
    *({"abc": 1}, {"": 1}, {"a": None}, {"abc": []}, 10**20, -(10**5)),
    *("2026-02-30T00:00:00.000Z", "2026-05-04T00:00:00Z", "2026-05-04T00:00:00.000Z"),
    *("2026-05-04T00:00:60.000Z", "1969-01-01T00:00:00.000Z", "2026-05-04T00:00:00.1234567Z"),
    *("2026-05-04t00:00:00Z", "MD5", "ab" * 16, "ab" * 35, "http://x.example/ y"),
    *("http://x.example/", "a_b.example", "bücher.example", "x@y", "2.0", "2.1", "2001:db8::1"),
    *("::ffff:192.0.2.4", {"extension_type": "property-extension"}, {"extension_type": "new-sdo"}),
    *("statement", "tlp", {"statement": "x"}, {"tlp": "red"}, "stix", "pcre", "HKLM\\x"),
    {"lang": "en", "selectors": ["name"]},
]


def a_changed_object(random: Random) -> Object:
    """A valid object with one to three changes."""
    obj = random.choice(valid_objects())
    for _ in range(random.choice([1, 1, 1, 2, 3])):
        random.choice([_drop, _replace, _replace, _add, _rename, _borrow])(obj, random)
    return obj


def _places(value: object, path: Path = ()) -> Iterator[Path]:
    yield path
    items = value.items() if isinstance(value, dict) else ()
    for key, inner in enumerate(value) if isinstance(value, list) else items:
        yield from _places(inner, (*path, key))


def _at(obj: Object, path: Path) -> object:
    value: object = obj
    for key in path:
        value = value[key]  # type: ignore[index]  # a path of this very object
    return value


def _somewhere(obj: Object, random: Random) -> tuple[object, str | int]:
    """A container of the object and a key in it."""
    places = [path for path in _places(obj) if path]
    if not places:
        obj["type"] = "tool"
        return obj, "type"
    path = random.choice(places)
    return _at(obj, path[:-1]), path[-1]


def _value(random: Random) -> object:
    if random.random() < 0.3:
        return f"{random.choice(_TYPES)}--{random.choice(_UUIDS)}"
    return deepcopy(random.choice(_VALUES))


def _drop(obj: Object, random: Random) -> None:
    container, key = _somewhere(obj, random)
    del container[key]  # type: ignore[attr-defined]  # a dict or a list


def _replace(obj: Object, random: Random) -> None:
    container, key = _somewhere(obj, random)
    container[key] = _value(random)  # type: ignore[index]  # a dict or a list


def _add(obj: Object, random: Random) -> None:
    container = _at(obj, random.choice(list(_places(obj))))
    if isinstance(container, dict):
        container[random.choice(_NAMES)] = random.choice([_value(random), [_value(random)]])
    elif isinstance(container, list):
        container.append(random.choice([*container, _value(random)]))


def _rename(obj: Object, random: Random) -> None:
    container, key = _somewhere(obj, random)
    if isinstance(container, dict) and isinstance(key, str):
        value = container.pop(key)
        # One hyphen alone: on an id without any, the official schemas take Python's `re` hours.
        container[random.choice([key.upper(), key.replace("-", "", 1), f"{key}s", "foo"])] = value


def _borrow(obj: Object, random: Random) -> None:
    other = random.choice(valid_objects())
    name = random.choice(list(other))
    obj[name] = other[name]
