"""Hostile content before people's eyes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.ui.defang import defanged, pretty


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("https://a.example/x", "hxxps://a[.]example/x"),
        ("HTTP://A.EXAMPLE", "hxxp://A[.]EXAMPLE"),
        ("ftp://a.example", "fxp://a[.]example"),
        ("192.0.2.7 and 192.0.2.0/24", "192.0.2[.]7 and 192.0.2[.]0/24"),
        ("robin@mail.example", "robin[@]mail[.]example"),
        ("A sentence. Another one.", "A sentence. Another one."),
        ("2026-11-24T05:00:00.000Z", "2026-11-24T05:00:00.000Z"),
        ("a\u202eb\u0000c", "a<U+202E>b<U+0000>c"),
    ],
)
def test_it_breaks_what_can_be_clicked_and_shows_what_is_hidden(text: str, shown: str) -> None:
    assert defanged(text) == shown


@given(st.text())
def test_nothing_hidden_and_no_link_is_left(text: str) -> None:
    shown = defanged(text)
    assert "http://" not in shown.lower()
    assert all(each.isprintable() or each in "\n\t" or each.isspace() for each in shown)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), _JSON, max_size=3))
def test_the_shape_stays(content: dict[str, object]) -> None:
    assert isinstance(json.loads(pretty(content)), dict)
