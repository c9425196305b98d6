"""`parse_pattern` against stix2patterns, and the two readers against each other."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stix2patterns.validator import run_validator

from indicators.domain.stix import pattern_antlr, pattern_reader
from indicators.domain.stix.pattern_tree import write
from indicators.domain.stix.patterns import PatternError, parse_pattern, parse_published
from tests.domain.stix.spelling import a_text


pytestmark = pytest.mark.oracle
MANY = settings(max_examples=1_000, deadline=None, derandomize=True)
STRICTER = {"HASH", "EMPTY_SET"}
"""Codes of what stix2patterns lets pass and we do not; see `differences`."""
texts = st.randoms(use_true_random=False)


@MANY
@given(texts)
def test_what_is_accepted_here_stix2patterns_accepts(random: Random) -> None:
    text = a_text(random)
    code = _refusal(text)
    assert code in STRICTER or bool(code) == bool(_complaints(text))


def _refusal(text: str) -> str:
    try:
        parse_pattern(text)
    except PatternError as error:
        return error.code
    return ""


def _complaints(text: str) -> list[str]:
    try:
        return [str(complaint) for complaint in run_validator(text, "2.1")]
    except (AttributeError, IndexError) as error:  # its own defects: hashes[0], empty text
        return [repr(error)]


@MANY
@given(texts)
def test_the_quick_reader_reads_what_antlr_reads(random: Random) -> None:
    text = a_text(random)
    try:
        quick = pattern_reader.read(text)
    except pattern_reader.NotUnderstoodError:
        return
    assert quick == pattern_antlr.read(text)


@MANY
@given(texts)
def test_a_tree_written_down_is_read_as_the_same_tree(random: Random) -> None:
    try:
        tree = pattern_antlr.read(a_text(random))
    except pattern_antlr.SyntaxProblemError:
        return
    assert pattern_antlr.read(write(tree)) == tree


@MANY
@given(texts)
def test_what_is_published_is_valid_and_read_again_as_it_is(random: Random) -> None:
    try:
        text = parse_pattern(a_text(random)).canonical
    except PatternError:
        return
    assert run_validator(text, "2.1") == []
    assert parse_published(text).canonical == text


def test_warming_up_reads_what_the_grammar_has() -> None:
    """Were it no pattern, no worker would start."""
    pattern_antlr.warm_up()
