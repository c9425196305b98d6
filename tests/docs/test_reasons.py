"""docs/reasons.md has an entry for every code, with the outcome that the code is for."""

from __future__ import annotations

import re

from indicators.domain.outcomes import Reason
from indicators.models.submission import SubmissionObject
from tests.docs.pages import CHECKOUT, code, page, table


ROWS = table(page("docs/reasons.md"), "## The codes")
OUTCOMES = {str(each) for each in SubmissionObject.Outcome.values}


def test_every_code_has_an_entry_in_the_order_of_the_code() -> None:
    assert [code(row[0]) for row in ROWS] == [each.value for each in Reason]


def test_every_entry_says_what_it_means_and_what_to_do() -> None:
    assert [row[0] for row in ROWS if not (len(row) == 4 and row[2] and row[3])] == []


def test_the_outcomes_are_those_under_which_the_codes_stand() -> None:
    said = {code(row[0]): set(row[1].split(", ")) for row in ROWS}
    assert set().union(*said.values()) <= OUTCOMES
    for group, codes in groups().items():
        expected = {group} if group in OUTCOMES else OUTCOMES - {"rejected", "held", "waiting"}
        assert {each: said[each] for each in codes if not said[each] <= expected} == {}


def groups() -> dict[str, list[str]]:
    """Codes by the comment that they stand under in the source."""
    source = (CHECKOUT / "indicators/domain/outcomes.py").read_text()
    body = source.split("class Reason", 1)[1].split("\nclass ", 1)[0].split("\n\n\n", 1)[0]
    found: dict[str, list[str]] = {}
    codes: list[str] = []
    for line in body.splitlines():
        if comment := re.fullmatch(r"\s+# (.+)", line):
            codes = found[comment[1]] = []
        elif member := re.fullmatch(r"\s+([A-Z_]+) = .+", line):
            codes.append(member[1])
    return found
