"""Constants and paths of comparisons in canonical form.

Only where two spellings mean the same to whoever matches them: equality on addresses, names, URLs,
hashes, numbers of networks and certificates. Constants without canonical form, and those of LIKE,
MATCHES and the comparisons of order, stay as they are. Registry keys and file names too: the
standard compares them case by case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.observables import (
    ObservableError,
    asn,
    domain,
    email,
    hash_value,
    mac,
    network,
    serial_number,
)
from indicators.domain.stix.hashes import STANDARD_NAMES, folded
from indicators.domain.stix.pattern_tree import Literal, Path, Step, Test


_EQUALITY = frozenset({"=", "!=", "IN"})
_SUBSET = frozenset({"ISSUBSET", "ISSUPERSET"})
_SCO_VALUES = frozenset({"domain-name", "email-addr", "ipv4-addr", "ipv6-addr", "mac-addr", "url"})


def canonical_test(test: Test) -> Test:
    """The comparison with canonical path, constants and, where it changes nothing, operator."""
    path = _canonical_path(test.path)
    literals = tuple(_canonical_literal(path, test.operator, item) for item in test.literals)
    operator, negated = test.operator, test.negated
    if negated and operator in {"=", "!="} and path.is_single:
        # on lists they differ: "no item equals" is not "some item does not equal"
        operator, negated = "!=" if operator == "=" else "=", False
    return replace(test, path=path, operator=operator, literals=literals, negated=negated)


def hash_algorithm(path: Path) -> str | None:
    """The hash algorithm whose value a path leads to; None when it leads elsewhere."""
    last = path.steps[-1]
    return last if "hashes" in path.steps and isinstance(last, str) else None


def _canonical_path(path: Path) -> Path:
    *before, last = path.steps
    if not before or before[-1] != "hashes" or not isinstance(last, str):
        return path
    steps: tuple[Step, ...] = (*before, STANDARD_NAMES.get(folded(last), last))
    return replace(path, steps=steps)


def _canonical_literal(path: Path, operator: str, literal: Literal) -> Literal:
    convert = _conversion(path, operator)
    if convert is None or literal.kind != "string":
        return literal
    try:
        value = convert(literal.text)
    except ObservableError:
        return literal
    return Literal("integer" if isinstance(value, int) else "string", str(value))


def _conversion(path: Path, operator: str) -> Callable[[str], str | int] | None:
    names = tuple(step for step in path.steps if isinstance(step, str))
    if operator in _SUBSET:
        return _block if names[-1] == "value" else None
    if operator not in _EQUALITY:
        return None
    if names[-2:-1] == ("hashes",):
        return lambda text: hash_value(names[-1], text)
    if names == ("value",) and path.object_type in _SCO_VALUES:
        return lambda text: str(canonical_sco(path.object_type, {"value": text})["value"])
    return _BY_PATH.get((path.object_type, *names))


def _block(text: str) -> str:
    """A CIDR block that always states its prefix, as the operands of ISSUBSET do."""
    canonical = network(text)
    return canonical if "/" in canonical else f"{canonical}/{128 if ':' in canonical else 32}"


def _host(text: str) -> str:
    try:
        return network(text)
    except ObservableError:
        return domain(text)


_BY_PATH: Mapping[tuple[str, ...], Callable[[str], str | int]] = {
    ("autonomous-system", "number"): asn,
    ("domain-name", "resolves_to_refs", "value"): _host,
    ("email-message", "bcc_refs", "value"): email,
    ("email-message", "cc_refs", "value"): email,
    ("email-message", "from_ref", "value"): email,
    ("email-message", "sender_ref", "value"): email,
    ("email-message", "to_refs", "value"): email,
    ("ipv4-addr", "belongs_to_refs", "number"): asn,
    ("ipv4-addr", "resolves_to_refs", "value"): mac,
    ("ipv6-addr", "resolves_to_refs", "value"): mac,
    ("network-traffic", "dst_ref", "value"): _host,
    ("network-traffic", "src_ref", "value"): _host,
    ("tls-client-fingerprint", "value"): str.lower,
    ("x509-certificate", "serial_number"): serial_number,
}
