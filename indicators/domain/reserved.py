"""Addresses, names and numbers set aside for documentation, tests, private and special use.

Exercise data is made of these, and nothing real can be: so they tell one from the other.
Sources: IANA special-purpose registries; for each entry its RFC.
"""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network


Network = IPv4Network | IPv6Network

_NETWORKS_4 = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",  # this network, RFC 791
        "10.0.0.0/8",  # private, RFC 1918
        "100.64.0.0/10",  # carrier NAT, RFC 6598
        "127.0.0.0/8",  # loopback, RFC 1122
        "169.254.0.0/16",  # link local, RFC 3927
        "172.16.0.0/12",  # private, RFC 1918
        "192.0.0.0/24",  # protocol assignments, RFC 6890
        "192.0.2.0/24",  # documentation, RFC 5737
        "192.168.0.0/16",  # private, RFC 1918
        "198.18.0.0/15",  # benchmarks, RFC 2544
        "198.51.100.0/24",  # documentation, RFC 5737
        "203.0.113.0/24",  # documentation, RFC 5737
        "224.0.0.0/4",  # multicast, RFC 5771
        "240.0.0.0/4",  # reserved and broadcast, RFC 1112
    )
)
_NETWORKS_6 = tuple(
    IPv6Network(network)
    for network in (
        "::/127",  # unspecified and loopback, RFC 4291
        "100::/64",  # discard, RFC 6666
        "2001:2::/48",  # benchmarks, RFC 5180
        "2001:db8::/32",  # documentation, RFC 3849
        "3fff::/20",  # documentation, RFC 9637
        "fc00::/7",  # unique local, RFC 4193
        "fe80::/10",  # link local, RFC 4291
        "ff00::/8",  # multicast, RFC 4291
    )
)
_MAPPED = IPv6Network("::ffff:0:0/96")
_ASNS = (
    (0, 0),  # RFC 7607
    (23456, 23456),  # AS_TRANS, RFC 6793
    (64496, 64511),  # documentation, RFC 5398
    (64512, 65535),  # private and last, RFC 6996, RFC 7300
    (65536, 65551),  # documentation, RFC 5398
    (4_200_000_000, 4_294_967_295),  # private and last, RFC 6996, RFC 7300
)
_NAMES = frozenset(
    {
        "alt",  # RFC 9476
        "example",  # RFC 6761
        "example.com",  # RFC 6761
        "example.net",  # RFC 6761
        "example.org",  # RFC 6761
        "home.arpa",  # RFC 8375
        "internal",  # ICANN board resolution of 29 July 2024
        "invalid",  # RFC 6761
        "local",  # RFC 6762
        "localhost",  # RFC 6761
        "test",  # RFC 6761
    }
)


def is_reserved_network(network: Network) -> bool:
    """Whether an address or network lies wholly in a reserved range; mapped IPv4 is IPv4."""
    if isinstance(network, IPv6Network):
        if network.subnet_of(_MAPPED):
            bits = int(network.network_address) & 0xFFFFFFFF
            return is_reserved_network(IPv4Network((bits, network.prefixlen - 96)))
        return any(network.subnet_of(reserved) for reserved in _NETWORKS_6)
    return any(network.subnet_of(reserved) for reserved in _NETWORKS_4)


def is_reserved_name(domain: str) -> bool:
    """Whether a canonical domain name is a reserved name or lies below one."""
    labels = domain.split(".")
    return any(".".join(labels[start:]) in _NAMES for start in range(len(labels)))


def is_reserved_asn(number: int) -> bool:
    """Whether an autonomous system number is reserved."""
    return any(first <= number <= last for first, last in _ASNS)
