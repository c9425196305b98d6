"""What a person asks about: a value in every spelling that is published of it, and how it is found.

Over tokens it is found exactly. In clear stand addresses, and whatever a reviewer released as text:
there an address is found in the spellings that tools and people use, an e-mail address as it is
written. Telephone numbers, accounts and devices in text are not looked for: too many spellings.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicators import keyring
from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.observables import ObservableError
from indicators.domain.screens.addresses import addresses_in
from indicators.domain.screens.residential import NOWHERE, Residential
from indicators.domain.stix.ids import sco_id
from indicators.domain.tokens import Identifier
from labkit.normalise import KINDS, NormaliseError, normalise


_EMAIL = ("email-addr", "email-canon")
_CLEAR: Mapping[str, str] = {"ipv4": "ipv4-addr", "ipv6-64": "ipv6-addr"}
_NOBODYS = frozenset({"prompt-band", "phone-prefix"})
"""Kinds that are about no single person."""
ASKABLE = tuple(kind for kind in KINDS if kind not in _NOBODYS)


class SubjectError(ValueError):
    """A request that cannot be looked into; the message says why and never names the value."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The kind, and the value in every spelling that tokens have."""

    kind: str
    identifiers: tuple[Identifier, ...]
    address: Residential
    """The address, if it is one: what stands for it in clear."""
    words: tuple[str, ...]
    """Texts in lower case; whatever names it in clear has one of them. Empty for most kinds."""

    @property
    def tag(self) -> bytes:
        """What the request is known by."""
        return keyring.barred_tag(*self.identifiers[0])

    def is_named_in(self, body: str, *, limits: Mapping[str, int]) -> bool:
        """Whether a published body names the value; `limits` say which networks are nobody's."""
        texts = [each.lower() for each in _strings(json.loads(body))]
        if not self.address:
            return any(word in text for word in self.words for text in texts)
        return any(
            text in self.words or self.address.named_in(text, limits=limits) for text in texts
        )


def asked_about(kind: str, value: str) -> Asked:
    """Read a value as labs' values are read.

    Raises:
        SubjectError: no such kind, or no accepted spelling of it.
    """
    if kind not in ASKABLE:
        raise SubjectError(f"There is no kind {kind!r} of a person's, only: {', '.join(ASKABLE)}.")
    try:
        kinds = _EMAIL if kind in _EMAIL else (kind,)
        found = tuple(Identifier(each, normalise(each, value)) for each in kinds)
        address = Residential.of(addresses_in(found[0].value)) if kind in _CLEAR else NOWHERE
        return Asked(kind, found, address, _words(kind, value, found[0].value))
    except (NormaliseError, ObservableError) as error:
        raise SubjectError(f"The value is no {kind} in any accepted spelling.") from error


def _words(kind: str, value: str, normal: str) -> tuple[str, ...]:
    if kind in _EMAIL:
        return (normal.lower(),)
    if kind not in _CLEAR:
        return ()
    observable = sco_id(_CLEAR[kind], canonical_sco(_CLEAR[kind], {"value": value}))
    if kind == "ipv4":
        octets = normal.split(".")
        return (observable, normal, "-".join(octets), *_reversed(octets))
    # Of a /64 the first two groups are spelled alike in each of its addresses.
    return (observable, *(mark.join(normal.split(":")[:2]) + mark for mark in ":-"))


def _reversed(octets: list[str]) -> tuple[str, str]:
    return ".".join(reversed(octets)), "-".join(reversed(octets))


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
