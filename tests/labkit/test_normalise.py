"""Normalisation profile v1. The golden file is the profile: it may grow, and never change."""

from __future__ import annotations

import json
import traceback
import unicodedata
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from voprf import ristretto

from labkit.normalise import (
    KINDS,
    PROFILE,
    NormaliseError,
    account_handle,
    card_weak,
    email_canon,
    normalise,
    phone,
    phone_prefixes,
)
from labkit.tokens import SCHEME, combine, key_info, oprf_input


GOLDEN: dict[str, Any] = json.loads(
    (Path(__file__).parent / "golden_normalise.json").read_text(encoding="utf-8")
)
ACCEPTED = [
    pytest.param(each, id=f"{each['kind']} {each['value']!a}") for each in GOLDEN["accepted"]
]
REFUSED = [
    pytest.param(each["kind"], each["value"], id=f"{each['kind']} {each['value'][:40]!a}")
    for each in GOLDEN["refused"]
]


def token(kind: str, normal: str) -> str:
    outputs = {
        name: ristretto.Evaluator.from_seed(
            bytes.fromhex(seed), key_info(kind, GOLDEN["epoch"])
        ).evaluate_known_input(oprf_input(kind, normal))
        for name, seed in GOLDEN["evaluators"].items()
    }
    return combine(outputs)


# --- golden vectors


@pytest.mark.parametrize("vector", ACCEPTED)
def test_a_golden_value_keeps_its_normal_form_and_its_token(vector: dict[str, str]) -> None:
    normal = normalise(vector["kind"], vector["value"])
    assert normal == vector["normal"]
    assert token(vector["kind"], normal) == vector["token"]
    assert normalise(vector["kind"], normal) == normal


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_golden_refusal_stays_one(kind: str, value: str) -> None:
    with pytest.raises(NormaliseError):
        normalise(kind, value)


def test_the_golden_vectors_are_of_this_profile_and_cover_every_kind() -> None:
    assert (GOLDEN["profile"], GOLDEN["scheme"]) == (PROFILE, SCHEME)
    for part in ("accepted", "refused"):
        assert set(KINDS) <= {each["kind"] for each in GOLDEN[part]}


# --- what holds for every value


def outcome(kind: str, value: str) -> str | None:
    try:
        return normalise(kind, value)
    except NormaliseError:
        return None


TEXT = st.text(max_size=40) | st.text(
    "aA1+.-_:@/| \u00df\u0130\u03a3\u200b\uff21\u0661", max_size=24
)
GOLDEN_VALUES = st.sampled_from([each["value"] for each in GOLDEN["accepted"]])
KIND = st.sampled_from(KINDS)


@given(KIND, TEXT | GOLDEN_VALUES)
def test_a_normal_form_is_its_own_and_fit_to_be_blinded(kind: str, value: str) -> None:
    normal = outcome(kind, value)
    if normal is not None:
        assert normalise(kind, normal) == normal
        assert oprf_input(kind, normal)


@given(KIND, GOLDEN_VALUES, st.sampled_from(["", " ", "\t", "\u00a0"]), st.sampled_from("ab"))
def test_space_around_and_compatibility_forms_do_not_matter(
    kind: str, value: str, space: str, form: str
) -> None:
    spelled = value if form == "a" else unicodedata.normalize("NFKC", value)
    assert outcome(kind, f"{space}{spelled}{space}") == outcome(kind, value)


@pytest.mark.parametrize(("kind", "value"), REFUSED)
def test_a_refusal_says_what_to_do_and_repeats_nothing_of_the_value(kind: str, value: str) -> None:
    with pytest.raises(NormaliseError) as raised:
        normalise(kind, value)
    printed = "".join(traceback.format_exception(raised.value, limit=0))
    assert len(str(raised.value)) > 40
    assert raised.value.__context__ is None
    assert len(value) < 8 or value not in printed


@given(KIND, st.text("qxzQXZ468@.:|+-", min_size=12, max_size=30))
def test_no_piece_of_a_value_is_in_its_refusal(kind: str, value: str) -> None:
    try:
        normalise(kind, value)
    except NormaliseError as error:
        pieces = {value[at : at + 4] for at in range(len(value) - 3)}
        assert not {each for each in pieces if each in str(error)}  # noqa: PT017  most are accepted


def test_an_unknown_kind_is_refused_with_the_known_ones() -> None:
    with pytest.raises(NormaliseError, match="email-addr, email-canon, phone"):
        normalise("iban", "x")


@pytest.mark.parametrize("value", [None, 7, b"ada@lab.example"])
def test_what_is_no_text_is_refused(value: Any) -> None:
    with pytest.raises(NormaliseError, match="pass a string"):
        normalise("email-addr", value)


# --- spellings of one value


