"""What an envelope says of households, and which addresses that takes in."""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.disclosure import current_policy
from indicators.domain.screens.addresses import Network, addresses_in
from indicators.domain.screens.residential import (
    NOWHERE,
    Residential,
    residential,
)
from tests.forum import HOUSEHOLD, indicator, relationship, stix


LIMITS = current_policy().limits


def meets(found: Residential, text: str) -> bool:
    return found.named_in(text, limits=LIMITS)


HOME = "203.0.113.7"


@pytest.mark.parametrize(
    ("said", "asked", "expected"),
    [
        (HOME, HOME, True),
        (HOME, f"{HOME}/32", True),
        (HOME, "203.0.113.8", False),
        (HOME, f"::ffff:{HOME}", True),
        (HOME, "203.0.113.0/28", True),
        ("203.0.113.0/24", HOME, True),
        (HOME, f"https://{HOME}:8443/login", True),
        (HOME, f"http://u:p@{HOME}/", True),
        (HOME, "https://meadowexit.example/?from=203.0.113.7", True),
        (HOME, "https://meadowexit.example/203%2E0%2E113%2E7/24", True),
        (HOME, r"^203\.0\.113\.7$", True),
        (HOME, "203[.]0[.]113[.]7", True),
        (HOME, "alert ip 203.0.113.7 any -> any any (sid:1;)", True),
        (HOME, "1.203.0.113.7", True),
        (HOME, "203-0-113-7.dsl.meadowexit.example", True),
        (HOME, "7.113.0.203.in-addr.arpa", True),
        (HOME, "7.113.0.203", False),
        (HOME, "203.0.113.0/24", False),
        (HOME, "64:ff9b::cb00:7107", True),
        (HOME, "http://[2002:cb00:7107::1]/", True),
        (HOME, "2002:cb00:7107::/48", True),
        (HOME, "2002:cb00:7108::1", False),
        ("2001:db8:0:7::1", "https://meadowexit.example/?ip=2001:db8:0:7::5", True),
        ("2001:db8:0:7::1", "2001-db8-0-7--1.dsl.meadowexit.example", True),
        ("2001:db8:0:7::1", "ip-2001-db8-0-7--1.dsl.meadowexit.example", True),
        ("2001:db8:0:7::1", "dyn-2001-db8-0-7-0-0-0-1.dsl.meadowexit.example", True),
        ("2001:db8:0:7::1", f"{'.'.join('20010db8000000070000000000000001'[::-1])}.ip6.arpa", True),
        ("2001:db8:0:7::1", "all of 2001:db8::/32", False),
        ("2001:db8:0:7::1", "2001:db8:0:7:ffff::2", True),
        ("2001:db8:0:7::1", "2001:db8:0:7::/64", True),
        ("2001:db8:0:7::1", "http://[2001:db8:0:7::9]/", True),
        ("2001:db8:0:7::1", "2001:db8:0:8::1", False),
        (HOME, "meadowexit.example", False),
        (HOME, "http://", False),
        (HOME, "", False),
        (HOME, "::1", False),
        (HOME, "std::vector", False),
        (HOME, "::ffff:203", False),
    ],
)
def test_what_is_said_of_a_household_is_said_of_its_whole_line(
    said: str, asked: str, *, expected: bool
) -> None:
    found = residential([indicator(f"[ipv4-addr:value = '{said}']", extensions=HOUSEHOLD)])
    assert meets(found, asked) is expected


_ADDRESSES = st.integers(0, 400).map(lambda number: ip_network(ip_address(0xCB007100 + number)))


@given(st.lists(_ADDRESSES, max_size=30), _ADDRESSES)
def test_it_holds_what_was_put_in_and_nothing_else(within: list[Network], asked: Network) -> None:
    assert Residential.of(within).meets(asked) is (asked in within)


def observed(*refs: str, **properties: Any) -> dict[str, Any]:
    return stix("observed-data", object_refs=list(refs), **properties)


def test_an_object_says_it_of_what_it_refers_to_and_is_tied_to() -> None:
    address = stix("ipv4-addr", value=HOME)
    exits = stix("infrastructure", extensions=HOUSEHOLD)
    by_reference = stix("grouping", object_refs=[address["id"]], extensions=HOUSEHOLD)
    data = observed(address["id"])
    for envelope in (
        [address, exits, relationship(exits, "consists-of", address)],
        [address, by_reference],
        [address, data, exits, relationship(exits, "consists-of", data)],
        [exits, sign := indicator(f"[url:value = 'http://{HOME}/']"),
         relationship(sign, "indicates", exits)],
    ):  # fmt: skip
        assert meets(residential(envelope), HOME)


def test_nobody_else_says_it() -> None:
    address = stix("ipv4-addr", value=HOME)
    exits = stix("infrastructure", extensions=HOUSEHOLD)
    service = stix("infrastructure", infrastructure_types=["residential-proxy-service"])
    campaign = stix("campaign")
    gateway = indicator(
        f"[ipv4-addr:value = '{HOME}']",
        extensions={
            key: value | {"infrastructure_class": "datacentre"} for key, value in HOUSEHOLD.items()
        },
    )
    for envelope in (
        [address, exits],
        [address, service, relationship(service, "consists-of", address)],
        [address, exits, campaign, relationship(campaign, "uses", exits),
         relationship(campaign, "uses", address)],
        [gateway, exits, relationship(gateway, "indicates", exits)],
    ):  # fmt: skip
        assert residential(envelope) == NOWHERE


@pytest.mark.parametrize("pattern", [None, 7, "[", "[ipv4-addr:value"])
def test_what_names_no_address_says_nothing(pattern: object) -> None:
    assert residential([{"type": "indicator", "id": "x", "pattern": pattern}]) == NOWHERE
    said = {"type": "indicator", "id": "x", "pattern": pattern, "extensions": HOUSEHOLD}
    assert residential([said]) == NOWHERE


@pytest.mark.parametrize(
    "saying",
    [
        {"pattern": f"[ipv4-addr:value = '{HOME}'"},
        {"pattern": f"alert ip {HOME} any -> any any (sid:1;)", "pattern_type": "suricata"},
        {"pattern": f"[ipv4-addr:value = '{HOME}' OR url:value = '{'x' * 20_000}']"},
        {"revoked": True},
        {"extensions": {key: {**terms, "x": 1, "threat_nexus": ["typo"]}
                        for key, terms in HOUSEHOLD.items()}},
    ],
    ids=["broken", "other language", "too long", "revoked", "not valid"],
)  # fmt: skip
def test_it_is_said_however_badly(saying: dict[str, Any]) -> None:
    """To take a household for a gateway cannot be taken back; the reverse costs a push."""
    said = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD) | saying
    assert meets(residential([said]), HOME)


@pytest.mark.parametrize("part", ["1.", "1-", "a:", "::", "a-", "1.1.1.1", "%31", "\\"])
def test_a_hostile_text_costs_linear_time(part: str) -> None:
    assert sum(1 for _ in addresses_in(part * 50_000)) <= 100_000 * len(part)
