"""labkit stands by itself: as a package without the hub, and as a command of the checkout."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from forum_share.embedded.home import CHECKOUT


VENV = Path(sys.prefix)
NO_REGISTRY = ("connect", "dns error", "failed to fetch", "timed out", "name resolution")


def run(*words: str, **environment: str) -> subprocess.CompletedProcess[str]:
    env = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    return subprocess.run(
        words, env=env | environment, capture_output=True, text=True, check=False, timeout=150
    )


def uv(*words: str) -> subprocess.CompletedProcess[str]:
    return run(sys.executable, "-m", "uv", *words, UV_SYSTEM_CERTS="1", UV_PYTHON_DOWNLOADS="never")


@pytest.mark.slow
def test_installed_by_itself_it_runs_without_the_hub(tmp_path: Path) -> None:
    made = uv("venv", "--quiet", "--python", sys.executable, str(tmp_path / "venv"))
    assert made.returncode == 0, made.stderr
    python = tmp_path / "venv" / "bin" / "python"
    source = tmp_path / "labkit"  # a build leaves its traces beside what it builds
    run("cp", "-r", str(CHECKOUT / "labkit"), str(source))
    installed = uv("pip", "install", "--quiet", "--python", str(python), str(source))
    if installed.returncode and any(each in installed.stderr.lower() for each in NO_REGISTRY):
        pytest.skip("no package registry in reach")
    assert installed.returncode == 0, installed.stderr

    helped = run(str(python.with_name("labkit")), "--help")
    assert helped.returncode == 0, helped.stderr
    assert "match" in helped.stdout
    assert run(str(python), "-c", "import django").returncode != 0
    folded = "from labkit.normalise import email_canon; print(email_canon('A.B+c@gmail.com'))"
    assert run(str(python), "-c", folded).stdout == "ab@gmail.com\n"


@pytest.mark.skipif(VENV != CHECKOUT / ".venv", reason="the tests run in another environment")
@pytest.mark.skipif(not os.access(VENV / "bin", os.W_OK), reason="needs a .venv it may complete")
def test_dev_puts_the_command_into_its_environment(tmp_path: Path) -> None:
    done = run(str(CHECKOUT / "dev"), "reset", "--yes", FORUM_HOME=str(tmp_path / "home"))
    assert done.returncode == 0, done.stderr
    (tmp_path / "labkit.py").write_text("raise SystemExit('the wrong module')")
    done = subprocess.run(
        [str(VENV / "bin" / "labkit"), "--version"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout.strip()) == (0, "0.1.0"), done.stderr
