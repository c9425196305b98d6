"""Deterministic ids of observables: equal content, equal id, at every producer.

Source: STIX 2.1 §2.9: UUIDv5 over the RFC 8785 form of the id contributing properties. Callers pass
canonical values (`domain/canonical_sco`); this module changes none.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping

from indicators.domain.canonical import canonical_bytes
from indicators.domain.stix.types import IDENTIFYING


_NAMESPACE = uuid.UUID("00abedb4-aa42-466c-9c01-fed23315a9b7")
_HASH_PREFERENCE = ("MD5", "SHA-1", "SHA-256", "SHA-512")


class NoDeterministicIdError(ValueError):
    """The object has no contributing property (or its type has none): it needs a random UUIDv4."""


def sco_id(type_: str, properties: Mapping[str, object]) -> str:
    """The deterministic id of an observable of a standard type or of the Forum's own.

    Raises:
        NoDeterministicIdError: nothing in it contributes to an id.
        KeyError: not an observable type.
        NotCanonicalError: a contributing value has no canonical form.
    """
    contributing = {
        name: _chosen(name, properties[name]) for name in IDENTIFYING[type_] if name in properties
    }
    if not contributing:
        raise NoDeterministicIdError(f"nothing in this {type_} contributes to its id")
    text = canonical_bytes(contributing).decode()
    return f"{type_}--{uuid.uuid5(_NAMESPACE, text)}"


def _chosen(name: str, value: object) -> object:
    """Of several hashes one contributes, by preference; else the first by name."""
    if name != "hashes" or not isinstance(value, Mapping):
        return value
    best = next((hash_ for hash_ in _HASH_PREFERENCE if hash_ in value), None) or min(value)
    return {best: value[best]}
