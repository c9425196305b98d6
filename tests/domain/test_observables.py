from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain import observables
from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.observables import (
    ObservableError,
    asn,
    domain,
    email,
    hash_value,
    ip,
    is_reserved,
    mac,
    network,
    serial_number,
    tls_fingerprint,
    url,
    user_agent,
)
from indicators.domain.stix.validators import extension_schema_text, extension_validator
from tests.domain.stix.pieces import an_own_sco


SPELLINGS: list[tuple[Callable[[str], str], str, str]] = [
    (ip, "192.0.2.1", "192.0.2.1"),
    (ip, "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"),
    (ip, "::ffff:192.0.2.1", "::ffff:c000:201"),
    (network, "192.0.2.1/32", "192.0.2.1"),
    (network, "198.51.100.77/24", "198.51.100.0/24"),
    (network, "2001:db8::1/128", "2001:db8::1"),
    (network, "2001:DB8:40:0:ffff::/48", "2001:db8:40::/48"),
    (domain, "GW-2.MeadowExit.example.", "gw-2.meadowexit.example"),
    (domain, "bücher.example", "xn--bcher-kva.example"),
    (domain, "BÜCHER。example", "xn--bcher-kva.example"),
    (domain, "XN--BCHER-KVA.example", "xn--bcher-kva.example"),
    (domain, "_dmarc.Alder.example", "_dmarc.alder.example"),
    (domain, "straße.example", "xn--strae-oqa.example"),
    (url, "HTTPS://API.FerryRelay.example:443/v1/../V1/%7emessages?X=%2f#top", ""),
    (url, "http://user:secret@Birch.example", "http://birch.example/"),
    (url, "http://birch.example:8080/a/./b/..", "http://birch.example:8080/a/"),
    (url, "http://[2001:DB8::1]:80/x", "http://[2001:db8::1]/x"),
    (url, "ftp://192.0.2.1:21/A", "ftp://192.0.2.1/A"),
    (
        url,
        "https://bücher.example/grün?ö=ü",
        "https://xn--bcher-kva.example/gr%C3%BCn?%C3%B6=%C3%BC",
    ),
    (url, "https://cedar.example/../../x", "https://cedar.example/x"),
    (url, "https://cedar.example/100%", "https://cedar.example/100%25"),
    (email, "Some.One@Kestrelmail.EXAMPLE.", "some.one@kestrelmail.example"),
    (email, "someone\uff20kestrelmail.example", "someone@kestrelmail.example"),
    (mac, "00-00-5E-00-53-AF", "00:00:5e:00:53:af"),
    (mac, "0000.5e00.53af", "00:00:5e:00:53:af"),
    (serial_number, "00:36:F7", "36f7"),
    (serial_number, "abb", "0abb"),
    (serial_number, "00", "00"),
    (user_agent, "  abacus-runner/0.4.2   python-httpx/0.28.1\t", ""),
]
EXPECTED = {
    "HTTPS://API.FerryRelay.example:443/v1/../V1/%7emessages?X=%2f#top": (
        "https://api.ferryrelay.example/V1/~messages?X=%2F"
    ),
    "  abacus-runner/0.4.2   python-httpx/0.28.1\t": "abacus-runner/0.4.2 python-httpx/0.28.1",
}


@pytest.mark.parametrize(("canonical", "spelling", "expected"), SPELLINGS)
def test_a_spelling_becomes_the_one_form_and_the_form_stays(
    canonical: Callable[[str], str], spelling: str, expected: str
) -> None:
    expected = expected or EXPECTED[spelling]
    assert canonical(spelling) == expected
    assert canonical(expected) == expected


