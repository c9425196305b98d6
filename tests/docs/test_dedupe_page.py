"""The examples of docs/dedupe.md are true."""

from __future__ import annotations

import pytest

from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.patterns import parse_pattern
from tests.docs.pages import code, page, section, tables


PAGE = page("docs/dedupe.md")
ONE_THING, TWO_THINGS = list(tables(section(PAGE, "## Observables")))
ONE_MEANING, TWO_MEANINGS = list(tables(section(PAGE, "## Patterns")))
OBSERVABLES = [(row, True) for row in ONE_THING] + [(row, False) for row in TWO_THINGS]
PATTERNS = [(row, True) for row in ONE_MEANING] + [(row, False) for row in TWO_MEANINGS]


@pytest.mark.parametrize(("row", "same"), OBSERVABLES)
def test_an_example_of_observables_is_true(row: list[str], same: bool) -> None:  # noqa: FBT001  a column
    type_, *values = map(code, row)
    ids = {sco_id(type_, canonical_sco(type_, {"value": each})) for each in values}
    assert (len(ids) == 1) is same


@pytest.mark.parametrize(("row", "same"), PATTERNS)
def test_an_example_of_patterns_is_true(row: list[str], same: bool) -> None:  # noqa: FBT001  as above
    texts = {parse_pattern(code(each)).canonical for each in row}
    assert (len(texts) == 1) is same
