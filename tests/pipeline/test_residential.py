"""An address of a household leaves as a token, in whatever an envelope names it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import (
    HOUSEHOLD,
    STATES_NEXUS,
    Forum,
    indicator,
    messages,
    now,
    outcomes,
    relationship,
    stix,
)
from tests.pipeline.governing import POLICY


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
    assert outcomes(status) == ["published", "published", "held", "published"], messages(status)
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


@pytest.mark.parametrize("other", [True, False], ids=["another lab shares it", "alone"])
def test_what_refers_to_it_is_tied_to_its_token_when_all_is_sent_again(
    forum: Forum, *, other: bool
) -> None:
    exits = stix("infrastructure", name="x", infrastructure_types=["anonymization"])
    home = stix("ipv4-addr", value=HOME)
    data = stix(
        "observed-data",
        first_observed="2026-11-01T09:14:00Z",
        last_observed="2026-11-01T10:14:00Z",
        number_observed=7,
        object_refs=[home["id"]],
    )
    sent = [exits, home, data, relationship(exits, "consists-of", home)]
    forum.push("alder", *sent)
    if other:
        forum.push("birch", stix("ipv4-addr", value=HOME))

    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    ties = [relationship(sign, "based-on", data), relationship(sign, "indicates", exits)]
    status = forum.push("alder", *sent, sign, *ties)
    assert outcomes(status) == ["published"] * 7, messages(status)
    live = [each for each in forum.feed() if not each.get("revoked")]
    kinds = ["infrastructure", *(["ipv4-addr"] if other else [])]
    assert sorted(each["type"] for each in live) == kinds
    beside = [each for each in forum.feed(BESIDE) if not each.get("revoked")]
    clear = [each["id"] for each in live if each["type"] == "ipv4-addr"]
    assert len(beside) == 6
    assert not any(each in json.dumps(beside) for each in clear)


def test_an_object_of_an_earlier_day_that_leads_to_it_is_not_referred_to(forum: Forum) -> None:
    home = stix("ipv4-addr", value=HOME)
    data = stix("observed-data", first_observed="2026-11-01T09:14:00Z",
                last_observed="2026-11-01T10:14:00Z", number_observed=7,
                object_refs=[home["id"]])  # fmt: skip
    forum.push("alder", home, data)
    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    status = forum.push("alder", sign, relationship(sign, "based-on", data))
    assert outcomes(status) == ["published", "waiting"], messages(status)


def test_what_was_shared_in_clear_goes_even_if_no_token_takes_its_place(forum: Forum) -> None:
    url = stix("url", value=f"http://{HOME}/login")
    home = stix("ipv4-addr", value=HOME)
    forum.push("alder", url, home)
    silent = {key: {name: word for name, word in terms.items() if name != "threat_nexus"}
              for key, terms in HOUSEHOLD.items()}  # fmt: skip
    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=silent)
    status = forum.push("alder", url, home, sign)
    assert outcomes(status) == ["held", "rejected", "rejected"], messages(status)
    assert [each for each in forum.feed() if not each.get("revoked")] == []


@pytest.mark.parametrize(
    "named",
    [
        indicator(f"[ipv4-addr:value MATCHES '^{HOME}$']".replace(".", "\\\\.")),
        indicator(f"alert ip {HOME} any -> any any (sid:1;)", pattern_type="suricata"),
        indicator(f"[url:value LIKE 'http://{HOME}/%']"),
        stix("domain-name", value="203-0-113-77.dsl.meadowexit.example"),
        stix("url", value=f"https://relay.meadowexit.example/open?ip={HOME}"),
    ],
    ids=["form", "rule", "form of URLs", "host name", "query"],
)
def test_nobody_releases_it_in_whatever_it_is_named(forum: Forum, named: dict[str, Any]) -> None:
    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    status = forum.push("alder", named, sign)
    assert outcomes(status) == ["held", "published"], messages(status)
    with pytest.raises(review.ReviewError, match="token"):
        review.release(HeldObject.objects.get().id, by="rowan", policy=POLICY, now=now())


def test_a_whole_network_of_households_stays_in_clear_with_what_refers_to_it(forum: Forum) -> None:
    exits = stix("infrastructure", name="x", infrastructure_types=["anonymization"])
    wide = indicator("[ipv4-addr:value ISSUBSET '203.0.113.0/24']", extensions=HOUSEHOLD)
    sent = [exits, wide, relationship(wide, "indicates", exits)]
    for _ in range(2):
        status = forum.push("alder", *sent)
        assert outcomes(status) == ["published"] * 3, messages(status)
    assert len(forum.feed(versions="all")) == 3
    assert forum.feed(BESIDE) == []
    home = forum.push("alder", *sent, stix("ipv4-addr", value=HOME))
    assert outcomes(home)[-1] == "published"
    assert HOME not in json.dumps(forum.feed())


def test_a_name_that_resolves_to_it_stays_in_clear_and_leads_to_no_token(forum: Forum) -> None:
    """It has the same id in every collection: beside it, it would tell whose token that is."""
    home = stix("ipv4-addr", value=HOME)
    name = stix("domain-name", value="a.example", resolves_to_refs=[home["id"]])
    forum.push("alder", home, name)
    forum.push("birch", stix("ipv4-addr", value=HOME))
    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    status = forum.push("alder", home, name, sign)
    assert outcomes(status) == ["published"] * 3, messages(status)
    assert {each["type"] for each in forum.feed(BESIDE)} == {"match-token", "indicator"}
    forum.retract("birch", next(e["id"] for e in forum.feed() if e["type"] == "ipv4-addr"))
    [left] = [each for each in forum.feed() if not each.get("revoked")]
    assert "resolves_to_refs" not in left
    assert forum.retract("alder", name["id"])
    assert [each for each in forum.feed() if not each.get("revoked")] == []


@pytest.mark.parametrize("again", [True, False], ids=["all sent again", "the sign alone"])
def test_what_stands_beside_and_refers_to_it_is_tied_to_its_token_or_not_at_all(
    forum: Forum, *, again: bool
) -> None:
    mail, home = stix("email-addr", value="a.b@kestrelmail.example"), stix("ipv4-addr", value=HOME)
    data = stix("observed-data", first_observed="2026-11-01T09:14:00Z",
                last_observed="2026-11-01T10:14:00Z", number_observed=7,
                object_refs=[mail["id"], home["id"]], extensions=STATES_NEXUS)  # fmt: skip
    sent = [mail, home, data]
    forum.push("alder", *sent)
    forum.push("birch", stix("ipv4-addr", value=HOME))
    [clear] = [each for each in forum.feed() if each["type"] == "ipv4-addr"]
    sign = indicator(f"[ipv4-addr:value = '{HOME}']", extensions=HOUSEHOLD)
    status = forum.push(
        "alder", *(sent if again else []), sign, relationship(sign, "based-on", data)
    )
    tied = [each for each in forum.feed(BESIDE) if each["type"] == "relationship"]
    seen = {e["id"]: e for e in forum.feed(BESIDE) if e["type"] == "observed-data"}
    assert len(tied) == again, messages(status)
    assert not any(clear["id"] in seen[each["target_ref"]]["object_refs"] for each in tied)
