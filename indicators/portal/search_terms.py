"""What a person looks for, line by line: told apart by its form, in the spelling of the feed.

Personal identifiers stand on the feed as tokens alone. They are known by their form, so that the
page can say so; nothing is computed of them. Nothing is guessed: a line that is none of the kinds
is told back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network, ip_network
from urllib.parse import urlsplit

from indicators.domain.disclosure import current_policy
from indicators.domain.observables import (
    ObservableError,
    asn,
    domain,
    mac,
    network,
    tls_fingerprint,
    url,
)
from indicators.domain.screens.proofs import card
from indicators.domain.stix.references import IDENTIFIER
from indicators.ui.defang import refanged


MOST = 500
"""Lines at a time."""
STIX_ID = "STIX id"
_AS_NUMBER = re.compile(r"AS[0-9]+", re.IGNORECASE)
_HASH = re.compile(r"[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}")
_DIGITS = re.compile(r"\+?[0-9][0-9 ()./-]{5,}[0-9]")
_MAILBOX = re.compile(r"[^\s@]+@[^\s@]+")
_SCHEMES = ("ja4", "ja4h", "h2-akamai")
"""Of client fingerprints; a JA3 has the form of an MD5, and is looked for as one."""
_WIDEST = {4: 8, 6: 19}
"""The shortest prefix of a block around an address that is looked for."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one line asks for."""

    text: str
    kind: str
    words: tuple[str, ...] = ()
    """An object that names one of them is found."""
    personal: str = ""
    """The name by which labkit knows what only a token may stand for."""


class NoKindError(ValueError):
    """The line is none of the kinds."""


def wanted(text: str) -> Wanted:
    """What a line asks for.

    Raises:
        NoKindError: none of the kinds.
    """
    whole = refanged(text)
    for read in _READERS:
        try:
            found = read(whole)
        except ObservableError:
            continue
        if found:
            return found
    raise NoKindError


def _stix_id(text: str) -> Wanted | None:
    return Wanted(text, STIX_ID) if IDENTIFIER.fullmatch(text.lower()) else None


def _catalogued(text: str) -> Wanted | None:
    """An id of a public catalogue: a technique, a mitigation, a vulnerability."""
    name = text.upper()
    known = any(form.fullmatch(name) for form in current_policy().catalogues.values())
    return Wanted(text, "technique", (name,)) if known else None


def _as_number(text: str) -> Wanted | None:
    return Wanted(text, "AS number", (f"AS{asn(text)}",)) if _AS_NUMBER.fullmatch(text) else None


def _address(text: str) -> Wanted:
    return Wanted(text, "IP address", tuple(_blocks_around(network(text))))


def _blocks_around(canonical: str) -> Iterator[str]:
    """The address or block itself, and every block that holds it."""
    yield canonical
    block = ip_network(canonical)
    widest = _WIDEST[4 if isinstance(block, IPv4Network) else 6]
    for length in range(block.prefixlen, widest - 1, -1):
        yield str(block.supernet(new_prefix=length))


def _url(text: str) -> Wanted | None:
    if "://" not in text:
        return None
    canonical = url(text)
    return Wanted(text, "URL", (canonical, urlsplit(canonical).hostname or ""))


def _mailbox(text: str) -> Wanted | None:
    return Wanted(text, "e-mail address", personal="email") if _MAILBOX.fullmatch(text) else None


def _hash(text: str) -> Wanted | None:
    digits = text.lower()
    return Wanted(text, "hash", (digits,)) if _HASH.fullmatch(digits) else None


def _fingerprint(text: str) -> Wanted | None:
    for scheme in _SCHEMES:
        try:
            return Wanted(text, "client fingerprint", (tls_fingerprint(scheme, text),))
        except ObservableError:
            continue
    return None


def _device(text: str) -> Wanted | None:
    if text.isalnum():  # twelve digits in a row are a telephone number
        return None
    mac(text)  # raises for what is none
    return Wanted(text, "device address", personal="device-id")


def _number(text: str) -> Wanted | None:
    if not _DIGITS.fullmatch(text):
        return None
    is_card = card(re.sub(r"[^0-9]", "", text))
    kind, name = ("card number", "pan") if is_card else ("telephone number", "phone")
    return Wanted(text, kind, personal=name)


def _domain(text: str) -> Wanted:
    return Wanted(text, "domain name", (domain(text),))


_READERS: tuple[Callable[[str], Wanted | None], ...] = (
    _stix_id, _catalogued, _as_number, _address, _url, _mailbox, _hash, _fingerprint, _device,
    _number, _domain,
)  # fmt: skip
