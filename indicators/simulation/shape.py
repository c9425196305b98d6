"""The figures of an invented world: everything but its size and its seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import NamedTuple


class Pool(NamedTuple):
    """What a campaign has of one kind."""

    for_each: int
    """One value for how many of its accounts."""
    shown: float
    """The share of its accounts that shows one."""


POOLS: Mapping[str, Pool] = MappingProxyType(
    {
        "pan": Pool(12, 0.75),
        "device-id": Pool(8, 0.8),
        "phone": Pool(4, 0.6),
        "prompt-family": Pool(40, 0.85),
        "tls-client-fingerprint": Pool(400, 0.9),
        "domain-name": Pool(60, 0.4),
        "ipv6-addr": Pool(10, 0.95),
    }
)
INSTRUMENTS = ("pan", "device-id", "phone")
INFRASTRUCTURE = ("domain-name", "ipv6-addr")


@dataclass(frozen=True, slots=True)
class Shape:
    """How hard a world is to tell apart. The defaults are those of docs/simulation.md."""

    pools: Mapping[str, Pool] = field(default_factory=lambda: POOLS)
    common: int = 30
    """Instruments that anybody may have …"""
    common_share: float = 0.3
    """… and the share of all accounts that has one of them."""
    infrastructure_shared: float = 0.05
    """Of a campaign's infrastructure: what is a service that many buy, or another campaign's."""
    cross_used: float = 0.02
    """Of a campaign's instruments: what is another campaign's as well."""
    stolen: float = 0.002
    """Honest accounts on which an instrument of a campaign was used."""
    services: int = 15
    """Resellers that anybody can buy from."""
    libraries: int = 5
    """Client libraries that honest people use, and half of the campaigns."""
    variants: int = 4
    """Spellings of one prompt family, of which each account shows one."""
    public: int = 10
    """Public prompt templates …"""
    public_share: float = 0.05
    """… and the share of campaign accounts that uses one beside its own."""
    cover: float = 0.1
    """Accounts of a campaign that show no prompt family among their cover traffic."""
    seen_twice: float = 0.1
    """Accounts whose mailbox a second lab sees, with half of the rest."""
    seen_again: float = 0.02
    """Accounts of campaigns that their lab sights anew."""
    labs_of_a_campaign: tuple[int, ...] = (1, 2, 2, 3, 3, 4)
    """How many labs a campaign goes to, each as likely."""
    company: float = 0.028
    """Of honest groups: three to eight people with one card and one address."""
    evaluation: float = 0.002
    """Of honest groups: twenty to sixty accounts of one public harness. All others are alone."""