@pytest.mark.parametrize(
    ("canonical", "text"),
    [
        (ip, "192.0.2.001"),
        (ip, "192.0.2.1/24"),
        (ip, "fe80::1%eth0"),
        (ip, "192.0.2.1\n"),
        (ip, ""),
        (network, "192.0.2.0/255.255.255.0"),
        (network, "192.0.2.0/33"),
        (network, "198.51.100.0/"),
        (network, "/24"),
        (domain, ""),
        (domain, "*.alder.example"),
        (domain, "domain autuo.example"),
        (domain, "192.0.2.1"),
        (domain, "a..example"),
        (domain, "x" * 64 + ".example"),
        (domain, ".".join(["a" * 50] * 6)),
        (domain, "\u2028.example"),
        (domain, "localhost"),
        (domain, "example."),
        (domain, "rowan_was.example"),
        (domain, "alder.rowan-was-here"),
        (url, "alder.example/x"),
        (url, "ssh://alder.example/x"),
        (url, "https://alder/x"),
        (url, "https://alder.example/" + "x" * 2_000),
        (url, "mailto:someone@alder.example"),
        (url, "https:///x"),
        (url, "https://alder.example/a b"),
        (url, "https://alder.example:99999/"),
        (url, "https://[2001:db8::1/"),
        (email, "someone"),
        (email, "@alder.example"),
        (email, "some one@alder.example"),
        (email, "someone@"),
        (mac, "00:00:5e:00:53"),
        (serial_number, ""),
        (serial_number, "a:bb"),
        (serial_number, "not hexadecimal"),
        (serial_number, "1" + "0" * 40),
        (user_agent, " "),
        (user_agent, "a\x00b"),
    ],
)
def test_what_has_no_canonical_form_is_refused_without_being_repeated(
    canonical: Callable[[str], str], text: str
) -> None:
    with pytest.raises(ObservableError) as refused:
        canonical(text)
    assert len(text) < 5 or text not in str(refused.value)


@given(st.text(max_size=30))
def test_every_function_refuses_or_is_idempotent(text: str) -> None:
    for canonical in (ip, network, domain, email, mac, user_agent, _with_scheme):
        try:
            once = canonical(text)
        except ObservableError:
            continue
        assert canonical(once) == once


def _with_scheme(text: str) -> str:
    return url(text if "://" in text else f"https://{text}")


@given(st.ip_addresses(v=6))
def test_every_form_of_an_ipv6_address_is_one(address: object) -> None:
    exploded = getattr(address, "exploded", "")
    assert ip(exploded) == ip(exploded.upper()) == ip(str(address)) == network(f"{exploded}/128")


@pytest.mark.parametrize(
    ("algorithm", "text", "expected"),
    [
        ("MD5", "AB" * 16, "ab" * 16),
        ("sha-256", "AB" * 32, "ab" * 32),
        (
            "SSDEEP",
            "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C",
            "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C",
        ),
        ("x-own", "ANY", "any"),
    ],
)
def test_hash_values_are_lower_case_unless_their_case_has_meaning(
    algorithm: str, text: str, expected: str
) -> None:
    assert hash_value(algorithm, text) == expected


def test_a_hash_of_the_wrong_length_is_refused() -> None:
    with pytest.raises(ObservableError, match="MD5"):
        hash_value("MD5", "ab" * 20)


@pytest.mark.parametrize("spelling", [64496, "64496", "AS64496", "as64496", "0064496"])
def test_an_asn_is_a_number_however_it_is_written(spelling: int | str) -> None:
    assert asn(spelling) == 64496


@pytest.mark.parametrize("text", ["", "AS", "AS-1", "1.10", -1, 2**32, True, "9" * 30])
def test_what_is_no_asn_is_refused(text: int | str) -> None:
    with pytest.raises(ObservableError):
        asn(text)


FINGERPRINTS = [
    ("ja3", "E7D705A3286E19EA42F587B344EE6865"),
    ("ja4", "T13D1311H2_a1b2c3d4e5f6_0f1e2d3c4b5a"),
    ("ja4h", "ge11nn05enus_9ed1ff1f7b03_cd8dafe26982_000000000000"),
    ("h2-akamai", "1:65536;3:1000;4:6291456|15663105|0|m,a,s,p"),
    ("ja3", "e7d705"),
    ("ja4", "e7d705a3286e19ea42f587b344ee6865"),
    ("ja5", "anything"),
]


@pytest.mark.parametrize(("scheme", "value"), FINGERPRINTS)
def test_fingerprints_pass_here_when_they_pass_the_published_schema(
    scheme: str, value: str
) -> None:
    published = an_own_sco("tls-client-fingerprint", scheme=scheme, value=value.lower())
    try:
        accepted = tls_fingerprint(scheme, value) == value.lower()
    except ObservableError:
        accepted = False
    assert accepted == extension_validator("tls-client-fingerprint").is_valid(published)
    assert (
        scheme == "ja5"
        or scheme
        in json.loads(extension_schema_text("tls-client-fingerprint"))["properties"]["scheme"][
            "enum"
        ]
    )


