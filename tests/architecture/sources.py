"""The project's own files, as text and as syntax trees: what the rules of this folder look at."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path


CHECKOUT = Path(__file__).resolve().parents[2]
CODE = ("forum_share", "indicators", "labkit")
GENERATED = "indicators/migrations/"


def python(*folders: str) -> list[Path]:
    """Every Python file below these folders of the checkout, generated ones left out."""
    found = (path for folder in folders for path in (CHECKOUT / folder).rglob("*.py"))
    return sorted(path for path in found if not name(path).startswith(GENERATED))


def name(path: Path) -> str:
    """The path from the checkout, as people write it."""
    return path.relative_to(CHECKOUT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(), filename=name(path))


def imported(path: Path) -> Iterator[str]:
    """Every module that the file imports, with what it takes from it (`a.b` and `a.b.c`)."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def calls(path: Path) -> Iterator[tuple[int, str]]:
    """Line and dotted name (`datetime.now`) of every call by name."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call) and (called := dotted(node.func)):
            yield node.lineno, called


def dotted(node: ast.expr) -> str:
    """`a.b.c` of a chain of names; empty for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (before := dotted(node.value)):
        return f"{before}.{node.attr}"
    return ""
