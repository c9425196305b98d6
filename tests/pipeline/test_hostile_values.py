"""What publishes by itself carries no text, no person and no secret past the reviewer."""

from __future__ import annotations

import json
import uuid
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import Forum, indicator, messages, now, outcomes, stix


GOOD = "[domain-name:value = 'gw-2.meadowexit.example']"
FINGERPRINT = "tls-client-fingerprint"


@pytest.mark.parametrize(
    "pattern",
    [
        "[domain-name:value = 'ask rowan, 0.41 a million']",
        "[ipv4-addr:value = '999.1.1.1']",
        "[ipv6-addr:value = '198.51.100.1']",
        "[url:value = 'call +1 202 555 0100']",
        "[autonomous-system:number = 99999999999]",
        "[tls-client-fingerprint:value = 'rowan was here']",
        "[domain-name:resolves_to_refs[*].value = 'a secret']",
        "[x509-certificate:serial_number = 'meet at nine']",
        "[file:hashes.MD5 = 'not a hash']",
        "[domain-name:value ISSUBSET 'ask rowan']",
        "[domain-name:value ISSUPERSET '0.0.0.0/0']",
        "[url:value ISSUBSET 'ask rowan']",
        "[ipv4-addr:value ISSUBSET 'ask rowan']",
        "[ipv4-addr:value ISSUBSET ' 0.0.0.0/0']",
        "[ipv4-addr:value ISSUBSET '2001:db8::/48']",
        "[tls-client-fingerprint:value ISSUBSET 'ask rowan']",
        "[x509-certificate:serial_number ISSUBSET 'ask rowan']",
        "[domain-name:resolves_to_refs[*].value ISSUBSET '0.0.0.0/0']",
        "[domain-name:value = h'61DEADBEEFCAFE']",
        "[domain-name:value = b'Y3VzdG9tZXJBY21l']",
        "[domain-name:value = true]",
        "[x509-certificate:serial_number = t'2026-11-01T09:14:33Z']",
        "[x509-certificate:serial_number = 4711]",
        "[file:hashes.MD5 = h'61deadbeefcafe0061deadbeefcafe00']",
        "[autonomous-system:number = 64496.0]",
        "[domain-name:value = 'ask_rowan_0-41_a_million']",
        "[domain-name:value = 'pays-0-41.ask-rowan']",
        "[url:value = 'pays-0.41://gw.example/']",
        f"[url:value = 'https://gw.example/{'a' * 2_000}']",
        f"[{FINGERPRINT}:scheme = 'ja3' AND {FINGERPRINT}:value = '1:2;|1|0|m,a,s,p']",
    ],
)
def test_a_pattern_carries_no_free_text(forum: Forum, pattern: str) -> None:
    status = forum.push("alder", indicator(pattern))
    assert outcomes(status) == ["rejected"], messages(status)
    assert forum.feed() == []


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("file", {"hashes": {"alder_says": "0.41 a million"}}),
        ("file", {"hashes": {"SSDEEP": "ask.Rowan:Acme/pays/0.41"}}),
        ("file", {"name": "ask rowan.exe"}),
        ("x509-certificate", {"hashes": {"alder_says": "0.41 a million"}}),
        ("x509-certificate", {"serial_number": "ask rowan"}),
        ("x509-certificate", {"serial_number": "a" * 41}),
        ("x509-certificate", {"subject": "CN=rowan"}),
        ("domain-name", {"value": "localhost"}),
        ("domain-name", {"value": "pays-0-41.ask-rowan"}),
        ("url", {"value": "pays-0.41://gw.example/"}),
        ("url", {"value": "https://gw.example/" + "a" * 2_000}),
    ],
)
def test_an_observable_carries_no_free_text(
    forum: Forum, type_: str, properties: dict[str, Any]
) -> None:
    observable = {"type": type_, "spec_version": "2.1", "id": f"{type_}--{uuid.uuid4()}"}
    status = forum.push("alder", observable | properties)
    assert outcomes(status) == ["rejected"], messages(status)
    assert forum.feed() == []


def test_a_hash_of_an_own_algorithm_is_left_behind_and_named(forum: Forum) -> None:
    hashes = {"MD5": "AB" * 16, "alder_says": "0.41 a million", "TLSH": "ab" * 35}
    status = forum.push("alder", stix("file", hashes=hashes))
    assert outcomes(status) == ["published"]
    assert "hashes.(unknown algorithm), hashes.TLSH" in messages(status)[0]
    assert [each["hashes"] for each in forum.feed()] == [{"MD5": "ab" * 16}]


