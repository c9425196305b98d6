"""What valid objects are put together from."""

from __future__ import annotations

from indicators.domain import tlp
from indicators.domain.stix.extensions import BY_NAME, new_sco_extension


Object = dict[str, object]

UUID = "5f5b8a3e-8d0a-4b6e-9c1f-2d3e4f5a6b7c"
OTHER_UUID = "0c2f1d4e-7a9b-4c3d-8e5f-6a7b8c9d0e1f"
IDENTITY = f"identity--{UUID}"
MARKING = tlp.Level.AMBER_STRICT.marking_id
UNKNOWN_EXTENSION = "extension-definition--7ca5afee-0e4e-4813-b643-de51538658cc"
TOKEN = "A" * 43


def a_ref(type_: str) -> str:
    return f"{type_}--{OTHER_UUID}"


def an_sdo(type_: str, **properties: object) -> Object:
    return {
        "type": type_,
        "spec_version": "2.1",
        "id": f"{type_}--{UUID}",
        "created_by_ref": IDENTITY,
        "created": "2026-05-11T09:14:00.000Z",
        "modified": "2026-05-12T09:14:00.123Z",
        **properties,
    }


def an_sco(type_: str, **properties: object) -> Object:
    return {"type": type_, "spec_version": "2.1", "id": f"{type_}--{UUID}", **properties}


def an_indicator(pattern: str = "[ipv4-addr:value = '198.51.100.11']", **more: object) -> Object:
    return an_sdo(
        "indicator",
        indicator_types=["anonymization"],
        pattern=pattern,
        pattern_type="stix",
        valid_from="2026-05-11T00:00:00Z",
        **more,
    )


def an_own_sco(type_: str, **properties: object) -> Object:
    return an_sco(type_, **properties, extensions=new_sco_extension(type_))


def extended(name: str, **properties: object) -> Object:
    return {BY_NAME[name].id: {"extension_type": "property-extension", **properties}}
