"""What identifies an observable, in canonical form: what its deterministic id is over."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from indicators.domain.observables import (
    ObservableError,
    asn,
    domain,
    email,
    hash_value,
    mac,
    network,
    serial_number,
    tls_fingerprint,
    url,
)
from indicators.domain.stix.hashes import STANDARD_NAMES, folded
from indicators.domain.stix.types import IDENTIFYING


def canonical_sco(type_: str, properties: Mapping[str, object]) -> dict[str, object]:
    """The identifying properties of an observable, canonical: what its deterministic id is over.

    Properties that do not identify (STIX 2.1 §2.9) are left out. Texts that only people write
    (file names, registry keys, account names) are kept as they are.

    Raises:
        ObservableError: unknown type, or a value without canonical form.
    """
    if type_ not in IDENTIFYING:
        raise ObservableError("not an observable type of STIX 2.1 or of the Forum")
    present = {name: properties[name] for name in IDENTIFYING[type_] if name in properties}
    return {name: _property(type_, name, value) for name, value in present.items()} | (
        _fingerprint(present) if type_ == "tls-client-fingerprint" else {}
    )


def _property(type_: str, name: str, value: object) -> object:
    if name == "hashes" and isinstance(value, Mapping):
        return _hashes(value)
    if name in {"start", "end"} and type_ == "network-traffic":
        return _time(str(value))
    canonical = _CANONICAL.get(type_)
    return canonical(str(value)) if canonical and name in _MAIN else value


def _hashes(hashes: Mapping[str, object]) -> dict[str, str]:
    named = {STANDARD_NAMES.get(folded(name), name): value for name, value in hashes.items()}
    return {name: hash_value(name, str(named[name])) for name in sorted(named)}


def _fingerprint(properties: Mapping[str, object]) -> dict[str, object]:
    scheme, value = str(properties.get("scheme")), str(properties.get("value"))
    return {"value": tls_fingerprint(scheme, value)}


def _time(text: str) -> str:
    """A STIX timestamp without the zeros at the end of its fraction, as stix2 writes it."""
    whole, point, fraction = text.removesuffix("Z").partition(".")
    fraction = fraction.rstrip("0")
    return f"{whole}{point if fraction else ''}{fraction}Z"


_IPV6 = 6


def _of_version(version: int) -> Callable[[str], str]:
    def canonical(text: str) -> str:
        block = network(text)
        if (":" in block) != (version == _IPV6):
            raise ObservableError(f"not an IPv{version} address")
        return block

    return canonical


_MAIN = frozenset({"value", "number", "serial_number"})
_CANONICAL: Mapping[str, Callable[[str], str | int]] = {
    "autonomous-system": asn,
    "domain-name": domain,
    "email-addr": email,
    "ipv4-addr": _of_version(4),
    "ipv6-addr": _of_version(6),
    "mac-addr": mac,
    "url": url,
    "x509-certificate": serial_number,
}
