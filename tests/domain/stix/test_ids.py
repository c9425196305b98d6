from __future__ import annotations

import uuid

import pytest
import stix2

from indicators.domain.canonical import canonical_bytes
from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.stix.extensions import register
from indicators.domain.stix.ids import NoDeterministicIdError, sco_id
from indicators.domain.stix.types import IDENTIFYING, SCO_TYPES
from tests.domain.stix.corpus import valid_objects
from tests.domain.stix.pieces import Object


register()
OBSERVABLES = [
    obj for obj in valid_objects() if obj["type"] in SCO_TYPES and obj["type"] != "process"
]


@pytest.mark.parametrize("obj", OBSERVABLES, ids=lambda obj: str(obj["type"]))
def test_ids_are_those_of_stix2_for_canonical_values(obj: Object) -> None:
    type_ = str(obj["type"])
    body = {**obj, **canonical_sco(type_, obj)}
    del body["id"]
    assert sco_id(type_, canonical_sco(type_, obj)) == stix2.parse(body, allow_custom=True).id


def test_every_observable_type_has_its_identifying_properties() -> None:
    assert IDENTIFYING.keys() == SCO_TYPES
    for type_ in SCO_TYPES:
        stix2_class = stix2.registry.class_for_type(type_, "2.1", "observables")
        assert list(IDENTIFYING[type_]) == stix2_class._id_contributing_properties


def test_the_example_of_the_standard() -> None:
    assert sco_id("ipv4-addr", {"value": "198.51.100.3"}) == (
        "ipv4-addr--28bb3599-77cd-5a82-a950-b5bc3caf07c4"
    )


@pytest.mark.parametrize(
    ("hashes", "chosen"),
    [
        ({"SHA-256": "a", "MD5": "b"}, {"MD5": "b"}),
        ({"SHA-512": "a", "SHA-1": "b", "SHA-256": "c"}, {"SHA-1": "b"}),
        ({"TLSH": "a", "SSDEEP": "b"}, {"SSDEEP": "b"}),
    ],
)
def test_of_several_hashes_one_counts(hashes: Object, chosen: Object) -> None:
    namespace = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
    expected = uuid.uuid5(namespace, canonical_bytes({"hashes": chosen}).decode())
    assert sco_id("file", {"hashes": hashes}) == f"file--{expected}"


def test_the_order_of_properties_does_not_matter() -> None:
    one = {"scheme": "ja3", "value": "ab" * 16}
    other = dict(reversed(one.items()))
    assert sco_id("tls-client-fingerprint", one) == sco_id("tls-client-fingerprint", other)


@pytest.mark.parametrize(("type_", "properties"), [("process", {"pid": 1}), ("file", {"size": 1})])
def test_without_an_identifying_property_there_is_no_such_id(
    type_: str, properties: Object
) -> None:
    with pytest.raises(NoDeterministicIdError):
        sco_id(type_, properties)
