"""Every known difference between `problems` and the oracles, with its reason.

`problems` promises no more than this: what it accepts, the official schemas and stix2
(`allow_custom`) accept. A difference in either direction that stands nowhere here is a defect:
`test_check_oracles` looks for such by changing valid objects at random.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from indicators.domain import tlp
from tests.domain.stix.corpus import a_valid
from tests.domain.stix.pieces import (
    IDENTITY,
    UUID,
    Object,
    a_ref,
    an_indicator,
    an_sco,
    an_sdo,
    extended,
)


@dataclass(frozen=True)
class Difference:
    """An object on which `problems` and an oracle differ, and why that is right."""

    reason: str
    obj: Object
    refused_by: frozenset[str]
    """Of ours, schemas, stix2, strict (stix2 without allow_custom) and validator (with MUSTs)."""
    allow_custom: bool = False


def _refused(by: str, reason: str, obj: Object) -> Difference:
    return Difference(reason, obj, frozenset(by.split()))


def _catalogue(by: str, reason: str, obj: Object) -> Difference:
    return Difference(reason, obj, frozenset(by.split()), allow_custom=True)


STRICTER: Mapping[str, str] = {
    "EMPTY": "STIX 2.1 §3.1 forbids empty lists and null everywhere, the oracles look at the top",
    "EXTENSION": "extensions have a home and, the Forum's own, a schema that is enforced",
    "HASH": "custom algorithms known to stix2 are checked in full, its MD6 is not anchored",
    "ID": "ids are keys here: one spelling, in lower case",
    "MARKING": "TLP markings are constants; bodies and selectors mean something or are refused",
    "NAME": "names as STIX 2.1 §3.1 has them; the official expression is not anchored",
    "ORDER": "times in their order, also those of malware analyses, which no oracle compares",
    "PATTERN": "limits against hostile patterns; hash comparisons that stix2patterns half reads",
    "REFERENCE": "references are identifiers, lower case, of types the property can refer to",
    "TIMESTAMP": "years 1970 to 2100, and real dates even where stix2 knows no time",
    "UNKNOWN_TYPE": "types without a schema here cannot be checked, so they cannot be shared",
    "VALUE": "deprecated or contradictory content, STIX 2.0, parts that are no objects",
}
"""The codes with which `problems` alone may refuse an object, and why."""

MILDER_THAN_STRICT: Mapping[str, str] = {
    "ExtraPropertiesError": "custom properties are welcome, they are just never shared",
    "CustomContentError": "so are custom content in extensions and hash names",
    r"reference to custom object type": "and references to types not registered with stix2",
    "one of the valid types for this property": "and references to objects stix2 has no class for",
    "Unexpected properties for": "and custom properties of nested structures",
    "custom hash algorithm": "and hash algorithms outside the vocabulary",
    "Can't parse unknown extension type": "and extensions of the old style",
    "custom content": "and whatever else stix2 calls custom",
}
"""Regular expressions over stix2's complaint in strict mode, and why it is not ours."""

MILDER_THAN_VALIDATOR: Mapping[str, str] = {
    "is not a valid RFC 5646 language code": "its list of languages is a selection",
    "must be an IANA registered": "its copies of the registries age, names in them do no harm",
    "must be an RFC 5646 code": "the same, in language contents",
    "must match a valid property name": "keys of translations are not looked at",
    "contains an invalid language code": "the same, of software",
    "CPE v2.3": "the schema's expression for CPE is enough",
    "UUIDv4": "which version of UUID an observable has says nothing about it",
    "is not a valid observable": "names in patterns are free: real ones have capitals",
    "not a property|not a list": "it reads a selector of a list's item differently",
    "object has no attribute|unhashable|^KeyError": "it crashes on odd custom properties",
}
"""Regular expressions over stix2-validator's complaint beyond the schemas, and why."""

