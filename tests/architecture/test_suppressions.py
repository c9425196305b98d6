"""Switching a check off is a decision: it names what it switches off, and why, in the same line."""

from __future__ import annotations

import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT, CODE, name, python


FILES = [CHECKOUT / "manage.py", *python(*CODE, "tests")]
SUPPRESSION = re.compile(r"#\s*(?:noqa|type:\s*ignore|ruff:\s*noqa|mypy:)", re.IGNORECASE)
REASONED = (
    re.compile(r"#\s*noqa:\s*[A-Z]+[0-9]+(?:,\s*[A-Z]+[0-9]+)*\s+(?P<why>.+)"),
    re.compile(r"#\s*type:\s*ignore\[[a-z-]+(?:,\s*[a-z-]+)*\]\s+#?\s*(?P<why>.+)"),
)
FEWEST_WORDS = 2


def test_a_suppression_has_a_code_and_a_reason() -> None:
    bare = [
        f"{name(path)}:{line} {text}"
        for path in FILES
        for line, text in suppressions(path)
        if not why(text)
    ]
    assert not bare, "\n".join(bare)


def suppressions(path: Path) -> Iterator[tuple[int, str]]:
    with path.open("rb") as source:
        for token in tokenize.tokenize(source.readline):
            if token.type == tokenize.COMMENT and SUPPRESSION.search(token.string):
                yield token.start[0], token.string


def why(comment: str) -> str:
    """The reason, or nothing if there is none worth the name."""
    found = next((match for form in REASONED if (match := form.match(comment))), None)
    reason = found["why"].strip() if found else ""
    return reason if len(reason.split()) >= FEWEST_WORDS else ""


@pytest.mark.parametrize(
    ("comment", "reasoned"),
    [
        ("# noqa: S608  our own text", True),
        ("# noqa: F401, PLC0415  reads the environment", True),
        ("# type: ignore[override]  # DRF's stubs differ", True),
        ("# noqa: S608", False),
        ("# noqa", False),
        ("# noqa: S608  constant", False),
        ("# type: ignore", False),
        ("# type: ignore[override]", False),
    ],
)
def test_the_rule_itself_knows_a_reason_when_it_sees_one(comment: str, reasoned: bool) -> None:  # noqa: FBT001  a table of cases
    assert bool(why(comment)) is reasoned
