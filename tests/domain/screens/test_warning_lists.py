"""What many innocent people use is held; the lists are data with a source and a licence."""

from __future__ import annotations

import time
from ipaddress import IPv4Address, IPv6Address, ip_network, summarize_address_range

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.reserved import is_reserved_asn, is_reserved_name, is_reserved_network
from indicators.domain.screens.warning_lists import (
    Lists,
    Range,
    WarningListError,
    current_lists,
    listed,
    read_list,
)


def name_of(value: object) -> str | None:
    found = listed(value)
    return found.name if found else None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("gmail.com", "public-mail"),
        ("GMail.com.", "public-mail"),
        ("mx.gmail.com", "public-mail"),
        ("https://login.qq.com/x?y=1", "public-mail"),
        ("8.8.8.8", "public-resolvers"),
        ("8.8.8.0/24", "public-resolvers"),
        ("http://8.8.8.8:53/", "public-resolvers"),
        ("2001:4860:4860::8888", "public-resolvers"),
        ("dns.google", "public-resolvers"),
        ("::ffff:8.8.8.8", "public-resolvers"),
        ("64:ff9b::808:808", "public-resolvers"),
        ("2002:808:808::1", "public-resolvers"),
        ("104.28.33.1", "private-relays"),
        ("mask.icloud.com", "private-relays"),
        ("52.95.110.1", "cloud-amazon"),
        ("104.16.0.1", "content-delivery"),
        ("cs.example-college.edu", "universities"),
        ("www.ox.ac.uk", "universities"),
        ("pku.edu.cn", "universities"),
        ("uni-heidelberg.de", "universities-by-name"),
        ("wikipedia.org", "top-sites"),
        ("abcdef.onion", "anonymity-networks"),
        (16509, "large-networks"),
    ],
)
def test_a_listed_value_is_found_on_the_list_that_says_most(value: object, expected: str) -> None:
    assert name_of(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "meadowexit.example", "notgmail.com.evil-panel.biz", "mygmail.com", "ac.evil-panel.biz",
        "198.51.100.10", "203.0.113.0/24", "2001:db8:40::/48", 64501, "edu.evil-panel.biz", "uk",
        "https://meadowexit.example/gmail.com", "", "not a value", "999.1.1.1",
    ],
)  # fmt: skip
def test_what_is_not_listed_is_not(value: object) -> None:
    assert listed(value) is None


def test_every_list_says_where_it_comes_from() -> None:
    for each in current_lists().all:
        assert each.title
        assert each.source
        assert each.licence.startswith(("CC0-1.0", "CC-BY-3.0", "MIT", "Apache-2.0"))
        assert each.version


def test_no_list_holds_a_reserved_value() -> None:
    for each in current_lists().all:
        assert not [name for name in each.names if is_reserved_name(name)]
        assert not [number for number in each.asns if is_reserved_asn(number)]
        assert not [found for found in each.ranges if _is_reserved(found)]


def _is_reserved(found: Range) -> bool:
    kind = IPv4Address if found.version == 4 else IPv6Address
    networks = summarize_address_range(kind(found.first), kind(found.last))
    return any(is_reserved_network(network) for network in networks)


HEAD = "# title: t\n# source: s\n# licence: CC0-1.0\n# version: 1\n"


@given(st.lists(st.integers(0, 255), min_size=1, max_size=40, unique=True), st.integers(0, 255))
def test_a_network_is_listed_if_and_only_if_it_touches_one_that_is(
    thirds: list[int], asked: int
) -> None:
    lists = Lists([read_list("l", HEAD + "\n".join(f"10.0.{third}.0/24" for third in thirds))])
    network = ip_network(f"10.0.{asked}.128/25")
    wanted = Range(4, int(network.network_address), int(network.broadcast_address))
    assert (lists.with_addresses(wanted) is not None) == (asked in thirds)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a.example\n", "the head lacks title, source, licence, version"),
        (f"{HEAD}10.0.0.1/24", "host bits"),
        (f"{HEAD}10.0.0.999", "is not a network"),
        (f"{HEAD}2001:db8::/129", "is not a network"),
        (f"{HEAD}10.0.0.0/x", "is not a network"),
    ],
)
def test_a_malformed_list_is_refused(text: str, said: str) -> None:
    with pytest.raises(WarningListError, match=said):
        read_list("l", text)


def test_asking_is_quick() -> None:
    values = ["panel.meadowexit.example", "https://relay.meadowexit.example/v1", "gmail.com", 64501]
    current_lists()
    before = time.process_time()
    for _ in range(500):
        for value in values:
            listed(value)
    assert (time.process_time() - before) / 2_000 < 0.000_1
