"""Identifiers: the object's own and those it refers to.

The official schemas check few reference types; python-stix2 checks them all. Here a reference has
a lower-case UUID, and points to the types the standard names for its property. Where the standard
names a class (SCO, SDO, SRO), types unknown to it are allowed: they may be extensions.
Sources: STIX 2.1 §2.9 (identifier), §3.2, and the property tables of §4 to §7.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from indicators.domain.stix.problem import Problem
from indicators.domain.stix.types import META_TYPES, SCO_TYPES, SDO_TYPES, SRO_TYPES


IDENTIFIER = re.compile(
    r"([a-z][a-z0-9-]+[a-z0-9])--"
    r"[0-9a-f]{8}-[0-9a-f]{4}-[1-5][0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
)

_ADMINISTRATIVE = frozenset({"created_by_ref", "object_marking_refs"})
_BUNDLE = frozenset({"bundle"})
_NOT_SCO = SDO_TYPES | SRO_TYPES | META_TYPES | _BUNDLE
_NOT_SDO = SCO_TYPES | SRO_TYPES | META_TYPES | _BUNDLE
_NOT_SCO_OR_SRO = SDO_TYPES | META_TYPES | _BUNDLE
_NOT_IN_RELATIONSHIP = SRO_TYPES | _BUNDLE | {"language-content", "marking-definition"}

_Types = frozenset[str]
_ADDRESS = frozenset({"ipv4-addr", "ipv6-addr", "mac-addr", "domain-name"})
_FILES = frozenset({"file", "directory"})
_MARKING = frozenset({"marking-definition"})

ONLY: Mapping[tuple[str, str], _Types] = {
    ("directory", "contains_refs"): _FILES,
    ("domain-name", "resolves_to_refs"): frozenset({"ipv4-addr", "ipv6-addr", "domain-name"}),
    ("email-addr", "belongs_to_ref"): frozenset({"user-account"}),
    ("email-message", "bcc_refs"): frozenset({"email-addr"}),
    ("email-message", "cc_refs"): frozenset({"email-addr"}),
    ("email-message", "from_ref"): frozenset({"email-addr"}),
    ("email-message", "raw_email_ref"): frozenset({"artifact"}),
    ("email-message", "sender_ref"): frozenset({"email-addr"}),
    ("email-message", "to_refs"): frozenset({"email-addr"}),
    ("file", "content_ref"): frozenset({"artifact"}),
    ("file", "parent_directory_ref"): frozenset({"directory"}),
    ("ipv4-addr", "belongs_to_refs"): frozenset({"autonomous-system"}),
    ("ipv4-addr", "resolves_to_refs"): frozenset({"mac-addr"}),
    ("ipv6-addr", "belongs_to_refs"): frozenset({"autonomous-system"}),
    ("ipv6-addr", "resolves_to_refs"): frozenset({"mac-addr"}),
    ("malware", "operating_system_refs"): frozenset({"software"}),
    ("malware", "sample_refs"): frozenset({"artifact", "file"}),
    ("malware-analysis", "host_vm_ref"): frozenset({"software"}),
    ("malware-analysis", "installed_software_refs"): frozenset({"software"}),
    ("malware-analysis", "operating_system_ref"): frozenset({"software"}),
    ("malware-analysis", "sample_ref"): frozenset({"artifact", "file", "network-traffic"}),
    ("network-traffic", "dst_payload_ref"): frozenset({"artifact"}),
    ("network-traffic", "dst_ref"): _ADDRESS,
    ("network-traffic", "encapsulated_by_ref"): frozenset({"network-traffic"}),
    ("network-traffic", "encapsulates_refs"): frozenset({"network-traffic"}),
    ("network-traffic", "src_payload_ref"): frozenset({"artifact"}),
    ("network-traffic", "src_ref"): _ADDRESS,
    ("process", "child_refs"): frozenset({"process"}),
    ("process", "creator_user_ref"): frozenset({"user-account"}),
    ("process", "image_ref"): frozenset({"file"}),
    ("process", "opened_connection_refs"): frozenset({"network-traffic"}),
    ("process", "parent_ref"): frozenset({"process"}),
    ("sighting", "observed_data_refs"): frozenset({"observed-data"}),
    ("sighting", "where_sighted_refs"): frozenset({"identity", "location"}),
    ("windows-registry-key", "creator_user_ref"): frozenset({"user-account"}),
}
"""The only types a property may refer to."""

NEVER: Mapping[tuple[str, str], _Types] = {
    ("file", "contains_refs"): _NOT_SCO,
    ("grouping", "object_refs"): _BUNDLE,
    ("language-content", "object_ref"): _BUNDLE | {"language-content"},
    ("malware-analysis", "analysis_sco_refs"): _NOT_SCO,
    ("note", "object_refs"): _BUNDLE,
    ("observed-data", "object_refs"): _NOT_SCO_OR_SRO,
    ("opinion", "object_refs"): _BUNDLE,
    ("relationship", "source_ref"): _NOT_IN_RELATIONSHIP,
    ("relationship", "target_ref"): _NOT_IN_RELATIONSHIP,
    ("report", "object_refs"): _BUNDLE,
    ("sighting", "sighting_of_ref"): _NOT_SDO,
}
"""The types a property must not refer to; it may refer to all others, unknown ones included."""

_COMMON: Mapping[str, _Types] = {
    "created_by_ref": frozenset({"identity"}),
    "object_marking_refs": _MARKING,
}
NESTED: Mapping[str, tuple[tuple[tuple[str, ...], _Types], ...]] = {
    "email-message": ((("body_multipart", "body_raw_ref"), frozenset({"artifact", "file"})),),
    "file": ((("extensions", "archive-ext", "contains_refs"), _FILES),),
    "network-traffic": (
        (("extensions", "http-request-ext", "message_body_data_ref"), frozenset({"artifact"})),
    ),
    "process": ((("extensions", "windows-service-ext", "service_dll_refs"), frozenset({"file"})),),
}
"""References inside structures, by type: where, and the only types they may refer to."""


def type_of(reference: str) -> str:
    """The type an identifier names, `ipv4-addr` of `ipv4-addr--…`."""
    return reference.partition("--")[0]


def is_identified(each: object) -> bool:
    """Whether it is an object with a type and an id as STIX writes them."""
    if not isinstance(each, Mapping) or not isinstance(each.get("type"), str):
        return False
    return bool(IDENTIFIER.fullmatch(str(each.get("id"))))


def check(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    """Yield what is wrong with the object's id and references: ID, REFERENCE."""
    yield from _check_id(obj, type_)
    for name, value in obj.items():
        if name.endswith(("_ref", "_refs")):
            yield from _check_property(type_, name, value)
    for path, only in NESTED.get(type_, ()):
        for value in _found(obj, path):
            yield from _check_values(".".join(path), value, only, frozenset())