@pytest.mark.parametrize(
    "pattern",
    [
        "[url:value = 'ws://a.test/'] START t'2026-11-01T09:14:33Z' STOP t'2026-11-01T17:20:01Z'",
        "[domain-name:value = 'a.example'] WITHIN 2025550100 SECONDS",
        "[domain-name:value = 'a.example'] REPEATS 48211 TIMES",
        "[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']",
    ],
)
def test_a_pattern_of_times_and_counts_waits_and_is_released(forum: Forum, pattern: str) -> None:
    status = forum.push("alder", indicator(pattern))
    assert outcomes(status) == ["held"]
    assert "NEEDS_REVIEW" in messages(status)[0]
    _release(forum)
    assert [each["pattern"] for each in forum.feed()] == [pattern]


WIDE = [
    indicator("[domain-name:resolves_to_refs[*].value = '0.0.0.0/0']"),
    indicator("[ipv6-addr:value ISSUBSET '::ffff:0:0/96']"),
    indicator("[ipv6-addr:value ISSUBSET '64:ff9b::/90']"),
    stix("ipv4-addr", value="0.0.0.0/0"),
    stix("ipv6-addr", value="2001:db8::/32"),
]


@pytest.mark.parametrize("wide", WIDE)
def test_a_wide_network_is_held_wherever_it_stands(forum: Forum, wide: dict[str, Any]) -> None:
    status = forum.push("alder", wide)
    assert outcomes(status) == ["held"], messages(status)
    assert "BROAD_PATTERN" in messages(status)[0]


@pytest.mark.parametrize(
    ("rest", "what"),
    [
        ("reset?e=rowan@kestrelmail.example", "an e-mail address"),
        ("reset?e=rowan%2540kestrelmail.example", "an e-mail address"),
        ("reset?e=rowan%25252540kestrelmail.example", "an e-mail address"),
        ("reset?e=rowan%EF%BC%A0kestrelmail.example", "an e-mail address"),
        ("reset?e=rowan%26%2364%3Bkestrelmail.example", "an e-mail address"),
        (f"reset?e=rowan%{'25' * 9}40kestrelmail.example", "words"),
        ("u/rowan%40kestrelmail.example", "an e-mail address"),
        ("?tel=+1-202-555-0100", "a telephone number"),
        ("call/12025550100", "a telephone number"),
        ("?note=Customer%20Acme", "words"),
        ("?note=Customer+Acme", "words"),
        ("%E5%AE%A2%E6%88%B7%E4%BB%B7%E6%A0%BC", "words"),
        ("v1?key=AKIAIOSFODNNEXAMPLE", "a key"),
        ("v1?key=sk-abcdEFGHijkl", "a key"),
        ("s/0af7651916cd43dd8448eb211c80319c", "a token"),
        ("s?t=abcdefghijklmnopq/abcdefghijklmnopq", "a token"),
    ],
)
def test_a_url_that_seems_to_hold_a_person_or_a_secret_waits(
    forum: Forum, rest: str, what: str
) -> None:
    value = f"https://gw.ferryrelay.example/{rest}"
    status = forum.push("alder", stix("url", value=value), indicator(f"[url:value = '{value}']"))
    assert outcomes(status) == ["held", "held"], messages(status)
    assert all(f"NEEDS_REVIEW; The path or query of the URL looks as if it held {what}" in each
               for each in messages(status))  # fmt: skip
    _release(forum)
    assert len(forum.feed()) == 2


@pytest.mark.parametrize(
    "url",
    [
        "https://gw.ferryrelay.example:8443/v1/chat/completions?model=large&stream=true",
        "https://user:secret@gw.ferryrelay.example/2026/11/24/relay_page-2.html#rowan@x.example",
    ],
)
def test_ordinary_urls_publish_by_themselves(forum: Forum, url: str) -> None:
    status = forum.push("alder", stix("url", value=url), indicator(f"[url:value = '{url}']"))
    assert outcomes(status) == ["published", "published"]
    assert "secret" not in json.dumps(forum.feed())
    told = "SECRET_REMOVED" in "".join(messages(status))
    assert told is ("secret@" in url)


