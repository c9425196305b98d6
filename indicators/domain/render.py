"""The published body: the Forum's author, marking, times and names around shared properties.

Property order is fixed and JSON is compact: two labs' identical content gives identical bytes but
for ids and times.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime

from indicators.domain.stix.extensions import BY_NAME, new_sco_extension
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.times import format_time
from indicators.domain.stix.types import OWN_SCO_TYPES, SCO_TYPES
from indicators.domain.tlp import Level


EXERCISE_MARKING_ID = "marking-definition--5a3f2f64-6a0e-4c6e-8a35-5d1c9c0e7b11"
_NAMES = {
    "indicator": "Indicator",
    "infrastructure": "Infrastructure",
    "campaign": "Campaign",
    "grouping": "Grouping",
    "report": "Report",
    "intrusion-set": "Intrusion set",
    "threat-actor": "Threat actor",
    "tool": "Tool",
    "identity": "Identity",
}
_NO_OBSERVABLE = sco_id("domain-name", {"value": "withdrawn.invalid"})
_IN_THEIR_ORDER = frozenset({"bands"})
"""Lists whose order means something."""
_FIRST = ("type", "spec_version", "id", "created_by_ref", "created", "modified", "revoked")
WITHDRAWN_PATTERN = "[x-forum-withdrawn:id = '{id}']"
"""A revoked indicator must still bear a pattern; this one says nothing of the old value."""


def render(
    type_: str,
    stix_id: str,
    properties: Mapping[str, object],
    *,
    targets: Mapping[str, tuple[str, ...]],
    single: frozenset[str],
    author: str,
    marking: Level,
    exercise: bool,
    created: datetime,
    modified: datetime,
) -> str:
    """The JSON text of one version of one Forum object (STIX 2.1 §3.2 common properties)."""
    body: dict[str, object] = {"type": type_, "spec_version": "2.1", "id": stix_id}
    if type_ not in SCO_TYPES:
        body |= {
            "created_by_ref": author,
            "created": format_time(created),
            "modified": format_time(modified),
        }
        if name := own_name(type_, stix_id):
            body["name"] = name
    said = {key: value for key, value in properties.items() if key != "extensions"}
    said |= {name: ids[0] if name in single else list(ids) for name, ids in targets.items()}
    if extensions := _extensions(type_, properties):
        said["extensions"] = extensions
    body |= _in_order(said)
    body["object_marking_refs"] = marking_refs(marking, exercise=exercise)
    return dump(body)


def own_name(type_: str, stix_id: str) -> str | None:
    """The name that the Forum gives an object; None for types that bear none."""
    return f"{_NAMES[type_]} {stix_id[-12:]}" if type_ in _NAMES else None


def _in_order(said: Mapping[str, object]) -> dict[str, object]:
    """Names in alphabetical order, lists of words too: a lab's own order is a habit of that lab."""
    return {
        name: said[name] if name in _IN_THEIR_ORDER else _ordered(said[name])
        for name in sorted(said)
    }


def _ordered(value: object) -> object:
    if isinstance(value, Mapping):
        return _in_order(value)
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        return sorted(value)
    return [_ordered(each) for each in value] if isinstance(value, list) else value


def marking_refs(marking: Level, *, exercise: bool) -> list[str]:
    """The marking of the collection, which every object in it bears."""
    return [marking.marking_id, *([EXERCISE_MARKING_ID] if exercise else [])]


def revoke(body: Mapping[str, object], *, modified: datetime, labels: Sequence[str] = ()) -> str:
    """The last version of an object that was taken back: identity, times and nothing it said."""
    kept = {key: body[key] for key in _FIRST if key in body}
    kept |= {"modified": format_time(modified), "revoked": True}
    if kept["type"] in _NAMES:
        kept["name"] = "Withdrawn"
    if labels:
        kept["labels"] = list(labels)
    kept |= _least(str(kept["type"]), kept)
    kept["object_marking_refs"] = body["object_marking_refs"]
    return dump(kept)


def _least(type_: str, kept: Mapping[str, object]) -> Mapping[str, object]:
    """What STIX requires of a type even when revoked, saying nothing of what it was.

    References lead to the Forum itself: the id of an observable would tell its value.
    """
    forum, created = kept["created_by_ref"], kept["created"]
    least: Mapping[str, Mapping[str, object]] = {
        "indicator": {
            "pattern": WITHDRAWN_PATTERN.format(id=kept["id"]),
            "pattern_type": "stix",
            "valid_from": created,
        },
        "relationship": {
            "relationship_type": "related-to",
            "source_ref": forum,
            "target_ref": forum,
        },
        "sighting": {"sighting_of_ref": forum},
        "opinion": {"opinion": "neutral", "object_refs": [forum]},
        "grouping": {"context": "unspecified", "object_refs": [forum]},
        "report": {"published": created, "object_refs": [forum]},
        "note": {"content": "Withdrawn", "object_refs": [forum]},
        "observed-data": {
            "first_observed": created,
            "last_observed": created,
            "number_observed": 1,
            "object_refs": [_NO_OBSERVABLE],
        },
    }
    return least.get(type_, {})


def enrich(body: Mapping[str, object], parts: Mapping[str, object], *, modified: datetime) -> str:
    """The next version of a published object, with properties added; those with None removed."""
    new = dict(body)
    extensions = dict(_mapping(body.get("extensions")))
    for name, value in parts.items():
        into, key = new, name
        if name.startswith("extensions."):
            into, key = extensions, BY_NAME[name.removeprefix("extensions.")].id
        if value is None:
            into.pop(key, None)
        else:
            into[key] = value
    if extensions:
        new["extensions"] = _in_order(extensions)
    else:
        new.pop("extensions", None)
    new["modified"] = format_time(modified)
    return dump(new)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _extensions(type_: str, properties: Mapping[str, object]) -> dict[str, object]:
    extensions: dict[str, object] = {
        BY_NAME[name].id: {"extension_type": "property-extension", **_mapping(value)}
        for name, value in _mapping(properties.get("extensions")).items()
    }
    if type_ in OWN_SCO_TYPES:
        extensions |= new_sco_extension(type_)
    return extensions


def words_of(body: Mapping[str, object]) -> bytes:
    """What an object says, whatever the order of its properties and what tools add to it."""
    said = {
        name: value
        for name, value in body.items()
        if not name.startswith("x_") and (name, value) != ("defanged", False)
    }
    return json.dumps(said, sort_keys=True, separators=(",", ":")).encode()


def dump(body: Mapping[str, object]) -> str:
    """Compact JSON text, property order kept."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))
