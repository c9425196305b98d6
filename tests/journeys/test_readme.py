"""The README's commands, word for word, typed into a shell beside a running hub."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from forum_share.embedded.home import CHECKOUT
from tests.stack import Stack


pytestmark = [
    pytest.mark.stack,
    pytest.mark.skipif(
        not shutil.which("curl"), reason="the README's first push is made with curl"
    ),
]

README = (CHECKOUT / "README.md").read_text()
COMMANDS = re.findall(r"^```sh\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
TO_READ = re.findall(r"^```console\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)
BETWEEN = "-- next block --"


@pytest.fixture(scope="module")
def said(demo_stack: Stack, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each block printed, all typed one after the other into one shell.

    The folder looks as the checkout does for who runs `./dev run` in it.
    """
    folder = tmp_path_factory.mktemp("checkout")
    (folder / "var").symlink_to(demo_stack.home.path)
    (folder / ".venv").symlink_to(sys.prefix)
    script = f"\necho '{BETWEEN}'\n".join(["set -eu", *COMMANDS])
    done = subprocess.run(
        ["sh", "-c", script], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout.split(BETWEEN)[1:]


def test_every_block_was_run(said: list[str]) -> None:
    assert len(said) == len(COMMANDS) == 7


def test_alders_push_is_answered_with_a_pending_status(said: list[str]) -> None:
    status = json.loads(said[1])
    assert (status["status"], status["total_count"]) == ("pending", 1)


def test_the_status_tells_what_was_published_and_what_was_left_behind(said: list[str]) -> None:
    status = json.loads(said[2])
    assert status["status"] == "complete"
    (message,) = (each["message"] for each in status["successes"])
    assert message.startswith("published as indicator--")
    assert "name held: FREE_TEXT" in message
    assert "not shared: labels" in message


def test_birch_pulls_the_indicator_without_alders_habits(said: list[str]) -> None:
    patterns = [each["pattern"] for each in json.loads(said[3])["objects"]]
    assert "[domain-name:value = 'relay.meadowexit.example']" in patterns
    assert "Tuesday" not in said[3]
    assert "alder" not in said[3]


def test_taxii2_client_pushes_and_pulls(said: list[str]) -> None:
    first, *pulled = said[4].strip().splitlines()
    assert first.startswith("complete published as indicator--")
    assert any("203.0.113.17" in line for line in pulled)


def test_birch_finds_its_own_account_by_a_token(said: list[str]) -> None:
    assert "A-2" in said[6]
    assert "A-1" not in said[6]
    assert said[6].strip().endswith("exit status 1: there are hits")


def test_the_two_commands_are_commands_of_dev() -> None:
    usage = subprocess.run(
        [str(Path(CHECKOUT) / "dev"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    named = re.findall(r"^\$ \./dev (\w+)", "".join(TO_READ), re.MULTILINE)
    assert named == ["run", "test"]
    assert [each for each in named if f"\n  {each} " not in usage] == []
