"""Every way in which a text can be read is looked at, in linear time and bounded size."""

from __future__ import annotations

import base64
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.screens.views import fold, views


@pytest.mark.parametrize(
    ("hidden", "plain"),
    [
        ("rosa (at) mail [dot] example", "rosa@mail.example"),
        ("rosa[@]mail[.]example", "rosa@mail.example"),
        ("hxxps://panel[.]example", "https://panel.example"),
        ("rosa%40mail.example", "rosa@mail.example"),
        ("rosa%2540mail.example", "rosa@mail.example"),
        ("rosa&#64;mail.example", "rosa@mail.example"),
        ("ro\u200bsa@\u00admail.example", "rosa@mail.example"),
        ("r\u043es\u0430@mail.example", "rosa@mail.example"),
        ("\uff14\uff11\uff11\uff11", "4111"),
        ("\u0664\u0661\u0661\u0661", "4111"),
        ("4111\u00a01111", "4111 1111"),
        ("4111\u20131111", "4111-1111"),
    ],
)
def test_a_disguise_is_taken_off(hidden: str, plain: str) -> None:
    assert fold(hidden) == plain


def test_base64_is_read_in_both_alphabets() -> None:
    secret = "write to rosa@mail.example, she knows???"
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        coded = encode(secret.encode()).decode().rstrip("=")
        assert secret in [each.text for each in views(f"see {coded} there")]


def test_what_decodes_to_no_text_is_no_view() -> None:
    assert len(views("e7d705a3286e19ea42f587b344ee6865")) == 2


def test_the_first_view_is_the_text_itself() -> None:
    first = views("r\u043esa")[0]
    assert (first.kind, first.text) == ("plain", "r\u043esa")


@given(st.text(max_size=300))
def test_there_are_three_views_at_most_and_none_is_long(text: str) -> None:
    found = views(text)
    assert len(found) <= 3
    assert all(len(each.text) <= 2 * len(text) for each in found)


@pytest.mark.parametrize(
    "text",
    [
        "%25" * 33_000, "[at]" * 25_000, "\u0410" * 100_000, "&amp;" * 20_000, "a" * 100_000,
        "( ( " * 25_000, "aGVsbG8gd29ybGQh " * 6_000, "\ufdfa" * 100_000, "&" * 100_000,
        "a" + "\u0301" * 200_000 + "\u0316" * 200_000,
    ],
)  # fmt: skip
def test_views_of_a_hostile_text_take_linear_time(text: str) -> None:
    before = time.process_time()
    views(text)
    assert time.process_time() - before < 1
