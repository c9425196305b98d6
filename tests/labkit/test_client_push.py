"""What is pushed goes in envelopes that fit, the same ones each time."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from labkit.bundles import objects_of
from labkit.client import chunks
from labkit.trouble import TroubleError


SIGN = {"type": "indicator", "id": "indicator--1"}


@given(st.lists(st.integers(1, 40).map("x".__mul__), max_size=40), st.integers(60, 200))
def test_envelopes_fit_and_together_are_all_there_was_in_order(
    texts: list[str], limit: int
) -> None:
    made = list(chunks(texts, limit=limit, most=7))
    assert [text for chunk in made for text in chunk] == texts
    for chunk in made:
        assert 1 <= len(chunk) <= 7
        assert len('{"objects": [' + ",".join(chunk) + "]}") <= limit


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(SIGN),
        json.dumps([SIGN]),
        json.dumps({"objects": [SIGN]}),
        json.dumps({"type": "bundle", "id": "bundle--1", "objects": [SIGN]}),
        f"\n{json.dumps(SIGN)}\n\n",
    ],
)
def test_objects_come_in_every_form_that_tools_write(text: str) -> None:
    assert objects_of(text, "seen.json") == [SIGN]


def test_lines_of_objects_are_all_read() -> None:
    assert objects_of(f"{json.dumps(SIGN)}\n{json.dumps(SIGN)}\n", "seen.jsonl") == [SIGN, SIGN]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "no JSON"),
        (json.dumps(SIGN) + "\n{", "line 2"),
        (json.dumps(SIGN) + "\n" + "[" * 100_000, "line 2: it is nested too deeply"),
        ("7", "holds no STIX"),
        ("[" * 100_000, "nested too deeply"),
        ('{"objects": [{"type": "note"}]}', "object 1"),
    ],
)
def test_what_is_no_stix_is_refused_with_its_place(text: str, said: str) -> None:
    with pytest.raises(TroubleError, match=said) as raised:
        objects_of(text, "seen.json")
    assert "seen.json" in str(raised.value)
