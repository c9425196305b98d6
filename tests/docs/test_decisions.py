"""Decisions that the code refers to exist, and each record says all that a record says."""

from __future__ import annotations

import re

from tests.docs.pages import CHECKOUT, DOCS, name, page


RECORDS = sorted((DOCS / "adr").glob("[0-9]*.md"))
HEADINGS = [
    "Context",
    "Options",
    "Decision",
    "Consequences",
    "What would make us revisit this",
]
NAMED = re.compile(r"\bADR-(\d{4})")
PAGE_NAME = re.compile(r"(?<![\w./-])((?:docs/[\w/-]+|[A-Za-z][\w-]*)\.md)\b")
CODE = ("forum_share", "indicators", "labkit", "tests", "deploy")
SUFFIXES = {".html", ".py", ".sql", ".toml", ""}


def sources() -> dict[str, str]:
    """Text of the code by name, the pages' own tests left out."""
    found = [path for folder in CODE for path in (CHECKOUT / folder).rglob("*")]
    found += [CHECKOUT / "dev", CHECKOUT / "manage.py", CHECKOUT / "pyproject.toml"]
    return {
        name(path): path.read_text()
        for path in found
        if path.is_file() and path.suffix in SUFFIXES and "docs" not in path.parts
    }


def numbers() -> set[str]:
    return {path.name[:4] for path in RECORDS}


def test_numbers_run_without_gap_or_double() -> None:
    assert [path.name[:4] for path in RECORDS] == [f"{n:04d}" for n in range(1, len(RECORDS) + 1)]


def test_every_record_says_why_what_and_until_when() -> None:
    for path in RECORDS:
        text = path.read_text()
        assert text.startswith(f"# ADR-{path.name[:4]}: "), name(path)
        assert re.findall(r"^## (.+)$", text, re.MULTILINE) == HEADINGS, name(path)


def test_the_list_of_records_is_complete() -> None:
    listed = page("docs/adr/README.md")
    assert [path.name for path in RECORDS if f"]({path.name})" not in listed] == []


def test_a_decision_that_is_referred_to_exists() -> None:
    named = {
        (where, number)
        for where, text in {**sources(), **page_texts()}.items()
        for number in NAMED.findall(text)
    }
    assert [each for each in sorted(named) if each[1] not in numbers()] == []


def page_texts() -> dict[str, str]:
    return {name(path): path.read_text() for path in DOCS.rglob("*.md")}


def test_a_page_that_the_code_names_exists() -> None:
    missing = sorted(
        f"{where}: {named}"
        for where, text in sources().items()
        for named in PAGE_NAME.findall(text)
        if not (CHECKOUT / named).exists()
    )
    assert not missing, "\n".join(missing)