NAME = st.text("abcdefghijklmnopqrstuvwxyz0123456789", min_size=1, max_size=12)


def full_width(text: str) -> str:
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


@given(NAME, NAME)
def test_an_address_has_one_exact_form_in_any_case_and_width(name: str, tag: str) -> None:
    address = f"{name}.{tag}@lab.example"
    for spelled in (address.upper(), address.title(), full_width(address), f" {address}\n"):
        assert normalise("email-addr", spelled) == address


@given(NAME, NAME, st.lists(st.integers(1, 11), max_size=4))
def test_an_address_at_gmail_has_one_folded_form(name: str, tag: str, dots: list[int]) -> None:
    dotted = name
    for at in sorted({each for each in dots if each < len(name)}, reverse=True):
        dotted = f"{dotted[:at]}.{dotted[at:]}"
    found = {
        email_canon(f"{spelled}{suffix}@{domain}")
        for spelled in (name, dotted, dotted.upper())
        for suffix in ("", f"+{tag}")
        for domain in ("gmail.com", "GoogleMail.com")
    }
    assert found == {f"{name}@gmail.com"}


@given(NAME, NAME)
def test_exact_forms_stay_apart_where_folded_ones_meet(name: str, tag: str) -> None:
    assert normalise("email-addr", f"{name}+{tag}@gmail.com") == f"{name}+{tag}@gmail.com"


@given(NAME, NAME)
def test_an_address_at_a_domain_without_a_rule_is_not_folded(name: str, tag: str) -> None:
    address = f"{name}.{tag}+{tag}-x@lab.example"
    assert email_canon(address) == address


@given(st.integers(0, 99), st.integers(200, 999))
def test_a_number_of_fiction_has_one_form(line: int, area: int) -> None:
    number = f"+1{area}55501{line:02}"
    spelled = (
        f"+1 {area} 555 01{line:02}",
        f"+1 ({area}) 555-01{line:02}",
        f"tel:+1-{area}-555-01{line:02}",
        full_width(number),
    )
    assert {phone(each) for each in spelled} == {number}
    assert phone(f"({area}) 555-01{line:02}", "us") == number


def test_a_national_number_needs_its_region() -> None:
    assert phone("020 7946 0123", "GB") == phone("0044 20 7946 0123", "gb") == "+442079460123"
    with pytest.raises(NormaliseError, match="no country"):
        phone("020 7946 0123")
    with pytest.raises(NormaliseError):
        phone("0044 20 7946 0123", "US")
    with pytest.raises(NormaliseError, match="ISO 3166-1"):
        phone("020 7946 0123", "UK")


def test_a_number_meets_the_ranges_it_lies_in() -> None:
    found = phone_prefixes("+12025550123")
    assert found == ("+120255", "+1202555", "+12025550")
    assert all(normalise("phone-prefix", each) == each for each in found)
    assert phone_prefixes("+4930123") == ()


@given(NAME, st.sampled_from(["", "@", " @"]))
def test_a_handle_has_one_form_by_any_name_of_its_provider(name: str, at: str) -> None:
    found = {
        account_handle(provider, f"{at}{spelled}")
        for provider in ("x", "X.com", "twitter", " Twitter.com ")
        for spelled in (name, name.upper())
    }
    assert found == {f"twitter:{name}"}
    assert normalise("account-handle", f"x.com:{name}") == f"twitter:{name}"


@given(st.text("0123456789abcdef", min_size=12, max_size=32).filter(lambda x: len(set(x)) > 1))
def test_a_device_id_has_one_form_with_and_without_separators(digits: str) -> None:
    pairs = ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))
    for spelled in (digits.upper(), pairs, f"{{{digits[:8]}-{digits[8:]}}}"):
        assert normalise("device-id", spelled) == digits


@given(st.text("0123456789", min_size=11, max_size=18).filter(lambda x: x.strip("0") != ""))
def test_of_ten_check_digits_one_is_right(body: str) -> None:
    right = [body + digit for digit in "0123456789" if outcome("pan", body + digit)]
    assert len(right) == 1
    assert normalise("pan", " ".join(right[0])) == right[0]


def test_a_weak_mark_is_one_in_any_form_of_its_expiry() -> None:
    found = {
        card_weak("41111111", "1111", expiry, country)
        for expiry in ("0931", "09/31", "09/2031", "09-31")
        for country in ("US", "us")
    }
    assert found == {"41111111|1111|0931|US"}


@given(st.integers(0, 2**64 - 1))
def test_every_host_of_a_line_has_its_64(host: int) -> None:
    groups = ":".join(f"{host >> shift & 0xFFFF:x}" for shift in (48, 32, 16, 0))
    assert normalise("ipv6-64", f"2001:db8:0:7:{groups}") == "2001:db8:0:7::/64"
