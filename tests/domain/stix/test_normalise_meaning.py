"""Patterns that mean the same have one text, and no others do; `meaning` is the judge."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from stix2.equivalence.pattern import equivalent_patterns

from indicators.domain.stix.patterns import parse_published
from tests.domain.stix import meaning
from tests.domain.stix.meaning import a_pattern, changed, respelled, spelled, table


randoms = st.integers(0, 2**32).map(Random)
FEW = settings(max_examples=150, deadline=None)


def canonical(text: str) -> str:
    return parse_published(text).canonical  # however many parentheses


def small(pattern: meaning.Pattern) -> meaning.Pattern:
    """A pattern within the sizes up to which the laws are promised, and the worlds suffice."""
    assume(meaning.ways(pattern) <= meaning.MOST_WAYS)
    assume(meaning.observations(pattern) <= meaning.MOST_OBSERVATIONS)
    return pattern


@FEW
@given(randoms)
def test_a_respelling_that_keeps_the_meaning_collapses(random: Random) -> None:
    one = small(a_pattern(random))
    other = small(respelled(one, random))
    assert table(one) == table(other)
    assert canonical(spelled(one, random)) == canonical(spelled(other, random))


@FEW
@given(randoms)
def test_a_change_collapses_just_when_it_keeps_the_meaning(random: Random) -> None:
    one = small(a_pattern(random))
    other = small(changed(one, random))
    texts = {canonical(spelled(one, random)), canonical(spelled(other, random))}
    assert (len(texts) == 1) == (table(one) == table(other))


@FEW
@given(randoms)
def test_a_canonical_text_is_its_own(random: Random) -> None:
    text = canonical(spelled(small(a_pattern(random)), random))
    assert canonical(text) == text


@pytest.mark.oracle
@settings(max_examples=100, deadline=None, derandomize=True)
@given(randoms)
def test_what_stix2_holds_to_be_equivalent_collapses(random: Random) -> None:
    """The reverse does not hold: it tells `[a] OR [b]` from `[a OR b]`, and IN from OR."""
    one = small(a_pattern(random, observations=2))
    texts = [spelled(each, random) for each in (one, small(respelled(one, random)))]
    texts.append(spelled(small(changed(one, random)), random))
    for other in texts[1:]:
        if equivalent_patterns(texts[0], other):
            assert canonical(texts[0]) == canonical(other)
