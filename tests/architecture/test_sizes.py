"""A file that needs scrolling for minutes, or a function that does not fit a screen, is two."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import CHECKOUT, CODE, name, python, tree


MOST_LINES = 400
FUNCTION = 60
DOMAIN_FUNCTION = 40
FILES = [CHECKOUT / "manage.py", *python(*CODE, "tests")]


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_has_four_hundred_lines_at_most(path: Path) -> None:
    assert len(path.read_text().splitlines()) <= MOST_LINES


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_function_fits_a_screen(path: Path) -> None:
    most = DOMAIN_FUNCTION if name(path).startswith("indicators/domain/") else FUNCTION
    assert [
        f"{name(path)}:{at} {what}" for at, what, lines in functions(path) if lines > most
    ] == []


def functions(path: Path) -> Iterator[tuple[int, str, int]]:
    """First line, name and number of lines of every function, decorators not counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.lineno, node.name, node.end_lineno - node.lineno + 1