SAME = [
    ("[autonomous-system:number = 'AS0000064496']", "[autonomous-system:number = 64496]"),
    (
        "[x509-certificate:serial_number = '00:0A:BB']",
        "[x509-certificate:serial_number = 'abb']",
    ),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_two_spellings_of_a_number_are_one_object(forum: Forum, one: str, other: str) -> None:
    forum.push("alder", indicator(one))
    forum.push("birch", indicator(other))
    assert len(forum.feed()) == 1


@pytest.mark.parametrize(
    "pattern",
    [
        "[autonomous-system:number = '64496']",
        "[autonomous-system:number = 'AS64496']",
        "[ipv4-addr:belongs_to_refs[*].number = 64496]",
        "[ipv4-addr:value ISSUBSET '198.51.100.0/24']",
        "[domain-name:resolves_to_refs[*].value = '198.51.100.7/32']",
    ],
)
def test_reserved_values_are_seen_in_every_form(forum: Forum, pattern: str) -> None:
    forum.add_collection("real")
    status = forum.push("alder", indicator(pattern), into="real")
    assert outcomes(status) == ["rejected"]
    assert "RESERVED_RANGE" in messages(status)[0]
    assert "64496" not in messages(status)[0]
    assert "198.51" not in messages(status)[0]


def test_phases_and_ids_come_from_closed_lists_once_each(forum: Forum) -> None:
    phases = ["03-ask-rowan", "exfiltration", "exfiltration", "collection"]
    ids = [("cwe", f"CWE-{n}") for n in range(30)] + [("mitre-attack", "customer-acme-0.41")]
    forum.push("alder", indicator(
        GOOD,
        kill_chain_phases=[
            {"kill_chain_name": "mitre-attack", "phase_name": each} for each in phases
        ],
        external_references=[{"source_name": name, "external_id": id_} for name, id_ in ids],
    ))  # fmt: skip
    [published] = forum.feed()
    assert [each["phase_name"] for each in published["kill_chain_phases"]] == [
        "collection",
        "exfiltration",
    ]
    assert len(published["external_references"]) == 20
    assert "rowan" not in str(published)
    assert "acme" not in str(published)


def test_messages_do_not_repeat_what_was_sent(forum: Forum) -> None:
    secret = "rowan-4711"
    status = forum.push(
        "alder",
        indicator(f"[domain-name:value = '{secret}@kestrelmail.example']"),
        indicator(f"[url:value = '{secret}']"),
        indicator(f"[file:hashes.'{secret} said' = 'x']"),
        indicator(GOOD, pattern_type=secret),
        indicator(GOOD, valid_from=secret, confidence=secret, indicator_types=[7, secret, secret]),
        indicator(GOOD, external_references=[{"source_name": secret, "url": f"{secret} x"}]),
        stix("domain-name", value=f"{secret} x"),
        stix("ipv4-addr", value=f"{secret} x"),
        stix("tls-client-fingerprint", scheme=secret, value=secret),
        stix("relationship", relationship_type=secret, source_ref=secret, target_ref=secret),
        stix("x-" + secret),
    )
    assert set(outcomes(status)) == {"rejected", "held"}
    assert [each for each in messages(status) if secret in each] == []


def test_a_pattern_in_a_listed_language_is_released_as_it_was_read(forum: Forum) -> None:
    rule = "alert tcp any any -> any any"
    status = forum.push("alder", indicator(rule, pattern_type="snort", pattern_version="2.9"))
    assert outcomes(status) == ["held"]
    _release(forum)
    assert outcomes(forum.status("alder", status.id)) == ["published"]
    assert not HeldObject.objects.filter(state="open").exists()
    [published] = forum.feed()
    assert (published["pattern"], published["pattern_type"]) == (rule, "snort")
    assert "pattern_version" not in published


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (indicator("ask rowan", pattern_type="x-alder"), "UNKNOWN_LANGUAGE"),
        (stix("attack-pattern", name="x"), "NOT_IN_CATALOGUE"),
        (stix("course-of-action", name="x"), "NOT_IN_CATALOGUE"),
    ],
)
def test_what_no_release_could_publish_nobody_releases(
    forum: Forum, sent: dict[str, Any], reason: str
) -> None:
    status = forum.push("alder", sent)
    assert outcomes(status) == ["held"]
    assert "nobody can release" in messages(status)[0]
    with pytest.raises(review.ReviewError, match=reason):
        _release(forum)


def _release(forum: Forum) -> None:
    for held in HeldObject.objects.filter(state="open", part="object"):
        personal = review.PersonalData(absent=frozenset({review.ALL}))
        review.release(held.id, by="rowan", policy=current_policy(), now=now(), personal=personal)
    forum.work()
