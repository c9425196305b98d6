"""IP addresses wherever a text names them: alone, in a URL, in a host's name, in a rule or a form.

Found are spellings as tools and people write them: escaped, percent-encoded or defanged, with a
port or a prefix, with dashes, and in reverse as in the names of the reverse DNS.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv4Network, IPv6Network, ip_network

from indicators.domain import observables
from indicators.domain.observables import ObservableError
from indicators.domain.screens.views import fold
from indicators.domain.stix.patterns import PatternError, parse_pattern


Network = IPv4Network | IPv6Network
EMBEDDING = (IPv6Network("::ffff:0:0/96"), IPv6Network("64:ff9b::/96"))
"""Networks whose last 32 bits are an IPv4 address: mapped (RFC 4291), translated (RFC 6052)."""
_6TO4 = IPv6Network("2002::/16")
"""Here it follows the first 16 bits (RFC 3056)."""
_ADDRESSED = frozenset({"ipv4-addr", "ipv6-addr", "url", "domain-name"})
"""Observables whose value can name an address."""
_QUAD = r"([0-9]{1,3})([.-])([0-9]{1,3})\2([0-9]{1,3})\2([0-9]{1,3})"
# Looked for at the beginning of every run of digits: 1.203.0.113.7 holds two.
_IPV4 = re.compile(rf"(?<![0-9])(?={_QUAD}(?![0-9])(/[0-9]{{1,2}})?)")
_GROUP = "[0-9A-Fa-f]{1,4}"
_IPV6 = re.compile(
    rf"(?<![0-9A-Za-z:.])(?:(?:{_GROUP})?:){{2,7}}(?:[0-9.]{{7,15}}|{_GROUP})?"
    rf"(?:/[0-9]{{1,3}})?(?![0-9A-Za-z:])"
)
_DASHED = re.compile(rf"(?<![0-9A-Za-z])(?=({_GROUP}(?:--?{_GROUP}){{2,7}})(?![0-9A-Za-z]))")
_NIBBLES = re.compile(r"((?:[0-9A-Fa-f]\.){16,32})ip6\.arpa", re.IGNORECASE)


def network_of(text: str) -> Network | None:
    """The network of a text that is one address or CIDR block; None for other texts."""
    try:
        return ip_network(observables.network(text))
    except ObservableError:
        return None


def in_ipv4(network: IPv6Network) -> IPv4Network | None:
    """What of IPv4 a network of IPv6 is another notation of."""
    first = int(network.network_address)
    for holder in EMBEDDING:
        if network.subnet_of(holder):
            shown = IPv4Address(first & 0xFFFFFFFF)
            return IPv4Network((shown, network.prefixlen - holder.prefixlen))
    if network.subnet_of(_6TO4):
        shown = IPv4Address(first >> 80 & 0xFFFFFFFF)
        bits = min(network.prefixlen - _6TO4.prefixlen, shown.max_prefixlen)
        return IPv4Network((shown, bits), strict=False)
    return None


def addresses_in(text: str) -> Iterator[Network]:
    """Every address that a text names, some that it can be read to name among them."""
    if whole := network_of(text.strip()):
        yield whole
        return
    plain = fold(text.replace("\\", ""))
    dashed = (each.replace("-", ":") for each in _DASHED.findall(plain))
    for spelled in (*_quads(plain), *_IPV6.findall(plain), *dashed, *_reverse(plain)):
        if network := network_of(spelled):
            yield network


def named_by(body: Mapping[str, object]) -> Iterator[Network]:
    """Every address that an observable or an indicator, as received or as published, names."""
    for text in _texts(body):
        yield from addresses_in(text)


def _texts(body: Mapping[str, object]) -> Iterator[str]:
    type_ = str(body.get("type"))
    if type_ in _ADDRESSED:
        yield str(body.get("value"))
    elif type_ == "indicator":
        text = str(body.get("pattern"))
        try:
            comparisons = parse_pattern(text).comparisons
        except PatternError:
            yield text
        else:
            yield from (str(value) for each in comparisons for value in each.values)


def _quads(text: str) -> Iterator[str]:
    """Four numbers, read from both ends, and with the prefix that follows."""
    for found in _IPV4.finditer(text):
        octets = [str(int(found[place])) for place in (1, 3, 4, 5)]
        block = ".".join(octets) + (found[6] or "")
        yield block
        if not _is_block(block):
            yield ".".join(octets)
            yield ".".join(reversed(octets))


def _is_block(text: str) -> bool:
    """Whether it names a network and no address in it: it has no host bits."""
    try:
        return "/" in text and ip_network(text).num_addresses > 1
    except ValueError:
        return False


def _reverse(text: str) -> Iterator[str]:
    """Addresses of IPv6 in the names of the reverse DNS, RFC 3596: one digit after another."""
    for found in _NIBBLES.finditer(text):
        digits = found[1].replace(".", "")[::-1].ljust(32, "0")
        yield ":".join(digits[start : start + 4] for start in range(0, 32, 4))
