"""Front-end files of others lie here as they were published: `vendor.json` says which."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.docs.pages import CHECKOUT


FOLDERS = (CHECKOUT / "indicators/static/ui/vendor", CHECKOUT / "tests/browser/vendor")


def listed(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "vendor.json").read_text())
    return found


FILES = [
    pytest.param(folder / file, facts, id=file)
    for folder in FOLDERS
    for file, facts in listed(folder).items()
]


@pytest.mark.parametrize(("path", "facts"), FILES)
def test_a_file_is_the_one_that_was_published(path: Path, facts: dict[str, str]) -> None:
    assert sha256(path.read_bytes()).hexdigest() == facts["sha256"]
    # It says its own version: whoever updates a file and its sum cannot forget the number.
    assert facts["version"] in path.read_text()
    assert facts["package"]
    assert facts["licence"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_nothing_lies_there_unlisted_and_all_comes_with_its_licence(folder: Path) -> None:
    names = set(listed(folder))
    licences = {f"{name.partition('.')[0]}.LICENSE" for name in names}
    assert {each.name for each in folder.iterdir()} == {*names, *licences, "vendor.json"}
