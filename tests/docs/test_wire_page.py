"""docs/wire.md and the tests name each other's rules."""

from __future__ import annotations

import re

import pytest

from tests.docs.pages import CHECKOUT, page


RULES = re.findall(r"^\| (\d\.\d+) \|", page("docs/wire.md"), flags=re.MULTILINE)
TESTS = "\n".join(path.read_text() for path in (CHECKOUT / "tests" / "taxii").glob("*.py"))


def named(text: str) -> set[str]:
    single = set(re.findall(r"\b(\d\.\d+)\b", text))
    for chapter, first, last in re.findall(r"\b(\d)\.(\d+)(?: to |-)\d\.(\d+)", text):
        single |= {f"{chapter}.{number}" for number in range(int(first), int(last) + 1)}
    return single


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_of_the_wire_has_its_test(rule: str) -> None:
    assert rule in named(TESTS)
