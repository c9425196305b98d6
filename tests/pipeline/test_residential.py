"""An address of a household leaves as a token, in whatever an envelope names it."""

from __future__ import annotations

import json

import pytest

from tests.forum import (
    HOUSEHOLD,
    STATES_NEXUS,
    Forum,
    indicator,
    messages,
    outcomes,
    relationship,
    stix,
)


BESIDE = "distillation-tokens"
HOME = "203.0.113.77"


def test_a_residential_address_leaves_as_a_token_wherever_it_stands(forum: Forum) -> None:
    seen = stix("ipv4-addr", value="203.0.113.7")
    data = stix(
        "observed-data",
        first_observed="2026-11-01T09:14:00Z",
        last_observed="2026-11-01T10:14:00Z",
        number_observed=7,
        object_refs=[seen["id"]],
    )
    warning = indicator("[ipv4-addr:value = '203.0.113.7']", extensions=HOUSEHOLD)
    status = forum.push("alder", seen, data, warning, relationship(warning, "based-on", data))

    assert outcomes(status) == ["published"] * 4, messages(status)
    assert forum.feed() == []
    assert "203.0.113" not in json.dumps(forum.feed(BESIDE))
    assert forum.token("ipv4", "203.0.113.7") in json.dumps(forum.feed(BESIDE))


def test_what_an_envelope_calls_residential_leaves_in_no_form(forum: Forum) -> None:
    home = stix("ipv4-addr", value="203.0.113.77")
    sign = indicator("[ipv4-addr:value = '203.0.113.77/32']", extensions=HOUSEHOLD)
    other = indicator(
        "[ipv4-addr:value IN ('198.51.100.10', '203.0.113.77')]", extensions=STATES_NEXUS
    )
    elsewhere = indicator(
        "[domain-name:resolves_to_refs[*].value = '203.0.113.77']", extensions=STATES_NEXUS
    )
    status = forum.push("alder", home, sign, other, elsewhere, relationship(sign, "based-on", home))
    assert outcomes(status) == [*["published"] * 3, "held", "published"], messages(status)
    assert "PERSONAL_IDENTIFIER" in messages(status)[3]
    assert forum.feed() == []
    assert "203.0.113" not in json.dumps(forum.feed("distillation-tokens"))


@pytest.mark.parametrize("wraps", ["http://{}/login", "https://{}:8443/", "http://u:p@{}/x?y=z"])
def test_it_leaves_in_no_url(forum: Forum, wraps: str) -> None:
    url = wraps.format(HOME)
    status = forum.push(
        "alder",
        stix("url", value=url),
        indicator(f"[url:value = '{url}']"),
        indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD),
    )
    assert outcomes(status) == ["held", "held", "published"], messages(status)
    assert all("PERSONAL_IDENTIFIER" in each for each in messages(status)[:2])
    assert forum.feed() == []


def test_a_line_of_ipv6_is_one_household(forum: Forum) -> None:
    status = forum.push(
        "alder",
        indicator("[ipv6-addr:value = '2001:db8:0:7::1']", extensions=HOUSEHOLD),
        stix("ipv6-addr", value="2001:db8:0:7:9::2"),
        indicator("[ipv6-addr:value ISSUBSET '2001:db8:0:7::/64']"),
        indicator("[ipv6-addr:value = '2001:db8:0:8::1']"),
    )
    # Of the neighbour nobody states a nexus.
    assert outcomes(status) == ["published", "rejected", "held", "published"], messages(status)
    assert "2001:db8:0:7" not in json.dumps([*forum.feed(), *forum.feed(BESIDE)])


def test_what_infrastructure_of_households_consists_of_leaves_as_tokens(forum: Forum) -> None:
    exits = stix("infrastructure", name="x", extensions=HOUSEHOLD)
    home = stix("ipv4-addr", value=HOME)
    status = forum.push("alder", exits, home, relationship(exits, "consists-of", home))
    assert outcomes(status) == ["published"] * 3, messages(status)
    assert [each["type"] for each in forum.feed()] == ["infrastructure"]
    assert {each["type"] for each in forum.feed(BESIDE)} == {"match-token", "relationship"}
    assert HOME not in json.dumps([*forum.feed(), *forum.feed(BESIDE)])


def test_what_was_shared_in_clear_goes_once_it_is_called_residential(forum: Forum) -> None:
    home = stix("ipv4-addr", value=HOME)
    plain = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=STATES_NEXUS)
    forum.push("alder", home, plain)
    assert len(forum.feed()) == 2

    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    status = forum.push("alder", home, plain, sign, relationship(sign, "based-on", home))
    assert outcomes(status) == ["published"] * 4, messages(status)
    assert [each["type"] for each in forum.feed() if not each.get("revoked")] == []
    assert HOME not in json.dumps([*forum.feed(versions="all"), *forum.feed(BESIDE)])
    before = forum.feed(BESIDE, versions="all")
    forum.push("alder", home, plain, sign)
    assert forum.feed(BESIDE, versions="all") == before


def test_nothing_that_speaks_of_its_token_refers_to_it_in_clear(forum: Forum) -> None:
    """Another lab shared the address in clear; the reference would tell whose token it is."""
    home = stix("ipv4-addr", value=HOME)
    forum.push("birch", home)
    [clear] = forum.feed()

    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    status = forum.push("alder", sign, relationship(sign, "based-on", clear))
    assert outcomes(status) == ["published", "waiting"], messages(status)
    assert {each["type"] for each in forum.feed(BESIDE)} == {"indicator"}
