"""./dev as a stranger finds it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forum_share.embedded.home import CHECKOUT
from tests import services


DEV = CHECKOUT / "dev"
# The environment the tests run in: whatever it is, it has what `./dev run` needs.
VENV = Path(sys.prefix)


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A folder to call from, with a file that must not be taken for one of ours."""
    (tmp_path / "forum_share.py").write_text("raise SystemExit('the wrong module')")
    return tmp_path


def dev(*words: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {**services.without_tests(), "DATABASE_URL": "", "REDIS_URL": "", **environment}
    return subprocess.run(
        [str(DEV), *words],
        cwd=cwd,
        env=env,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("word", ["--help", "-h", "help"])
def test_help_names_every_command(word: str, elsewhere: Path) -> None:
    said = dev(word, cwd=elsewhere).stdout
    for command in ("run", "test", "check", "manage", "psql", "reset", "lock"):
        assert f"\n  {command} " in said


def test_an_unknown_command_is_refused_with_the_list(elsewhere: Path) -> None:
    done = dev("fly", cwd=elsewhere)
    assert done.returncode == 2
    assert "no command fly" in done.stderr
    assert "./dev run" in done.stderr or "run [--port N]" in done.stderr


@pytest.mark.skipif(VENV != CHECKOUT / ".venv", reason="the tests run in another environment")
@pytest.mark.skipif(not os.access(VENV, os.W_OK), reason="needs a .venv it may complete")
def test_manage_works_from_anywhere_with_services_of_its_own(elsewhere: Path) -> None:
    home = elsewhere / "home"
    done = dev("manage", "migrate", "--plan", cwd=elsewhere, FORUM_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert "indicators.0001_initial" in done.stdout
    done = dev("reset", "--yes", cwd=elsewhere, FORUM_HOME=str(home))
    assert done.returncode == 0, done.stderr
    assert not home.exists()
