"""The `next` of a page: what it carries, and in whose hands it is nothing (docs/wire.md 2.7)."""

from __future__ import annotations

from datetime import UTC
from uuid import UUID

import pytest
from django.core import signing
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from indicators.feed import cursor as cursors
from indicators.feed.cursor import Binding, Cursor, CursorError
from indicators.feed.filters import Filters, Versions


ALDER, BIRCH = UUID(int=1), UUID(int=2)
DISTILLATION, EXERCISE = UUID(int=3), UUID(int=4)
EPOCH = UUID(int=5)
HERE = Binding(ALDER, DISTILLATION, "")

moments = st.datetimes(timezones=st.just(UTC))
words = st.lists(st.text(max_size=40), max_size=5).map(tuple)
filters = st.builds(
    Filters,
    added_after=st.none() | moments,
    ids=words,
    types=words,
    spec_versions=words,
    versions=st.builds(
        Versions,
        every=st.booleans(),
        first=st.booleans(),
        last=st.booleans(),
        at=st.lists(moments, max_size=3).map(tuple),
    ),
)


@given(filters, st.integers(0, 2**62))
def test_a_cursor_carries_all_filters_and_the_position(asked: Filters, position: int) -> None:
    cursor = Cursor(asked, position, EPOCH)
    assert cursors.unseal(cursors.seal(cursor, HERE), HERE) == cursor


@given(st.data())
def test_an_altered_cursor_is_refused(data: st.DataObject) -> None:
    text = cursors.seal(Cursor(Filters(), 1000, EPOCH), HERE)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("aZ0_-:."))
    altered = text[:at] + other + text[at + 1 :]
    if altered != text:
        with pytest.raises(CursorError):
            cursors.unseal(altered, HERE)


@given(st.text(max_size=200))
def test_what_never_was_a_cursor_is_refused(text: str) -> None:
    with pytest.raises(CursorError):
        cursors.unseal(text, HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        Binding(BIRCH, DISTILLATION, ""),
        Binding(ALDER, EXERCISE, ""),
        Binding(ALDER, DISTILLATION, "indicator--x"),
    ],
    ids=["another member", "another collection", "one object"],
)
def test_a_cursor_holds_only_where_it_was_given(elsewhere: Binding) -> None:
    text = cursors.seal(Cursor(Filters(), 1000, EPOCH), HERE)
    with pytest.raises(CursorError, match="not given to this credential's member"):
        cursors.unseal(text, elsewhere)


def test_a_cursor_says_nothing_to_who_cannot_decode_and_stays_short_for_long_filters() -> None:
    ids = tuple(f"indicator--{UUID(int=number * 7**40)}" for number in range(80))
    text = cursors.seal(Cursor(Filters(ids=ids), 1000, EPOCH), HERE)
    assert len(text) < 8192


def test_a_cursor_survives_the_rotation_of_the_secret_key(settings: Settings) -> None:
    settings.SECRET_KEY = "the old one"
    cursor = Cursor(Filters(), 1000, EPOCH)
    text = cursors.seal(cursor, HERE)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "the new one", ["the old one"]
    assert cursors.unseal(text, HERE) == cursor
    settings.SECRET_KEY_FALLBACKS = []
    with pytest.raises(CursorError):
        cursors.unseal(text, HERE)


def test_a_signature_made_for_another_purpose_is_no_cursor() -> None:
    with pytest.raises(CursorError):
        cursors.unseal(signing.dumps([1, HERE.to_json(), [], 0, EPOCH.hex], salt="other"), HERE)
