"""A file that needs scrolling for minutes, or a function that does not fit a screen, is two."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from tests.architecture.sources import CHECKOUT, CODE, name, python, tree


MOST_LINES = 400
FUNCTION = 60
DOMAIN_FUNCTION = 40
DOMAIN = "indicators/domain/"
FILES = [CHECKOUT / "manage.py", *python(*CODE, "tests")]


def test_a_file_has_four_hundred_lines_at_most() -> None:
    long = [f"{name(path)}: {lines}" for path in FILES if (lines := length(path)) > MOST_LINES]
    assert not long, "\n".join(long)


def test_a_function_fits_a_screen() -> None:
    long = [
        f"{name(path)}:{at} {what}: {lines}"
        for path in FILES
        for at, what, lines in functions(path)
        if lines > (DOMAIN_FUNCTION if name(path).startswith(DOMAIN) else FUNCTION)
    ]
    assert not long, "\n".join(long)


def length(path: Path) -> int:
    return len(path.read_text().splitlines())


def functions(path: Path) -> Iterator[tuple[int, str, int]]:
    """First line, name and number of lines of every function, decorators not counted."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            yield node.lineno, node.name, node.end_lineno - node.lineno + 1
