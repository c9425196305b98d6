from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
import stix2

from indicators.domain.stix.check import problems
from indicators.domain.stix.extensions import (
    BY_ID,
    BY_NAME,
    EXTENSIONS,
    Extension,
    extension_definitions,
    new_sco_extension,
    register,
)
from indicators.domain.stix.references import IDENTIFIER
from indicators.domain.stix.types import OWN_SCO_TYPES
from indicators.domain.stix.validators import extension_schema_text
from tests.domain.stix.corpus import a_valid
from tests.domain.stix.pieces import IDENTITY


SCHEMAS = {
    extension.name: json.loads(extension_schema_text(extension.name)) for extension in EXTENSIONS
}


def test_ids_and_names_are_a_promise() -> None:
    assert {extension.name: extension.id[22:30] for extension in EXTENSIONS} == {
        "match-token": "abde9e57",
        "prompt-family": "02b6742c",
        "tls-client-fingerprint": "866932a0",
        "account-cluster": "4b7c82f2",
        "distillation-profile": "860c92bb",
        "share-governance": "c9b1ca35",
        "feedback-verdict": "9092884d",
    }
    assert all(IDENTIFIER.fullmatch(extension.id) for extension in EXTENSIONS)
    assert len(BY_ID) == len(BY_NAME) == 7


def test_definitions_are_valid_and_carry_their_schema() -> None:
    definitions = extension_definitions(IDENTITY)
    assert [problems(definition) for definition in definitions] == [[]] * 7
    for definition, extension in zip(definitions, EXTENSIONS, strict=True):
        assert definition["created_by_ref"] == IDENTITY
        assert definition["extension_types"] == [extension.kind]
        schema = json.loads(str(definition["schema"]))
        assert schema["title"] == definition["name"] == extension.name
        assert schema["$id"] == f"urn:uuid:{extension.id.partition('--')[2]}"


def test_definitions_do_not_change_from_call_to_call() -> None:
    assert extension_definitions(IDENTITY) == extension_definitions(IDENTITY)


def _rules(schema: dict[str, object]) -> Iterator[tuple[str, dict[str, object]]]:
    properties = schema.get("properties")
    for name, rule in properties.items() if isinstance(properties, dict) else ():
        yield name, rule
        yield from _rules(rule)
        if isinstance(rule.get("items"), dict):
            yield from _rules(rule["items"])


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda extension: extension.name)
def test_nothing_in_an_extension_can_hold_free_text_or_a_number(extension: Extension) -> None:
    common = {"id", "object_marking_refs", "granular_markings", "extensions"}
    assert SCHEMAS[extension.name]["additionalProperties"] is False
    for name, rule in _rules(SCHEMAS[extension.name]):
        if name in common or (extension.name, name) == ("tls-client-fingerprint", "value"):
            continue  # the last is closed by the forms of its schemes
        items = rule.get("items")
        inner = items if isinstance(items, dict) and items.get("type") != "object" else rule
        closed = {"enum", "const", "pattern"} & inner.keys() or inner.get("type") == "boolean"
        assert closed or rule.get("type") in {"object", "array"}, name
        assert inner.get("type") not in {"number", "integer"}


@pytest.mark.parametrize("extension", EXTENSIONS, ids=lambda extension: extension.name)
def test_property_names_have_the_length_that_the_standard_demands(extension: Extension) -> None:
    names = [name for name, _ in _rules(SCHEMAS[extension.name]) if name not in {"id", *BY_ID}]
    assert all(3 <= len(name) <= 250 for name in names)


def test_registering_twice_is_registering_once() -> None:
    register()
    register()
    token = stix2.parse(a_valid("match-token"))
    assert isinstance(token, stix2.base._Observable)
    assert not token.has_custom


@pytest.mark.parametrize("type_", sorted(OWN_SCO_TYPES))
def test_an_object_of_our_own_type_carries_its_extension(type_: str) -> None:
    assert a_valid(type_)["extensions"] == new_sco_extension(type_)
    other = new_sco_extension(min(OWN_SCO_TYPES - {type_}))
    assert problems(a_valid(type_, extensions=other))


@pytest.mark.parametrize(
    ("name", "types"),
    [
        ("account-cluster", {"infrastructure"}),
        ("distillation-profile", {"campaign"}),
        (
            "share-governance",
            {
                "indicator",
                "campaign",
                "infrastructure",
                "report",
                "grouping",
                "observed-data",
                "sighting",
                "opinion",
            },
        ),
        ("feedback-verdict", {"opinion"}),
    ],
)
def test_an_extension_has_its_places(name: str, types: set[str]) -> None:
    assert BY_NAME[name].types == types