def check_common(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    """Yield what is wrong with the id, the author and the markings alone: ID, REFERENCE."""
    yield from _check_id(obj, type_)
    for name in _COMMON.keys() & obj.keys():
        yield from _check_property(type_, name, obj[name])


def _check_id(obj: Mapping[str, object], type_: str) -> Iterator[Problem]:
    own = IDENTIFIER.fullmatch(str(obj.get("id")))
    if own is None or own[1] != type_:
        yield Problem("id", f"must be {type_}-- and a lower-case UUID (RFC 4122, 1 to 5)", "ID")


def _check_property(type_: str, name: str, value: object) -> Iterator[Problem]:
    only = _COMMON.get(name) or ONLY.get((type_, name))
    yield from _check_values(name, value, only, NEVER.get((type_, name), frozenset()))


def _check_values(
    where: str, value: object, only: _Types | None, never: _Types
) -> Iterator[Problem]:
    many = isinstance(value, list)
    for index, reference in enumerate(value if isinstance(value, list) else [value]):
        complaint = _complaint(reference, only, never)
        if complaint:
            yield Problem(f"{where}.[{index}]" if many else where, complaint, "REFERENCE")


def _complaint(reference: object, only: _Types | None, never: _Types) -> str | None:
    match = IDENTIFIER.fullmatch(reference) if isinstance(reference, str) else None
    if match is None:
        return "must be <type>-- and a lower-case UUID (RFC 4122, versions 1 to 5)"
    if only is not None and match[1] not in only:
        return f"must refer to {' or '.join(sorted(only))}"
    if match[1] in never:
        return f"must not refer to {match[1]}"
    return None


def _found(value: object, path: tuple[str, ...]) -> Iterator[object]:
    """All values at a path of property names; lists on the way are looked through."""
    if not path:
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _found(item, path)
    elif isinstance(value, Mapping) and path[0] in value:
        yield from _found(value[path[0]], path[1:])


def references_of(body: Mapping[str, object]) -> Iterator[str]:
    """Every id that an object refers to, but for its author and its markings.

    Nothing about the object's shape is taken for granted.
    """
    for name, value in body.items():
        if name in _ADMINISTRATIVE:
            continue
        if name.endswith("_ref") and isinstance(value, str):
            yield value
        elif name.endswith("_refs") and isinstance(value, list):
            yield from (each for each in value if isinstance(each, str))
