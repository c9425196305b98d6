"""Residential IP addresses under normalisation profile v1.

An IPv4 address stands for a line, an IPv6 /64 for a line too, since hosts change the rest daily.
Refused: addresses that thousands of networks use at once, such as 192.168.0.1.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_network

from labkit.refusals import NormaliseError
from labkit.spelling import visible


# Of the special-purpose registries (RFC 6890): those that name no line on the Internet.
# Documentation ranges are not among them, so that exercises work as the real thing does.
NOWHERE_V4 = tuple(
    IPv4Network(each)
    for each in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "224.0.0.0/3",
    )
)
NOWHERE_V6 = tuple(IPv6Network(each) for each in ("::/8", "fc00::/7", "fe80::/10", "ff00::/8"))
LINE_V6 = 64


def ipv4(value: str) -> str:
    """The address in dotted decimal; a single-host CIDR and an IPv4-mapped IPv6 address will do.

    Raises:
        NormaliseError: no IPv4 address, a range, or an address of no public line.
    """
    network = _network(visible(value, "IPv4 address"))
    mapped = _mapped(network)
    address = mapped if mapped is not None else getattr(network, "network_address", None)
    if not isinstance(address, IPv4Address) or _is_range(network):
        raise NormaliseError("Not an IPv4 address; write one as in 203.0.113.7, no range.")
    if any(address in each for each in NOWHERE_V4):
        raise NormaliseError("The IPv4 address is private or reserved; send the public one.")
    return str(address)


def ipv6_64(value: str) -> str:
    """The /64 that an IPv6 address lies in, as in 2001:db8:0:7::/64.

    Raises:
        NormaliseError: no IPv6 address, a range wider than /64, or one of no public line.
    """
    text = visible(value, "IPv6 address")
    network = _network(text)
    if not isinstance(network, IPv6Network) or "%" in text or _mapped(network) is not None:
        raise NormaliseError("Not an IPv6 address; write one as in 2001:db8::7.")
    if network.prefixlen < LINE_V6:
        raise NormaliseError("The IPv6 range is wider than a /64; send the /64s, or publish it.")
    if any(network.network_address in each for each in NOWHERE_V6):
        raise NormaliseError("The IPv6 address is private or reserved; send the public one.")
    return str(network.supernet(new_prefix=LINE_V6))


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None  # not raised from here: the text of this error quotes the address


def _mapped(network: IPv4Network | IPv6Network | None) -> IPv4Address | None:
    address = network.network_address if network is not None else None
    return address.ipv4_mapped if isinstance(address, IPv6Address) else None


def _is_range(network: IPv4Network | IPv6Network | None) -> bool:
    return network is not None and network.prefixlen != network.max_prefixlen
