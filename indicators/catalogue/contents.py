"""What every Forum publishes as reference: who it is, its markings and extensions, and ATLAS.

The ATLAS objects are a selection, unchanged, under their own licence (NOTICE beside the file); the
whole of ATLAS or ATT&CK is imported with `manage.py import_catalogue`. Everything here has a fixed
id and version, so that importing it again changes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import cast

from indicators.domain import tlp
from indicators.domain.feedback import ANONYMOUS_MEMBER_ID
from indicators.domain.render import EXERCISE_MARKING_ID
from indicators.domain.stix.extensions import extension_definitions


_CREATED = "2026-11-24T00:00:00.000Z"


def contents(*, identity_id: str, title: str) -> list[Mapping[str, object]]:
    """All reference objects; `identity_id` and `title` are the Forum's own."""
    return [
        _forum(identity_id, title),
        _anonymous_member(identity_id),
        *(tlp.definition(level) for level in tlp.Level),
        _exercise_marking(identity_id),
        *extension_definitions(identity_id),
        *atlas(),
    ]


def atlas() -> list[Mapping[str, object]]:
    """The packaged selection of MITRE ATLAS (Apache-2.0)."""
    text = resources.files("indicators.catalogue").joinpath("atlas.json").read_text("utf-8")
    found: list[Mapping[str, object]] = json.loads(text)["objects"]
    return found


@cache
def technique_names() -> Mapping[str, str]:
    """What the techniques of the selection are called, by their ATLAS ids."""
    return {
        str(reference["external_id"]): str(each["name"])
        for each in atlas()
        if each["type"] == "attack-pattern"
        for reference in cast("Sequence[Mapping[str, object]]", each["external_references"])
        if "external_id" in reference
    }


def _forum(identity_id: str, title: str) -> dict[str, object]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": identity_id,
        "created": _CREATED,
        "modified": _CREATED,
        "name": title,
        "description": "Publishes in its own words what its members share; names no member.",
        "identity_class": "organization",
        "sectors": ["technology"],
    }


def _anonymous_member(identity_id: str) -> dict[str, object]:
    return {
        "type": "identity",
        "spec_version": "2.1",
        "id": ANONYMOUS_MEMBER_ID,
        "created_by_ref": identity_id,
        "created": _CREATED,
        "modified": _CREATED,
        "name": "Anonymous member",
        "description": "Stands for members of the Forum, never for one: where a thing was seen.",
        "identity_class": "group",
    }


def _exercise_marking(identity_id: str) -> dict[str, object]:
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": EXERCISE_MARKING_ID,
        "created_by_ref": identity_id,
        "created": _CREATED,
        "name": "EXERCISE",
        "definition_type": "statement",
        "definition": {
            "statement": "EXERCISE. Fictional content for trying things out: act on none of it, "
            "and share none of it in a collection that is no exercise."
        },
    }
