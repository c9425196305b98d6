"""Constants of a pattern must be what their path says they are.

`[domain-name:value = 'ask rowan, 0.41 a million']` is a valid pattern: without this screen a
pattern would carry free text past the reviewer. It fails closed: a path whose values have no form
here waits for a person, and operators that are not looked at here never count as narrow
(`screens.breadth`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from indicators.domain import observables
from indicators.domain.disclosure import Policy
from indicators.domain.observables import ObservableError
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.stix.patterns import Comparison, Pattern
from indicators.domain.tokens import BAND_SCHEME
from labkit.normalise import KINDS
from labkit.tokens import SCHEME


SCHEMES = ("ja3", "ja4", "ja4h", "h2-akamai")
EXACT = frozenset({"=", "!=", "IN"})
_SUBSET = frozenset({"ISSUBSET", "ISSUPERSET"})
_NETWORKS = frozenset({"ipv4-addr:value", "ipv6-addr:value"})


@dataclass(frozen=True, slots=True)
class _Form:
    """What the constants of a path are: in words, as a kind of constant, and by a test."""

    expected: str
    is_met: Callable[[str], object]
    kind: str = "string"


def check_values(pattern: Pattern, *, policy: Policy, waived: frozenset[str]) -> None:
    """Let through comparisons whose constants have the form of what they are compared with.

    Constants that become tokens were read before (`domain.identifiers`).

    Raises:
        Rejected: naming the path whose constant has another form, and that form.
        Held: nobody but a person can say which form the path's values have.
    """
    for each in pattern.comparisons:
        if each.operator in _SUBSET and each.path not in _NETWORKS and form_of(each.path):
            raise Rejected(
                Reason.INVALID_PATTERN,
                f"pattern: {each.operator} is for {' and '.join(sorted(_NETWORKS))}, not for "
                f"{each.path}.",
            )
        if each.operator in EXACT | _SUBSET and policy.paths.get(each.path) != "token":
            _check(each, waived=waived)


def _check(each: Comparison, *, waived: frozenset[str]) -> None:
    form = form_of(each.path)
    if form is None:
        if Reason.NEEDS_REVIEW not in waived:
            raise Held(Reason.NEEDS_REVIEW, f"A person looks at patterns over {each.path} first.")
    elif any(kind != form.kind for kind in each.kinds) or not all(
        _has_form(form, value) for value in each.values
    ):
        raise Rejected(
            Reason.INVALID_PATTERN, f"pattern: {each.path} must be compared with {form.expected}."
        )


def form_of(path: str) -> _Form | None:
    """The form of a path's values; None where there is none."""
    return _HASH if _HASHES.fullmatch(path) else _FORMS.get(path)


def _has_form(form: _Form, value: object) -> bool:
    try:
        return bool(form.is_met(str(value)))
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
    return any(fits(scheme, text) for scheme in SCHEMES)


def fits(scheme: str, text: str) -> bool:
    """Whether the text is a client fingerprint of the scheme."""
    try:
        return bool(observables.tls_fingerprint(scheme, text))
    except ObservableError:
        return False


def _number(text: str) -> bool:
    return observables.asn(text) >= 0


_HASHES = re.compile(r"(?:file|x509-certificate):hashes\.(?:MD5|'SHA-(?:1|256|512)')")
_HASH = _Form("hash values as strings", re.compile(r"[0-9a-f]{32,128}").fullmatch)
"""Their length is checked where patterns are parsed."""
_ASN = _Form("numbers of autonomous systems, 0 to 4294967295", _number, kind="integer")
_EPOCH = re.compile(r"20[0-9]{2}Q[1-4][a-z]?").fullmatch
_TOKEN_VALUE = re.compile(r"[A-Za-z0-9_-]{42}[AEIMQUYcgkosw048]").fullmatch
_TOKEN: Mapping[str, Callable[[str], object]] = {
    "kind": frozenset(KINDS).__contains__,
    "scheme": frozenset({SCHEME}).__contains__,
    "epoch": _EPOCH,
    "value": _TOKEN_VALUE,
}
_FORMS: Mapping[str, _Form] = {
    "domain-name:value": _Form(
        "domain names of two labels at least, as strings", observables.domain
    ),
    "domain-name:resolves_to_refs[*].value": _Form(
        "addresses, networks or domain names, as strings", _resolution
    ),
    "url:value": _Form(
        "URLs of http, https, ws, wss or ftp, 2,000 characters at most, as strings", observables.url
    ),
    "ipv4-addr:value": _Form("IPv4 addresses or CIDR blocks, as strings", _address(4)),
    "ipv6-addr:value": _Form("IPv6 addresses or CIDR blocks, as strings", _address(6)),
    "autonomous-system:number": _ASN,
    "ipv4-addr:belongs_to_refs[*].number": _ASN,
    "tls-client-fingerprint:scheme": _Form(
        f"one of {', '.join(SCHEMES)}, as a string", SCHEMES.__contains__
    ),
    "tls-client-fingerprint:value": _Form(
        f"fingerprints of {', '.join(SCHEMES)}, as strings", _fingerprint
    ),
    **{
        f"match-token:{name}": _Form(f"the {name} of a match-token, as a string", test)
        for name, test in _TOKEN.items()
    },
    "prompt-family:scheme": _Form(f"{BAND_SCHEME}, as a string", {BAND_SCHEME}.__contains__),
    "prompt-family:epoch": _Form("an epoch such as 2026Q4, as a string", _EPOCH),
    "prompt-family:bands[*]": _Form("tokens of bands, as strings", _TOKEN_VALUE),
    "x509-certificate:serial_number": _Form(
        "serial numbers in hexadecimal, 20 octets at most, as strings", observables.serial_number
    ),
}