@pytest.mark.parametrize(
    ("type_", "properties", "expected"),
    [
        ("ipv4-addr", {"value": "192.0.2.1/32", "defanged": True}, {"value": "192.0.2.1"}),
        ("domain-name", {"value": "Alder.EXAMPLE."}, {"value": "alder.example"}),
        ("autonomous-system", {"number": 64496, "name": "X"}, {"number": 64496}),
        ("file", {"hashes": {"sha256": "AB" * 32}, "size": 1}, {"hashes": {"SHA-256": "ab" * 32}}),
        ("x509-certificate", {"serial_number": "00:0A:F7"}, {"serial_number": "0af7"}),
        ("mutex", {"name": "A"}, {"name": "A"}),
        (
            "network-traffic",
            {"start": "2026-05-04T00:00:00.500Z", "end": "2026-05-04T00:00:01.000Z"},
            {"start": "2026-05-04T00:00:00.5Z", "end": "2026-05-04T00:00:01Z"},
        ),
        (
            "tls-client-fingerprint",
            {"scheme": "ja3", "value": "E7D705A3286E19EA42F587B344EE6865"},
            {"scheme": "ja3", "value": "e7d705a3286e19ea42f587b344ee6865"},
        ),
        ("process", {"pid": 5}, {}),
    ],
)
def test_an_observable_is_what_identifies_it_in_canonical_form(
    type_: str, properties: dict[str, object], expected: dict[str, object]
) -> None:
    assert canonical_sco(type_, properties) == expected
    assert canonical_sco(type_, expected) == expected


@pytest.mark.parametrize(
    ("type_", "properties"),
    [
        ("ipv4-addr", {"value": "2001:db8::1"}),
        ("ipv6-addr", {"value": "192.0.2.1"}),
        ("tls-client-fingerprint", {"scheme": "ja4", "value": "x"}),
        ("file", {"hashes": {"MD5": "x"}}),
        ("indicator", {}),
    ],
)
def test_an_observable_that_is_not_of_its_type_is_refused(
    type_: str, properties: dict[str, object]
) -> None:
    with pytest.raises(ObservableError):
        canonical_sco(type_, properties)


@pytest.mark.parametrize(
    "value",
    [
        "192.0.2.1",
        "198.51.100.0/24",
        "203.0.113.7/32",
        "10.1.2.3",
        "100.64.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "2001:db8::1",
        "fd00::1",
        "::1",
        "::ffff:192.0.2.1",
        "meadowexit.example",
        "a.b.example.com.",
        "localhost",
        "printer.local",
        "https://user@api.ferryrelay.example:8443/v1",
        "https://192.0.2.1/x",
        "https://[2001:db8::1]/x",
        "someone@kestrelmail.example",
        64496,
        64511,
        65551,
        4_200_000_000,
        "AS64500",
    ],
)
def test_reserved_numbers_and_names_are_told(value: str | int) -> None:
    assert is_reserved(value)


@pytest.mark.parametrize(
    "value",
    [
        "1.1.1.1",
        "192.0.3.1",
        "0.0.0.0/0",
        "192.0.0.0/16",
        "2606:4700::1",
        "::ffff:1.1.1.1",
        "example.edu",
        "myexample",
        "notexample.com",
        "https://oasis-open.org/example",
        "someone@oasis-open.org",
        3333,
        65552,
        "AS3333",
        True,
        -1,
        10**30,
        "AS\u00b2",
        "64496",
        "not a value",
        "",
    ],
)
def test_numbers_and_names_in_use_are_not_reserved(value: str | int) -> None:
    assert not is_reserved(value)


MARKS = "a" + "\u0301" * 200_000 + "\u0316" * 200_000
"""Marks that have to change places: by insertion, in the interpreter's Unicode tables."""


def test_long_texts_cost_linear_time() -> None:
    for canonical in (network, domain, url, email, mac, user_agent):
        for text in ("a" * 100_000, "1." * 50_000, "https://x/" + "../" * 33_000, "é" * 100_000,
                     f"https://{MARKS}/", MARKS, f"{MARKS}@a.example"):  # fmt: skip
            try:
                canonical(text)
            except ObservableError:
                continue
    assert observables.is_reserved("https://" + "a." * 50_000) is False