DIFFERENCES: list[Difference] = [
    _refused("strict", "custom properties are welcome", an_indicator(x_alder_score=1)),
    _refused(
        "strict", "unknown targets are welcome", a_valid("relationship", target_ref=a_ref("x-a-b"))
    ),
    _refused(
        "strict",
        "a report may list its marking, as those of MISP do",
        a_valid("report", object_refs=[a_ref("marking-definition")]),
    ),
    _refused(
        "strict",
        "extensions in the old style still exist",
        an_sco("mutex", name="x", extensions={"alder-x-ext": {"abc": 1}}),
    ),
    _refused(
        "strict",
        "hash algorithms outside the vocabulary still exist",
        an_sco("file", hashes={"SHA-384": "ab" * 48}),
    ),
    _refused("validator", "its list of languages is a selection", an_indicator(lang="x-alder")),
    _refused(
        "validator",
        "its copy of the registry of character sets ages",
        an_sco("directory", path="/x", path_enc="alder-8"),
    ),
    _refused(
        "validator",
        "its copy of the registry of media types ages",
        an_sco("artifact", payload_bin="aGk=", mime_type="text/alder"),
    ),
    _refused(
        "validator",
        "any UUID will do",
        an_sco("process", pid=1) | {"id": "process--efcd5e80-570d-5131-b213-62cb18eaa6a8"},
    ),
    _refused(
        "validator",
        "real patterns have capitals in custom names",
        an_indicator("[file:x_ID = 'x']"),
    ),
    _refused(
        "ours",
        "TLP markings are constants",
        tlp.definition(tlp.Level.RED) | {"name": "TLP:AMBER"},
    ),
    _refused("ours strict", "names are lower case", an_indicator(alderScore=1)),
    _refused("ours strict", "null is not a value", an_indicator(x_alder={"a": None})),
    _refused("ours strict", "a list is not empty", an_indicator(x_alder={"a": []})),
    _refused("ours strict", "a _ref is an identifier", an_indicator(x_alder_ref="x")),
    _refused("ours", "ids are lower case", an_indicator() | {"id": f"indicator--{UUID.upper()}"}),
    _refused("ours", "times are sane", an_indicator(valid_until="2999-01-01T00:00:00Z")),
    _refused(
        "ours strict",
        "an observable has no version",
        an_sco("mutex", name="x", created="never"),
    ),
    _refused(
        "ours validator",
        "a version is not older than its object",
        an_indicator() | {"modified": "2026-05-10T00:00:00.000Z"},
    ),
    _refused(
        "ours",
        "analyses do not end before they begin",
        a_valid("malware-analysis", analysis_ended="2026-05-03T00:00:00Z"),
    ),
    _refused(
        "ours",
        "what may not be shared has no slot",
        an_indicator(extensions=extended("share-governance", action_tier="block")),
    ),
    _refused(
        "ours",
        "an extension has a home",
        an_indicator(extensions=extended("feedback-verdict", verdict="stale")),
    ),
    _refused(
        "ours",
        "sightings are of domain objects",
        a_valid("sighting", sighting_of_ref=a_ref("extension-definition")),
    ),
    _refused(
        "ours",
        "embedded observables are deprecated",
        a_valid(
            "observed-data",
            object_refs=None,
            objects={"0": an_sco("mutex", name="x")},
        ),
    ),
    _refused(
        "ours",
        "patterns are read as version 2.1",
        an_indicator("[abc:bcd = 'x']", pattern_version="2.0"),
    ),
    _refused(
        "ours",
        "limits on patterns",
        an_indicator("[" + " OR ".join(f"abc:bcd = {n}" for n in range(51)) + "]"),
    ),
    _refused("ours", "no IN list is empty", an_indicator("[abc:bcd IN ()]")),
    _refused(
        "ours",
        "a hash is compared with = or !=",
        an_indicator(f"[file:hashes.MD5 MATCHES '{'ab' * 16}']"),
    ),
    _refused(
        "ours schemas validator strict",
        "unknown types cannot be checked",
        an_sco("x-alder-note", name=None),
    ),
    _refused(
        "ours strict",
        "unknown types cannot be checked",
        an_sdo("x-alder-note", name="x"),
    ),
    _refused(
        "ours strict",
        "custom fields of structures are named as properties",
        a_valid(
            "vulnerability",
            external_references=[{"source_name": "x", "external_id": "1", "alderX": 1}],
        ),
    ),
    _catalogue(
        "strict",
        "catalogues have types of their own",
        an_sdo("x-mitre-tactic", x_mitre_shortname="x", created_by_ref=IDENTITY),
    ),
    _catalogue(
        "validator",
        "ATLAS has versions older than their objects",
        an_indicator() | {"modified": "2026-05-10T00:00:00.000Z"},
    ),
    _catalogue(
        "schemas validator",
        "ATT&CK has URLs with spaces; a format is an annotation in JSON Schema 2020-12",
        a_valid("tool", external_references=[{"source_name": "x", "url": "https://x.example/a b"}]),
    ),
]
