"""The official STIX 2.1 JSON schemas and the Forum's extension schemas, compiled on first use.

Messages are masked (they say "the value", never the value). Regular expressions run on an engine
of linear time, formats (`uri`, `email`, `idn-hostname`) are enforced.
Source: oasis-open/cti-stix2-json-schemas, see `schemas/LICENSE`.
"""

from __future__ import annotations

import json
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import cast

import jsonschema_rs

from indicators.domain.stix.formats import FORMATS


_MASK = "the value"


@cache
def validator(name: str, *, formats: bool = True) -> jsonschema_rs.Validator:
    """The compiled official schema of a type (`indicator`) or of `core`, `cyber-observable-core`.

    Args:
        name: the schema's file name without `.json`.
        formats: whether `uri`, `email` and `idn-hostname` are enforced; by JSON Schema 2020-12
            they are annotations.

    Raises:
        KeyError: no official schema has that name.
    """
    return _compiled(_documents()[name], formats=formats)


@cache
def extension_validator(name: str) -> jsonschema_rs.Validator:
    """The compiled schema of one of the Forum's extensions, by its name (`account-cluster`).

    Raises:
        FileNotFoundError: the Forum has no extension of that name.
    """
    return _compiled(extension_schema_text(name), formats=True)


@cache
def extension_schema_text(name: str) -> str:
    """The text of the JSON schema of one of the Forum's extensions, as it is published."""
    return (_here() / "extension_schemas" / f"{name}.json").read_text("utf-8")


def _compiled(text: str, *, formats: bool) -> jsonschema_rs.Validator:
    return jsonschema_rs.Draft202012Validator(
        text,
        registry=_registry(),
        formats=dict(FORMATS),
        validate_formats=formats,
        mask=_MASK,
        pattern_options=jsonschema_rs.RegexOptions(),
    )


@cache
def _registry() -> jsonschema_rs.Registry:
    documents = [cast("dict[str, object]", json.loads(text)) for text in _documents().values()]
    return jsonschema_rs.Registry([(str(document["$id"]), document) for document in documents])


@cache
def _documents() -> dict[str, str]:
    folders = [entry for entry in (_here() / "schemas").iterdir() if entry.is_dir()]
    files = [file for folder in folders for file in folder.iterdir()]
    return {file.name.removesuffix(".json"): file.read_text("utf-8") for file in files}


def _here() -> Traversable:
    return resources.files("indicators.domain.stix")
