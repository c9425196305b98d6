"""Canonical forms: one text for all spellings of the same address, name, hash or number.

Two labs that saw the same thing must arrive at the same bytes. Each function is idempotent, takes
any spelling in use, and raises `ObservableError` for what has no canonical form; it never guesses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from ipaddress import (
    AddressValueError,
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

import idna

from indicators.domain.reserved import (
    is_reserved_asn,
    is_reserved_name,
    is_reserved_network,
)
from indicators.domain.screens.proofs import card
from indicators.domain.stix.hashes import folded, is_well_formed
from indicators.domain.uri import encoded, without_dot_segments


class ObservableError(ValueError):
    """The text has no canonical form; the message says why, without repeating the text."""


_IPV4 = re.compile(r"(?:(?:25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])(?:\.(?!$)|$)){4}")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_REGISTRABLE = re.compile(
    r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.(?:xn--[a-z0-9-]{1,59}|[a-z0-9]{2,63})"
)
"""The last two labels of a name: registries give out no underscore, and no hyphen at the top."""
_HEXADECIMAL = re.compile("0x[0-9a-f]*")
_LONGEST_DOMAIN = 253
_LONGEST_SPELLING = 1_000
"""Characters of a name before it is put into normal form, which takes quadratic time."""
_LONGEST_URL = 2_000
_LONGEST_ENCODED = 3
"""Characters for one, percent-encoded. `urlsplit` takes quadratic time for host names."""
_LONGEST_LOCAL_PART = 64
_LONGEST_USER_AGENT = 1_000
_ASN = re.compile(r"(?:[Aa][Ss])?([0-9]{1,10})")
_SERIAL = re.compile(r"[0-9a-f]+|[0-9a-f]{2}(?::[0-9a-f]{2})+")
_LONGEST_SERIAL = 40
_HIGHEST_ASN = 2**32 - 1


def ip(text: str) -> str:
    """An IPv4 or IPv6 address, RFC 5952; raises ObservableError.

    Zones (`%eth0`) and IPv4 octets with leading zeros are refused: they mean different things on
    different machines.
    """
    if _IPV4.fullmatch(text):
        return text
    return str(_address(text))


def network(text: str) -> str:
    """An address or a CIDR block, host bits cleared, `/32` and `/128` dropped.

    Raises:
        ObservableError: not an address or block.
    """
    if "/" not in text:
        return ip(text)
    block = _network(text)
    return str(block.network_address if block.prefixlen == block.max_prefixlen else block)


def _address(text: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address(text)
    except (AddressValueError, ValueError) as error:
        raise ObservableError("not an IPv4 or IPv6 address") from error
    if isinstance(address, IPv6Address) and address.scope_id is not None:
        raise ObservableError("an IPv6 zone means something on one machine only: leave it out")
    return address


def _network(text: str) -> IPv4Network | IPv6Network:
    base, slash, prefix = text.partition("/")
    if slash and not (prefix.isascii() and prefix.isdigit()):
        raise ObservableError("write the length of the prefix as a number: 192.0.2.0/24")
    address = _address(base)
    try:
        return ip_network(f"{address}/{prefix or address.max_prefixlen}", strict=False)
    except ValueError as error:
        raise ObservableError("the prefix is longer than the address") from error


def domain(text: str) -> str:
    """A domain name in lower case and A-labels (IDNA 2008, UTS 46), without the trailing dot.

    Two labels at least. Underscores are allowed before the last two, as in DNS; wildcards and
    addresses are not.

    Raises:
        ObservableError: not a domain name.
    """
    name = _name(text)
    if not _REGISTRABLE.fullmatch(".".join(name.split(".")[-2:])):
        raise ObservableError("not a domain name below a top-level domain")
    return name


def _name(text: str) -> str:
    """A domain name as `domain` writes it, which may be a single label: `localhost`."""
    if len(text) > _LONGEST_SPELLING:
        raise ObservableError("not a domain name: longer than any")
    name = text.lower() if text.isascii() else _a_labels(text)
    name = name.removesuffix(".")
    labels = name.split(".")
    if len(name) > _LONGEST_DOMAIN or not all(_LABEL.fullmatch(label) for label in labels):
        raise ObservableError("not a domain name: 1 to 63 letters, digits, - and _ between dots")
    if labels[-1].isdigit() or _HEXADECIMAL.fullmatch(labels[-1]):
        raise ObservableError("not a domain name: it ends in a number, as an address does")
    return name


def _a_labels(text: str) -> str:
    try:
        mapped = idna.uts46_remap(text, std3_rules=False, transitional=False)
        return ".".join(
            label if label.isascii() else idna.alabel(label).decode() for label in mapped.split(".")
        )
    except UnicodeError as error:
        raise ObservableError("not an international domain name by IDNA 2008") from error


_DEFAULT_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
_CONTROL = re.compile(r"[\x00-\x20\x7f-\x9f\u2028\u2029]")


def url(text: str) -> str:
    """A URL of a scheme with a host and 2,000 characters at most, in normal form, RFC 3986 §6.2.

    Scheme and host in lower case, percent-encoding unified; default port, dot segments, user name
    and fragment removed; the case of the path is kept.

    Raises:
        ObservableError: no such scheme, no host, white space, or too long.
    """
    scheme = text.partition("://")[0].lower()
    if len(text) > _LONGEST_ENCODED * _LONGEST_URL:
        raise ObservableError(f"a URL of more than {_LONGEST_URL} characters")
    if scheme not in _DEFAULT_PORTS or _CONTROL.search(text):
        raise ObservableError(f"not a URL of {', '.join(_DEFAULT_PORTS)} without white space")
    try:
        parts = urlsplit(text)
        host, port = _host(parts), parts.port
    except ObservableError:
        raise
    except ValueError as error:
        raise ObservableError("not a URL: its host or port is malformed") from error
    netloc = host if port in {None, _DEFAULT_PORTS.get(scheme)} else f"{host}:{port}"
    path = without_dot_segments(encoded(parts.path)) or "/"
    query = f"?{encoded(parts.query)}" if parts.query else ""
    canonical = f"{scheme}://{netloc}{path}{query}"
    if len(canonical) > _LONGEST_URL:
        raise ObservableError(f"a URL of more than {_LONGEST_URL} characters")
    return canonical


def _host(parts: SplitResult) -> str:
    name = parts.hostname or ""
    if parts.netloc.rpartition("@")[2].startswith("["):
        return f"[{ip(name)}]"
    return name if _IPV4.fullmatch(name) else domain(name)


def email(text: str) -> str:
    """An e-mail address, NFKC, all of it in lower case, the domain canonical.

    Mail systems that tell `A@` from `a@` are not in use any more, people who write both are.

    Raises:
        ObservableError: not one plain address.
    """
    if len(text) > _LONGEST_SPELLING:
        raise ObservableError("not an e-mail address")
    local, at, name = unicodedata.normalize("NFKC", text).rpartition("@")
    local = unicodedata.normalize("NFKC", local.lower())
    if not at or not 0 < len(local) <= _LONGEST_LOCAL_PART or _CONTROL.search(local):
        raise ObservableError("not an e-mail address")
    return f"{local}@{domain(name)}"


def hash_value(algorithm: str, text: str) -> str:
    """A hash value in lower case; SSDEEP keeps its case, which has meaning.

    Raises:
        ObservableError: not well-formed for the algorithm.
    """
    if not is_well_formed(algorithm, text):
        raise ObservableError(f"not a value of the hash algorithm {folded(algorithm)[:20]}")
    return text if folded(algorithm) == "SSDEEP" else text.lower()


def asn(number: int | str) -> int:
    """An autonomous system number from `64496`, `"64496"` or `"AS64496"`, RFC 6793.

    Raises:
        ObservableError: not a number from 0 to 2^32 - 1.
    """
    if isinstance(number, str):
        match = _ASN.fullmatch(number)
        number = int(match[1]) if match else -1
    if isinstance(number, bool) or not 0 <= number <= _HIGHEST_ASN:
        raise ObservableError("not an autonomous system number: 0 to 4294967295")
    return number


def serial_number(text: str) -> str:
    """A certificate's serial number as pairs of lower-case hexadecimal digits, no leading zeros.

    Twenty octets at most, RFC 5280 §4.1.2.2.

    Raises:
        ObservableError: not hexadecimal, with colons or without, too long, or a card's number.
    """
    spelled = text.lower()
    digits = spelled.replace(":", "").lstrip("0") or "0"
    if digits.isdecimal() and card(digits):
        raise ObservableError("not a serial number: it is that of a payment card")
    if not _SERIAL.fullmatch(spelled) or len(digits) > _LONGEST_SERIAL:
        raise ObservableError("not a serial number: at most 20 octets in hexadecimal")
    return digits.zfill(len(digits) + len(digits) % 2)


def user_agent(text: str) -> str:
    """A user agent with white space at the ends removed and runs of it made one space.

    Raises:
        ObservableError: empty, longer than 1,000 characters, or with control characters.
    """
    canonical = " ".join(unicodedata.normalize("NFC", text[: 2 * _LONGEST_USER_AGENT]).split())
    if not 0 < len(canonical) <= _LONGEST_USER_AGENT or not canonical.isprintable():
        raise ObservableError("not a user agent: 1 to 1,000 printable characters")
    return canonical


_FINGERPRINTS = {
    "ja3": re.compile(r"[0-9a-f]{32}"),
    "ja4": re.compile(
        r"[tqd](?:[0-9]{2}|s[23]|d[123])[di][0-9]{4}[0-9a-z]{2}_[0-9a-f]{12}_[0-9a-f]{12}"
    ),
    "ja4h": re.compile(r"[a-z]{2}[0-9]{2}[cn][rn][0-9]{2}[0-9a-z]{4}(?:_[0-9a-f]{12}){3}"),
    "h2-akamai": re.compile(r"[0-9:;,]{0,200}\|[0-9]{1,10}\|[0-9:,]{1,200}\|[masp](?:,[masp]){3}"),
}


def tls_fingerprint(scheme: str, value: str) -> str:
    """A TLS or HTTP client fingerprint in lower case, for schemes ja3, ja4, ja4h and h2-akamai.

    Raises:
        ObservableError: unknown scheme, or not the form of the scheme.
    """
    form = _FINGERPRINTS.get(scheme)
    canonical = value.lower()
    if form is None or not form.fullmatch(canonical):
        raise ObservableError(f"not a client fingerprint of {' or '.join(_FINGERPRINTS)}")
    return canonical


def mac(text: str) -> str:
    """A MAC address, six pairs of lower-case hexadecimal digits between colons.

    Raises:
        ObservableError: not one in colons, hyphens or Cisco's dots.
    """
    digits = re.sub(r"[:.-]", "", text.lower())
    if not re.fullmatch(r"[0-9a-f]{12}", digits):
        raise ObservableError("not a MAC address")
    return ":".join(digits[start : start + 2] for start in range(0, 12, 2))


def is_reserved(value: str | int) -> bool:
    """Whether a value of an observable is made of reserved numbers or names only.

    Takes an address, a CIDR block, a domain name, a URL, an e-mail address, or an autonomous system
    number (int or `AS64496`). False for texts that are none of these.
    """
    if isinstance(value, int):
        value = f"AS{value}"
    for canonical, judge in _JUDGES:
        try:
            return judge(canonical(value))
        except ObservableError:
            continue
    return False


def _as_number(text: str) -> str:
    """An autonomous system number with its prefix; a bare number could be anything."""
    if not text.upper().startswith("AS"):
        raise ObservableError("not an autonomous system number with its prefix AS")
    return f"AS{asn(text)}"


def _is_reserved_url(canonical: str) -> bool:
    host = urlsplit(canonical).hostname or ""
    return is_reserved(host)


_JUDGES: tuple[tuple[Callable[[str], str], Callable[[str], bool]], ...] = (
    (_as_number, lambda text: is_reserved_asn(asn(text))),
    (network, lambda text: is_reserved_network(_network(text))),
    (url, _is_reserved_url),
    (email, lambda text: is_reserved_name(text.rpartition("@")[2])),
    (_name, is_reserved_name),
)
