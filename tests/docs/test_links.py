"""Every page leads where it says, and names no machine."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tests.docs.pages import CHECKOUT, name, pages


LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} +(.+)$", re.MULTILINE)
MACHINE = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/|\b[A-Z]:\\Users|\bfile://")
TEXT = {"", ".cfg", ".css", ".html", ".in", ".ini", ".json", ".md", ".py", ".sh", ".sql", ".svg"}
TEXT |= {".toml", ".txt", ".yaml", ".yml"}


def links(path: Path) -> Iterator[tuple[str, str]]:
    """Target and fragment of every relative link."""
    for target in LINK.findall(FENCED.sub("", path.read_text())):
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc:
            yield unquote(parts.path), parts.fragment


def test_there_are_pages() -> None:
    assert {"README.md", "docs/architecture.md", "docs/adr/README.md"} <= set(map(name, pages()))


def test_every_relative_link_leads_to_a_file() -> None:
    broken = [
        f"{name(path)}: {target}"
        for path in pages()
        for target, _ in links(path)
        if target and not (path.parent / target).exists()
    ]
    assert not broken, "\n".join(broken)


def test_every_anchor_is_a_heading_of_its_page() -> None:
    broken = [
        f"{name(path)}: {target}#{fragment}"
        for path in pages()
        for target, fragment in links(path)
        if fragment and fragment not in anchors((path.parent / target) if target else path)
    ]
    assert not broken, "\n".join(broken)


@cache
def anchors(path: Path) -> frozenset[str]:
    """Headings as GitHub makes anchors of them."""
    text = FENCED.sub("", path.read_text())
    plain = (re.sub(r"[`*]", "", heading).strip().lower() for heading in HEADING.findall(text))
    return frozenset(re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in plain)


def test_no_file_of_the_project_names_somebodys_machine() -> None:
    found = [
        f"{name(path)}:{number} {line.strip()[:80]}"
        for path in kept()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if MACHINE.search(line) and path != Path(__file__)
    ]
    assert not found, "\n".join(found)


def kept() -> list[Path]:
    """Every text file that belongs to the project, by git's own account where there is git."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    listed = subprocess.run(
        command, cwd=CHECKOUT, capture_output=True, text=True, check=True
    ).stdout
    paths = [CHECKOUT / each for each in listed.split("\0") if each]
    return [path for path in paths if path.suffix in TEXT and path.is_file()]
