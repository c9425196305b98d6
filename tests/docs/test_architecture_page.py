"""docs/architecture.md describes the house that stands: its folders, and the guards it names."""

from __future__ import annotations

import ast
import re
import tomllib

from tests.docs.pages import CHECKOUT, DOCS, page, section


PAGE = page("docs/architecture.md")
FLAT = " ".join(PAGE.split())


def test_every_folder_of_the_app_has_a_word_said_about_it() -> None:
    folders = [path.name for path in (CHECKOUT / "indicators").iterdir() if path.is_dir()]
    ours = [folder for folder in folders if not folder.startswith(("_", "."))]
    assert [each for each in ours if f"`indicators/{each}/`" not in PAGE] == []


def test_no_folder_is_described_that_is_not_there() -> None:
    named = re.findall(r"`(indicators/\w+(?:/|\.py))`", PAGE)
    assert [each for each in named if not (CHECKOUT / each).exists()] == []


def test_every_file_that_the_pages_name_exists() -> None:
    form = re.compile(r"`((?:indicators|forum_share|tests|deploy|docs)/[\w./-]*\.\w+)(?:::\w+)?`")
    named = {each for path in DOCS.rglob("*.md") for each in form.findall(path.read_text())}
    assert named
    assert [each for each in sorted(named) if not (CHECKOUT / each).exists()] == []


def test_invariants_are_numbered_and_each_names_a_guard() -> None:
    invariants = re.split(r"^\d+\. ", section(PAGE, "## Invariants"), flags=re.MULTILINE)[1:]
    numbers = re.findall(r"^(\d+)\. ", section(PAGE, "## Invariants"), re.MULTILINE)
    assert [int(number) for number in numbers] == list(range(1, len(numbers) + 1))
    assert [each[:60] for each in invariants if "Guard" not in each] == []


def test_every_test_that_guards_an_invariant_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)
    assert named
    missing = [f"{path}::{test}" for path, test in named if test not in defined_in(path)]
    assert not missing, "\n".join(missing)


def defined_in(path: str) -> set[str]:
    file = CHECKOUT / path
    tree = ast.parse(file.read_text() if file.exists() else "")
    return {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_contract_that_guards_an_invariant_exists() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())
    contracts = {each["name"] for each in project["tool"]["importlinter"]["contracts"]}
    invariants = " ".join(section(PAGE, "## Invariants").split())
    named = [
        quoted
        for clause in re.findall(r"contracts? ((?:\"[^\"]+\"(?:, )?)+)", invariants)
        for quoted in re.findall(r"\"([^\"]+)\"", clause)
    ]
    assert named
    assert [each for each in named if each not in contracts] == []
