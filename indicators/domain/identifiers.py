"""Which parts of an object are personal identifiers, in the one spelling that tokens are made of.

An e-mail address has two: as it is written, and as its provider delivers it. A residential address
is one where the lab says that it is residential. The rules of spelling are profile v1 of
`labkit.normalise`, which labs run on their own side: both must arrive at the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import IPv6Network

from indicators.domain.disclosure import Policy
from indicators.domain.objects import ValidObject
from indicators.domain.outcomes import Held, Reason, Rejected
from indicators.domain.screens.addresses import addresses_in, in_ipv4
from indicators.domain.screens.mail_forms import names_a_mailbox
from indicators.domain.screens.residential import Residential
from indicators.domain.stix import pattern_tokens
from indicators.domain.stix.pattern_tree import Test, write_path
from indicators.domain.stix.patterns import Pattern, PatternError
from indicators.domain.tokens import Identifier
from labkit.normalise import NormaliseError, normalise


_EMAIL = ("email-addr", "email-canon")
_KINDS_OF_PATH: Mapping[str, tuple[str, ...]] = {
    "email-addr:value": _EMAIL,
    "phone-number:value": ("phone",),
    "payment-card:value": ("pan",),
    "mac-addr:value": ("device-id",),
}
_CONSTANT = re.compile(r"'((?:[^'\\]|\\.)*)'")
_LOGINS = ("account_login", "user_id")
_NAMES = frozenset({"url", "domain-name"})
"""Observables that can have an address in their value, and of which no token takes the place."""
_ADDRESSES = {"ipv4-addr:value": "ipv4", "ipv6-addr:value": "ipv6-64"}


def find(valid: ValidObject, *, policy: Policy, residential: Residential) -> tuple[Identifier, ...]:
    """The identifiers of an object, the leading one first; none for most objects.

    Raises:
        Rejected: a value that is none of its kind, or an account that means nothing elsewhere.
        Held: a residential address where no token can take its place.
    """
    reading = Reading(policy, residential)
    if valid.pattern is not None:
        return _of_pattern(valid.pattern, reading)
    body = valid.received.body
    if valid.type in _NAMES:
        _check_in_clear(valid.type, str(body.get("value")), reading)
    try:
        if valid.type == "user-account":
            return reading.account(body)
        return reading(f"{valid.type}:value", str(body.get("value", "")), "")
    except ValueError as error:
        raise Rejected(Reason.INVALID_STIX, f"{valid.type}: {error}") from error


def in_clear(body: Mapping[str, object]) -> Iterator[Identifier]:
    """The addresses that a published object names in clear, as the identifiers they would be."""
    # A pattern's constants will do: to read it once more costs five times as much.
    texts = _CONSTANT.findall(str(body["pattern"])) if "pattern" in body else [body.get("value")]
    for network in (each for text in texts for each in addresses_in(str(text))):
        shown = in_ipv4(network) if isinstance(network, IPv6Network) else network
        with suppress(NormaliseError):  # a range, or nobody's
            kind = "ipv4" if shown else "ipv6-64"
            yield Identifier(kind, normalise(kind, str(shown or network)))


def _of_pattern(pattern: Pattern, reading: Reading) -> tuple[Identifier, ...]:
    try:
        found = pattern_tokens.search(pattern, reading)
    except PatternError as error:
        raise Rejected(Reason.INVALID_PATTERN, f"pattern: {error}") from error
    for each in found.rest:
        path = write_path(each.path)
        if reading.policy.paths.get(path) == "token":
            _check_personal(path, each)
        for literal in each.literals:
            _check_in_clear(path, literal.text, reading)
    return found.identifiers


def _check_in_clear(where: str, text: str, reading: Reading) -> None:
    check_no_household(where, text, policy=reading.policy, residential=reading.residential)


def check_no_household(where: str, text: str, *, policy: Policy, residential: Residential) -> None:
    """Hold a text in which no token can take the place of a household's address.

    Raises:
        Held: it names one that the submission calls residential; nobody can release it.
    """
    if residential.named_in(text, limits=policy.limits):
        raise Held(
            Reason.PERSONAL_IDENTIFIER,
            f"You say that an address in {where} is residential: it leaves only as a token. "
            "Send it alone, or compare it with = or IN on ipv4-addr:value or ipv6-addr:value.",
        )


def _check_personal(path: str, test: Test) -> None:
    """Let on, to a reviewer, only what looks for a form of addresses and names none."""
    is_form = path == "email-addr:value" and test.operator in {"LIKE", "MATCHES"}
    if is_form and not any(names_a_mailbox(each.text) for each in test.literals):
        return
    raise Rejected(
        Reason.INVALID_PATTERN,
        f"pattern: {path} is personal, and a token takes its place. Compare it with = or IN, and a "
        "login together with its account_type; a form of e-mail addresses with LIKE or MATCHES.",
    )


@dataclass(frozen=True, slots=True)
class Reading:
    """How constants are read: by the path that they stand on, and what is known around them."""

    policy: Policy
    residential: Residential

    def __call__(self, path: str, text: str, account_type: str) -> tuple[Identifier, ...]:
        """The identifiers that a constant of a path has.

        Raises:
            ValueError: it should have one and has no accepted spelling; says why.
        """
        if path in _ADDRESSES:
            return self._address(_ADDRESSES[path], text)
        type_, _, name = path.partition(":")
        if type_ == "user-account" and name in _LOGINS:
            return self._login(account_type, text)
        kinds = _KINDS_OF_PATH.get(path, ())
        return tuple(Identifier(kind, normalise(kind, text)) for kind in kinds)

    def account(self, body: Mapping[str, object]) -> tuple[Identifier, ...]:
        """The identifiers of a `user-account` object; raises ValueError as above."""
        login = next((str(body[name]) for name in _LOGINS if body.get(name)), "")
        return self._login(str(body.get("account_type", "")), login)

    def _address(self, kind: str, text: str) -> tuple[Identifier, ...]:
        if not self.residential.named_in(text, limits=self.policy.limits):
            return ()
        return (Identifier(kind, normalise(kind, text)),)

    def _login(self, account_type: str, login: str) -> tuple[Identifier, ...]:
        provider = account_type.strip().casefold()
        kind = self.policy.account_types.get(provider, "account-handle")
        if not provider or not login or kind == "none":
            raise NormaliseError(
                "an account means something at other labs only by its provider: state "
                "account_type (github, phone, email, payment-card …) and account_login"
            )
        if kind == "email":
            return tuple(Identifier(each, normalise(each, login)) for each in _EMAIL)
        text = f"{provider}:{login}" if kind == "account-handle" else login
        return (Identifier(kind, normalise(kind, text)),)
