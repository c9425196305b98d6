"""What crosses the wall is made in one place each, so that there is one place to read."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.architecture.sources import calls, name, python


@pytest.mark.parametrize(
    ("thing", "maker"),
    [
        ("ValidObject", "indicators/pipeline/stages/validate.py"),
        ("ScreenedObject", "indicators/pipeline/stages/screen.py"),
        ("Said", "indicators/pipeline/stages/hear.py"),
        ("SharedObject", "indicators/pipeline/stages/anonymise.py"),
        ("LinkedObject", "indicators/pipeline/stages/dedupe.py"),
        ("CatalogueObject", "indicators/pipeline/stages/catalogue.py"),
    ],
)
def test_each_thing_is_made_in_one_place(thing: str, maker: str) -> None:
    made = [
        name(path) for path in python("indicators") for _, called in calls(path) if called == thing
    ]
    assert set(made) == {maker}


WRITES_PUBLICATIONS = re.compile(r"INSERT\s+INTO\s+(?:shared\.)?publication\b|Publication\(")


def test_publications_come_into_being_in_one_place() -> None:
    writers = [name(path) for path in python("indicators") if writes(path)]
    assert writers == ["indicators/pipeline/release.py"]


def writes(path: Path) -> bool:
    text = path.read_text().replace("class Publication(", "")
    return bool(WRITES_PUBLICATIONS.search(text))
