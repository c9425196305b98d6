from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.canonical import NotCanonicalError, canonical_bytes


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


def test_key_order_does_not_matter_and_utf_16_decides() -> None:
    keys = ["\ufb33", "\U0001f600", "\u20ac", "1"]
    in_order = "".join(f'"{key}":0,' for key in reversed(keys)).rstrip(",")
    assert canonical_bytes(dict.fromkeys(keys, 0)) == f"{{{in_order}}}".encode()


@given(JSON)
def test_reading_it_back_gives_the_same_bytes(value: object) -> None:
    first = canonical_bytes(value)
    assert canonical_bytes(json.loads(first)) == first


@pytest.mark.parametrize(
    "value", [2**53, -(2**53), float("nan"), float("inf"), "\ud800", {"\ud800": 1}, [{1: 2}]]
)
def test_what_has_no_canonical_form_is_refused(value: object) -> None:
    with pytest.raises(NotCanonicalError):
        canonical_bytes(value)
