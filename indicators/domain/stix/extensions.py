"""The Forum's extensions of STIX: three new observables and four property extensions.

Each has one extension definition with a JSON schema of closed words and buckets. An id, a property
name and a word once published keep their meaning for ever: changes are new words and a higher
version. Unknown extensions of others are tolerated as the standard demands, unknown new object
types are not. Source: STIX 2.1 §7.3.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

import stix2
from stix2 import properties as stix2_properties

from indicators.domain.stix.problem import Problem, selector
from indicators.domain.stix.types import IDENTIFYING, OWN_SCO_TYPES
from indicators.domain.stix.validators import extension_schema_text, extension_validator


_CREATED = "2026-11-24T00:00:00.000Z"
_FIRST = ("1.0.0", _CREATED)
_LATER: Mapping[str, tuple[str, str]] = {
    "share-governance": ("1.2.0", "2026-11-29T00:00:00.000Z"),
}
"""Of the schemas that have changed since: version, and when it was made."""
_NEW_SCO = "new-sco"
_PROPERTIES = "property-extension"
_LONGEST = 300
"""Characters of a message."""


@dataclass(frozen=True, slots=True)
class Extension:
    """One of the Forum's extensions: its definition's id, its name and what it extends."""

    id: str
    name: str
    kind: str
    """`new-sco` or `property-extension`."""
    types: frozenset[str]
    """The object types it may appear on; of a new SCO, itself alone."""


_GOVERNED = frozenset({
    "indicator", "campaign", "infrastructure", "report", "grouping", "observed-data", "sighting",
    "opinion",
})  # fmt: skip

EXTENSIONS = (
    Extension(
        "extension-definition--abde9e57-e078-4ca0-85d9-5eabf4e98d6d",
        "match-token",
        _NEW_SCO,
        frozenset({"match-token"}),
    ),
    Extension(
        "extension-definition--02b6742c-2525-4a84-b4d2-9c866ec0ac47",
        "prompt-family",
        _NEW_SCO,
        frozenset({"prompt-family"}),
    ),
    Extension(
        "extension-definition--866932a0-764c-4c94-9da7-a5a7dbcf6ef5",
        "tls-client-fingerprint",
        _NEW_SCO,
        frozenset({"tls-client-fingerprint"}),
    ),
    Extension(
        "extension-definition--4b7c82f2-406e-4e00-8394-c6b68695eae1",
        "account-cluster",
        _PROPERTIES,
        frozenset({"infrastructure"}),
    ),
    Extension(
        "extension-definition--860c92bb-edd0-4534-82a9-8998f10e367b",
        "distillation-profile",
        _PROPERTIES,
        frozenset({"campaign"}),
    ),
    Extension(
        "extension-definition--c9b1ca35-29ff-4513-a3e2-a74aa208b38b",
        "share-governance",
        _PROPERTIES,
        _GOVERNED,
    ),
    Extension(
        "extension-definition--9092884d-4399-4b4f-8a33-47c9dad9846b",
        "feedback-verdict",
        _PROPERTIES,
        frozenset({"opinion"}),
    ),
)
BY_NAME: Mapping[str, Extension] = {extension.name: extension for extension in EXTENSIONS}
BY_ID: Mapping[str, Extension] = {extension.id: extension for extension in EXTENSIONS}

_PREDEFINED: Mapping[str, str] = {
    "archive-ext": "file",
    "ntfs-ext": "file",
    "pdf-ext": "file",
    "raster-image-ext": "file",
    "windows-pebinary-ext": "file",
    "http-request-ext": "network-traffic",
    "icmp-ext": "network-traffic",
    "socket-ext": "network-traffic",
    "tcp-ext": "network-traffic",
    "windows-process-ext": "process",
    "windows-service-ext": "process",
    "unix-account-ext": "user-account",
}
"""The standard's own extensions and the one type each belongs to."""


