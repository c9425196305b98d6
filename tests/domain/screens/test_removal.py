"""Secrets and card numbers leave an object before anything sees it; slots of tokens stay."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.objects import ReceivedObject
from indicators.domain.screens.removal import REMOVED, cleaned, notes, only_removed
from tests.forum import indicator, stix


CARD, KEY = "4111 1111 1111 1111", "ghp_fakefakefakefakefakefakefakefakefake"
SIGN = indicator("[domain-name:value = 'panel.meadowexit.example']")


def clean(body: dict[str, Any]) -> ReceivedObject:
    return cleaned(ReceivedObject(0, body))


def test_an_object_without_either_is_handed_on_as_it_is() -> None:
    received = ReceivedObject(0, SIGN)
    assert cleaned(received) is received


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (f"paid with {CARD}", "description removed: CARD_REMOVED (a card number)"),
        (f"key {KEY}", "description removed: SECRET_REMOVED (a GitHub token)"),
        (
            "Prompt: I was diagnosed with epilepsy, may I drive?",
            "description removed: PERSONAL_REMOVED (a prompt about somebody's health)",
        ),
        (4111111111111111, "description removed: CARD_REMOVED (a card number)"),
        ({"deep": [{"er": CARD}]}, "description removed: CARD_REMOVED (a card number)"),
        ({KEY: 1}, "description removed: SECRET_REMOVED (a GitHub token)"),
    ],
)
def test_the_text_goes_and_the_lab_is_told_what_kind_it_was(value: object, told: str) -> None:
    found = clean(SIGN | {"description": value})
    assert notes(found) == [told]
    assert found.body["pattern"] == SIGN["pattern"]
    for trace in ("4111", "fakefake", "epilepsy"):
        assert trace not in json.dumps(found.body)
        assert trace not in repr(found)


def test_of_a_list_what_is_clean_stays() -> None:
    found = clean(SIGN | {"aliases": ["Meadow", CARD]})
    assert found.body["aliases"] == ["Meadow"]
    assert clean(SIGN | {"aliases": [CARD]}).body["aliases"] == [REMOVED]


def test_a_property_named_like_a_card_number_loses_its_name() -> None:
    found = clean(SIGN | {"x_4111111111111111": 1})
    assert notes(found) == ["a property removed: CARD_REMOVED (a card number)"]
    assert "4111" not in json.dumps(found.body)


@pytest.mark.parametrize(
    "body",
    [
        stix("user-account", account_type="payment-card", account_login="4111111111111111"),
        stix("email-addr", value="ghp_fakefakefakefakefakefake@mail.example"),
        stix("x509-certificate", serial_number="02:08:87:83:F2:13:58:1F:79:52:1E:66:90:0A:02:24"),
        stix("x509-certificate", serial_number="0ABB4111111111111111"),
        stix("match-token", value="sk-" + "a1" * 20),
        indicator("[payment-card:value = '4111111111111111']"),
        indicator("[payment-card:value IN ('4111111111111111', '5555555555554444')]"),
        indicator(
            "[user-account:user_id = '4111111111111111' AND domain-name:value = 'a.example']"
        ),
        indicator("[file:hashes.MD5 = '4111111111111111e705a3286e19ea42']"),
    ],
)
def test_slots_of_which_tokens_take_the_place_are_left_alone(body: dict[str, Any]) -> None:
    assert clean(body).removed == ()


@pytest.mark.parametrize(
    "body",
    [
        indicator("[url:value = 'https://panel.example/?card=4111111111111111']"),
        indicator(f"[url:value = 'https://panel.example/{KEY}']"),
        indicator("[payment-card:value = '1' OR domain-name:value = '4111111111111111.example']"),
        stix("url", value=f"https://panel.example/?k={KEY}"),
        stix("note", content=f"it is {KEY}"),
        stix("identity", name=CARD),
    ],
)
def test_what_an_object_lives_by_is_called_essential(body: dict[str, Any]) -> None:
    assert [each.is_essential for each in clean(body).removed] == [True]


def test_what_is_left_of_a_value() -> None:
    assert only_removed(REMOVED)
    assert only_removed([REMOVED])
    assert not only_removed([])
    assert not only_removed(["Meadow", REMOVED])


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON, max_size=5))
def test_whatever_the_object_once_cleaned_it_is_clean(body: dict[str, Any]) -> None:
    once = cleaned(ReceivedObject(0, body))
    assert cleaned(ReceivedObject(0, once.body)).body == once.body


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_surroundings_save_a_key(before: str, after: str) -> None:
    found = clean(SIGN | {"description": f"{before} {KEY} {after}"})
    assert KEY not in json.dumps(found.body)
