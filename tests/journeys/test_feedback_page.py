"""The commands of docs/feedback.md, word for word, typed into a shell beside a running hub."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.docs.pages import page
from tests.stack import Stack


pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(not shutil.which("curl"), reason="the page's calls are made with curl"),
]

COMMANDS = re.findall(r"^```sh\n(.*?)^```$", page("docs/feedback.md"), re.MULTILINE | re.DOTALL)
BETWEEN = "-- next block --"


@pytest.fixture(scope="module")
def said(demo_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block printed, all typed one after the other into one shell."""
    folder: Path = tmp_path_factory.mktemp("checkout")
    (folder / "var").symlink_to(demo_stack.home.path)
    script = f"\necho '{BETWEEN}'\n".join(["set -eu", *COMMANDS])
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.split(BETWEEN)[1:]


def test_alder_sees_it_too(said: list[str]) -> None:
    [accepted] = json.loads(said[1])["accepted"]
    assert accepted["collection"] == "distillation"
    assert accepted["ids"][0].startswith("sighting--")


def test_birch_reads_that_somebody_does(said: list[str]) -> None:
    [told] = [
        each for each in json.loads(said[2])["feedback"] if each["members_say"] == {"sighted": None}
    ]
    assert told["suspended"] is False


def test_a_word_is_taken_back(said: list[str]) -> None:
    assert json.loads(said[3]) == {}


def test_a_question_waits_for_the_staff(said: list[str]) -> None:
    asked, birch = said[4].split("}", 1)
    assert json.loads(asked + "}")["state"] == "open"
    assert json.loads(birch) == {"asked": [], "for_you": []}
