"""Check digits tell a number that means something from any other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.screens.proofs import PROOFS


@pytest.mark.parametrize(
    ("proof", "right"),
    [
        ("card", "4111 1111 1111 1111"), ("card", "378282246310005"),
        ("card", "6011-1111-1111-1117"),
        ("card", "3530111333300000"), ("card", "2223 0000 4841 0010"), ("card", "6200000000000005"),
        ("card", "9 12 4111 1111 1111 1111 0"),
        ("iban", "GB82 WEST 1234 5698 7654 32"), ("iban", "de89370400440532013000"),
        ("phone", "+1 202 555 0143"), ("phone", "0044 20 7946 0018"), ("phone", "+81 3 1234 5678"),
        ("chinese-identity", "11010519491231002X"), ("spanish-identity", "12345678Z"),
        ("spanish-identity", "X1234567-L"), ("indian-identity", "2341 2341 2346"),
        ("french-identity", "2 55 08 14 168 025 38"),
    ],
)  # fmt: skip
def test_a_right_number_is_proven_and_no_neighbour_is(proof: str, right: str) -> None:
    assert PROOFS[proof](right)
    if proof != "phone":  # a numbering plan has no check digit
        place = max(at for at, char in enumerate(right[:-1]) if char.isdigit())
        wrong = right[:place] + ("5" if right[place] == "4" else "4") + right[place + 1 :]
        assert not PROOFS[proof](wrong)


@given(st.integers(10**12, 10**19 - 1))
def test_a_card_number_is_in_an_issuers_range(number: int) -> None:
    if PROOFS["card"](str(number)):
        assert str(number)[0] in "23456"


@given(st.text(alphabet="0123456789 -", max_size=80))
def test_no_run_of_digits_breaks_the_proof_of_cards(text: str) -> None:
    PROOFS["card"](text)


@given(st.text(alphabet="0123456789 +()-", min_size=8, max_size=24))
def test_no_run_of_digits_breaks_the_proof_of_phones(text: str) -> None:
    PROOFS["phone"](text)