def new_sco_extension(type_: str) -> dict[str, object]:
    """The `extensions` property that an object of one of the Forum's own SCO types must carry.

    Raises:
        KeyError: the type is not the Forum's own.
    """
    return {BY_NAME[type_].id: {"extension_type": _NEW_SCO}}


def check(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    """Yield what is wrong with extensions of the standard's or the Forum's making: EXTENSION.

    An object of one of the Forum's own types is checked as a whole.
    """
    if type_ in OWN_SCO_TYPES:
        for error in extension_validator(type_).iter_errors(obj):
            yield Problem(selector(error.instance_path), error.message[:_LONGEST], "EXTENSION")
    extensions = obj.get("extensions")
    for name, body in extensions.items() if isinstance(extensions, Mapping) else ():
        home = _PREDEFINED.get(name, type_)
        if home != type_:
            yield _problem([name], f"belongs to {home} objects")
        elif name in BY_ID:
            yield from _check_own(BY_ID[name], type_, body)


def _check_own(extension: Extension, type_: str, body: object) -> Iterator[Problem]:
    if type_ not in extension.types:
        allowed = ", ".join(sorted(extension.types))
        yield _problem([extension.id], f"{extension.name} belongs to: {allowed}")
    elif extension.kind == _PROPERTIES:
        for error in extension_validator(extension.name).iter_errors(body):
            yield _problem([extension.id, *error.instance_path], error.message[:_LONGEST])


def _problem(path: list[str | int], message: str) -> Problem:
    return Problem(selector(["extensions", *path]), message, "EXTENSION")


def extension_definitions(identity_id: str) -> list[dict[str, object]]:
    """The extension definitions as STIX objects ready to publish, made by the given identity."""
    return [_definition(extension, identity_id) for extension in EXTENSIONS]


def _definition(extension: Extension, identity_id: str) -> dict[str, object]:
    text = extension_schema_text(extension.name)
    version, modified = _LATER.get(extension.name, _FIRST)
    return {
        "type": "extension-definition",
        "spec_version": "2.1",
        "id": extension.id,
        "created_by_ref": identity_id,
        "created": _CREATED,
        "modified": modified,
        "name": extension.name,
        "description": json.loads(text)["description"],
        "schema": text,
        "version": version,
        "extension_types": [extension.kind],
    }


@cache
def register() -> None:
    """Make the extensions known to python-stix2 in this process; once, however often called."""
    for extension in EXTENSIONS:
        fields = _fields(extension)
        if extension.name in OWN_SCO_TYPES:
            decorate: Callable[[type], type] = stix2.v21.CustomObservable(
                extension.name, fields, list(IDENTIFYING[extension.name]), extension.id
            )
            decorate(type(extension.name, (), {}))
        else:
            decorate = stix2.v21.CustomExtension(extension.id, dict(fields))
            decorate(type(extension.name, (), {"extension_type": _PROPERTIES}))


_COMMON = frozenset(
    [
        "type",
        "spec_version",
        "id",
        "object_marking_refs",
        "granular_markings",
        "defanged",
        "extensions",
        "extension_type",
    ]
)
_KINDS: Mapping[str, Callable[..., stix2_properties.Property]] = {
    "boolean": stix2_properties.BooleanProperty,
    "object": stix2_properties.DictionaryProperty,
    "string": stix2_properties.StringProperty,
}


def _fields(extension: Extension) -> list[tuple[str, stix2_properties.Property]]:
    """The extension's own properties as python-stix2 wants them; the JSON schema says the rest."""
    schema = json.loads(extension_schema_text(extension.name))
    return [
        (name, _field(rule, required=name in schema["required"]))
        for name, rule in schema["properties"].items()
        if name not in _COMMON
    ]


def _field(rule: Mapping[str, object], *, required: bool) -> stix2_properties.Property:
    items = rule.get("items")
    if isinstance(items, Mapping):
        kind = _KINDS[str(items["type"])]
        return stix2_properties.ListProperty(kind, required=required)
    return _KINDS[str(rule["type"])](required=required)
