"""What a line asks for, by its form alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.portal.search_terms import STIX_ID, NoKindError, Wanted, wanted


@pytest.mark.parametrize(
    ("line", "kind", "word"),
    [
        ("Gateway.Meadowexit.Example", "domain name", "gateway.meadowexit.example"),
        ("gw[.]meadowexit[.]example", "domain name", "gw.meadowexit.example"),
        ("hxxps://GW.meadowexit.example:443/a", "URL", "https://gw.meadowexit.example/a"),
        ("https://gw.meadowexit.example/a", "URL", "gw.meadowexit.example"),
        ("203.0.113[.]77", "IP address", "203.0.113.77"),
        ("203.0.113.77", "IP address", "203.0.113.77/32"),
        ("203.0.113.77", "IP address", "203.0.113.0/24"),
        ("203.0.113.77/24", "IP address", "203.0.113.0/24"),
        ("2001:DB8::1", "IP address", "2001:db8::1"),
        ("2001:db8::1", "IP address", "2001:db8::/48"),
        ("as64496", "AS number", "AS64496"),
        ("aml.t0012", "technique", "AML.T0012"),
        ("T1078.004", "technique", "T1078.004"),
        ("A" * 64, "hash", "a" * 64),
        ("t13d1311h2_a1b2c3d4e5f6_0f1e2d3c4b5a", "client fingerprint",
         "t13d1311h2_a1b2c3d4e5f6_0f1e2d3c4b5a"),
    ],
)  # fmt: skip
def test_a_value_in_any_spelling_asks_for_that_of_the_feed(line: str, kind: str, word: str) -> None:
    found = wanted(line)
    assert found.kind == kind
    assert word in found.words
    assert not found.personal


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ("someone@kestrelmail.example", "email"),
        ("someone[@]kestrelmail[.]example", "email"),
        ("+44 20 7946 0958", "phone"),
        ("442079460958", "phone"),
        ("4111 1111 1111 1111", "pan"),
        ("00:00:5E:00:53:AF", "device-id"),
    ],
)
def test_of_what_is_personal_only_the_kind_is_known(line: str, name: str) -> None:
    found = wanted(line)
    assert found.personal == name
    assert found.words == ()


def test_an_id_is_one() -> None:
    name = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
    assert wanted(name) == Wanted(name, STIX_ID)


@pytest.mark.parametrize("line", ["blah blah", "64496", "localhost", "http://", "a@b@c", "AS"])
def test_nothing_is_guessed(line: str) -> None:
    with pytest.raises(NoKindError):
        wanted(line)


@given(st.text(min_size=1))
def test_no_text_breaks_it(line: str) -> None:
    try:
        found = wanted(line)
    except NoKindError:
        return
    assert bool(found.words) != bool(found.personal) or found.kind == STIX_ID
