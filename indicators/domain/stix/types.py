"""The object types of STIX 2.1 by class, and the Forum's own.

Source: STIX 2.1 §3 (meta objects), §4 (SDOs), §5 (SROs), §6 (SCOs).
"""

from __future__ import annotations

from collections.abc import Mapping


SDO_TYPES = frozenset(
    [
        "attack-pattern",
        "campaign",
        "course-of-action",
        "grouping",
        "identity",
        "incident",
        "indicator",
        "infrastructure",
        "intrusion-set",
        "location",
        "malware",
        "malware-analysis",
        "note",
        "observed-data",
        "opinion",
        "report",
        "threat-actor",
        "tool",
        "vulnerability",
    ]
)
SRO_TYPES = frozenset({"relationship", "sighting"})
STANDARD_SCO_TYPES = frozenset(
    [
        "artifact",
        "autonomous-system",
        "directory",
        "domain-name",
        "email-addr",
        "email-message",
        "file",
        "ipv4-addr",
        "ipv6-addr",
        "mac-addr",
        "mutex",
        "network-traffic",
        "process",
        "software",
        "url",
        "user-account",
        "windows-registry-key",
        "x509-certificate",
    ]
)
OWN_SCO_TYPES = frozenset({"match-token", "prompt-family", "tls-client-fingerprint"})
SCO_TYPES = STANDARD_SCO_TYPES | OWN_SCO_TYPES
META_TYPES = frozenset({"extension-definition", "language-content", "marking-definition"})

STANDARD_TYPES = SDO_TYPES | SRO_TYPES | STANDARD_SCO_TYPES | META_TYPES
KNOWN_TYPES = STANDARD_TYPES | OWN_SCO_TYPES

IDENTIFYING: Mapping[str, tuple[str, ...]] = {
    "artifact": ("hashes", "payload_bin"),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("from_ref", "subject", "body"),
    "file": ("hashes", "name", "parent_directory_ref", "extensions"),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "match-token": ("kind", "scheme", "epoch", "value"),
    "mutex": ("name",),
    "network-traffic": (
        "start",
        "end",
        "src_ref",
        "dst_ref",
        "src_port",
        "dst_port",
        "protocols",
        "extensions",
    ),
    "process": (),
    "prompt-family": ("scheme", "epoch", "bands"),
    "software": ("name", "cpe", "swid", "vendor", "version"),
    "tls-client-fingerprint": ("scheme", "value"),
    "url": ("value",),
    "user-account": ("account_type", "user_id", "account_login"),
    "windows-registry-key": ("key", "values"),
    "x509-certificate": ("hashes", "serial_number"),
}
"""The id contributing properties of each SCO type, STIX 2.1 §2.9 and §6."""
