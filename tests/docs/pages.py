"""The project's pages as text and as tables."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path


CHECKOUT = Path(__file__).resolve().parents[2]
DOCS = CHECKOUT / "docs"
CELL = re.compile(r"(?<!\\)\|")
CODE = re.compile(r"`([^`]+)`")


def page(name: str) -> str:
    return (CHECKOUT / name).read_text()


def pages() -> list[Path]:
    """Every page of ours: in the root, and under docs/."""
    return sorted([*CHECKOUT.glob("*.md"), *DOCS.rglob("*.md")])


def name(path: Path) -> str:
    return path.relative_to(CHECKOUT).as_posix()


def section(text: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above; `## Words`."""
    level = len(heading) - len(heading.lstrip("#"))
    _, _, rest = text.partition(f"\n{heading}\n")
    assert rest, f"no heading {heading!r}"
    return re.split(rf"\n#{{1,{level}}} ", rest, maxsplit=1)[0]


def tables(text: str) -> Iterator[list[list[str]]]:
    """Every table: rows of cells, without the two lines of its head."""
    for block in re.findall(r"(?:^\|.*\n?)+", text, re.MULTILINE):
        lines = [cells(line) for line in block.strip().splitlines()]
        yield lines[2:]


def table(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading."""
    return next(tables(section(text, heading)))


def cells(line: str) -> list[str]:
    return [cell.strip() for cell in CELL.split(line.strip())[1:-1]]


def code(cell: str) -> str:
    """The one word in backticks that a cell holds."""
    (found,) = CODE.findall(cell)
    return str(found)
