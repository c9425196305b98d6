"""What a person asks about: a value in every spelling that is published of it, and how it is found.

Over tokens it is found exactly. In clear stand addresses, and whatever a reviewer released as text:
there an address is found in the spellings that tools and people use, an e-mail address as it is
written. Telephone numbers, accounts and devices in text are not looked for: too many spellings.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from indicators import keyring
from indicators.domain.screens.addresses import addresses_in
from indicators.domain.screens.residential import NOWHERE, Residential
from indicators.domain.tokens import Identifier
from labkit.normalise import KINDS, NormaliseError, normalise


_EMAIL = ("email-addr", "email-canon")
_CLEAR = frozenset({"ipv4", "ipv6-64"})
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
    form: str
    """A regular expression over lower case that whatever names it in clear has; "" for most."""

    @property
    def tag(self) -> bytes:
        """What the request is known by."""
        return keyring.barred_tag(*self.identifiers[0])

    def is_named_in(self, body: str, *, limits: Mapping[str, int]) -> bool:
        """Whether a published body names the value; `limits` say which networks are nobody's."""
        texts = _strings(json.loads(body))
        if not self.address:
            return any(re.search(self.form, each.lower()) for each in texts)
        return any(self.address.named_in(each, limits=limits) for each in texts)


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
        return Asked(kind, found, address, _form(kind, found[0].value))
    except NormaliseError as error:
        raise SubjectError(f"The value is no {kind} in any accepted spelling.") from error


def _form(kind: str, normal: str) -> str:
    """What every spelling has in common that is looked for: of an address its first numbers."""
    if kind in _EMAIL:
        return rf"(?:^|[^\w.+-]){re.escape(normal.lower())}(?:[^\w-]|$)"
    if kind == "ipv4":
        octets = [int(each) for each in normal.split(".")]
        numbers = [f"0*{each}" for each in octets]
        between = "[^0-9]{1,9}"
        first, last = between.join(numbers[:3]), between.join(numbers[:0:-1])
        in_ipv6 = f"{octets[0] << 8 | octets[1]:x}:"
        return f"{first}|{last}|{in_ipv6}"
    groups = [f"0*{int(each, 16):x}" for each in normal.split(":")[:2] if each]
    return "[^0-9a-z]{1,5}".join(groups) + "|ip6.arpa"


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, each in value.items():
            # An id names something else; what refers to it follows it by itself.
            if name != "id" and not name.endswith(("_ref", "_refs")):
                yield from _strings(each)
    elif isinstance(value, list):
        for each in value:
            yield from _strings(each)
