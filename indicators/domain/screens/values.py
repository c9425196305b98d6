"""Constants of a pattern must be what their path says they are.

`[domain-name:value = 'ask rowan, 0.41 a million']` is a valid pattern: without this screen a
pattern would carry free text past the reviewer. The paths are those that publish by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from indicators.domain import observables
from indicators.domain.observables import ObservableError
from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.stix.patterns import Pattern


_EXACT = frozenset({"=", "!=", "IN"})
_SCHEMES = ("ja3", "ja4", "ja4h", "h2-akamai")
_SERIAL = re.compile(r"[0-9A-Fa-f:]{2,60}")


def check_values(pattern: Pattern) -> None:
    """Let through exact comparisons whose constants have the form of what they are compared with.

    Raises:
        Rejected: naming the constant that has not. Hashes are checked where patterns are parsed.
    """
    for each in pattern.comparisons:
        is_form = _FORMS.get(each.path)
        if is_form is None or each.operator not in _EXACT:
            continue
        for value in each.values:
            if not _has_form(is_form, value):
                raise Rejected(
                    Reason.INVALID_PATTERN,
                    f"pattern: {str(value)[:80]!r} has not the form of {each.path}.",
                )


def _has_form(is_form: Callable[[str], object], value: object) -> bool:
    try:
        return bool(is_form(str(value)))
    except ObservableError:
        return False


def _address(version: int) -> Callable[[str], bool]:
    return lambda text: (":" in observables.network(text)) == (version == 6)  # noqa: PLR2004  of the Internet Protocol


def _resolution(text: str) -> bool:
    """What a domain resolves to: an address or another domain."""
    try:
        return bool(observables.network(text))
    except ObservableError:
        return bool(observables.domain(text))


def _fingerprint(text: str) -> bool:
    for scheme in _SCHEMES:
        try:
            return bool(observables.tls_fingerprint(scheme, text))
        except ObservableError:
            continue
    return False


def _number(text: str) -> bool:
    return observables.asn(text) >= 0


_FORMS: Mapping[str, Callable[[str], object]] = {
    "domain-name:value": observables.domain,
    "domain-name:resolves_to_refs[*].value": _resolution,
    "url:value": observables.url,
    "ipv4-addr:value": _address(4),
    "ipv6-addr:value": _address(6),
    "autonomous-system:number": _number,
    "ipv4-addr:belongs_to_refs[*].number": _number,
    "tls-client-fingerprint:scheme": _SCHEMES.__contains__,
    "tls-client-fingerprint:value": _fingerprint,
    "x509-certificate:serial_number": _SERIAL.fullmatch,
}
