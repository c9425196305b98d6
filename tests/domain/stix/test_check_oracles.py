"""`problems` against stix2 and stix2-validator."""

from __future__ import annotations

import re
from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rfc3986_validator import validate_rfc3986  # type: ignore[import-untyped]  # ships no types
from stix2validator.validator import EMAIL_RE

from indicators.domain.stix.check import problems
from indicators.domain.stix.formats import is_email, is_uri
from tests.domain.stix.corpus import valid_objects
from tests.domain.stix.differences import (
    DIFFERENCES,
    MILDER_THAN_STRICT,
    MILDER_THAN_VALIDATOR,
    STRICTER,
    Difference,
)
from tests.domain.stix.mutation import a_changed_object
from tests.domain.stix.oracles import schemas_say, stix2_says, validator_says
from tests.domain.stix.pieces import Object


pytestmark = pytest.mark.oracle
ENDLESS = settings(max_examples=1_500, deadline=None, derandomize=True)


@pytest.mark.parametrize("obj", valid_objects(), ids=lambda obj: str(obj["type"]))
def test_the_oracles_read_the_corpus(obj: Object) -> None:
    assert schemas_say(obj) == ""
    assert stix2_says(obj) == ""
    assert validator_says(obj) == ""


@pytest.mark.parametrize("difference", DIFFERENCES, ids=lambda difference: difference.reason)
def test_a_listed_difference_is_one(difference: Difference) -> None:
    obj = difference.obj
    refused = {
        "ours": bool(problems(obj, allow_custom=difference.allow_custom)),
        "schemas": bool(schemas_say(obj)),
        "stix2": bool(stix2_says(obj)),
        "strict": bool(stix2_says(obj, strict=True)),
        "validator": bool(validator_says(obj)),
    }
    assert {name for name, is_refused in refused.items() if is_refused} == difference.refused_by


@ENDLESS
@given(st.randoms(use_true_random=False))
def test_what_passes_here_passes_the_schemas_and_stix2(random: Random) -> None:
    obj = a_changed_object(random)
    if not problems(obj):
        assert (schemas_say(obj), stix2_says(obj)) == ("", "")


@ENDLESS
@given(st.randoms(use_true_random=False))
def test_what_is_refused_here_alone_is_refused_for_a_listed_reason(random: Random) -> None:
    obj = a_changed_object(random)
    found = problems(obj)
    if found and not stix2_says(obj) and not schemas_say(obj):
        assert {problem.code for problem in found} <= STRICTER.keys()


@ENDLESS
@given(st.randoms(use_true_random=False))
def test_what_passes_here_alone_passes_for_a_listed_reason(random: Random) -> None:
    obj = a_changed_object(random)
    if not problems(obj):
        assert_listed(stix2_says(obj, strict=True), MILDER_THAN_STRICT)
        assert_listed(validator_says(obj), MILDER_THAN_VALIDATOR)


def assert_listed(complaint: str, reasons: Mapping[str, str]) -> None:
    assert not complaint or any(re.search(reason, complaint) for reason in reasons), complaint


@settings(max_examples=2_000, deadline=None, derandomize=True)
@given(
    st.text("ah:/?#[]@!$&'()*+,;=%1Ff.~-_ v", max_size=14), st.sampled_from(["", "x:", "http://"])
)
def test_uris_and_addresses_pass_where_the_validator_lets_them_pass(text: str, start: str) -> None:
    assert is_uri(start + text) == bool(validate_rfc3986(start + text))
    assert not is_email(text) or bool(EMAIL_RE.match(text))
