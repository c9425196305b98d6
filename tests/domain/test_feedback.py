"""The words and buckets in which members speak of what stands."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.feedback import FLOORS, OPINIONS, floor_of, verdict_of
from indicators.domain.stix.validators import extension_schema_text


def test_the_opinions_are_the_words_of_the_extension() -> None:
    schema = json.loads(extension_schema_text("feedback-verdict"))
    assert list(OPINIONS) == schema["properties"]["verdict"]["enum"]


@pytest.mark.parametrize(
    ("opinion", "verdict"),
    [
        ("strongly-disagree", "false-positive"),
        ("neutral", "not-reviewed"),
        ("agree", "true-positive"),
    ],
)
def test_an_opinion_without_the_extension_means_a_verdict(opinion: str, verdict: str) -> None:
    assert verdict_of(opinion) == verdict


@given(st.integers(min_value=0, max_value=999_999_999))
def test_a_count_is_kept_as_the_floor_of_its_bucket(count: int) -> None:
    assert floor_of(count) == max(floor for floor in FLOORS if floor <= count)
