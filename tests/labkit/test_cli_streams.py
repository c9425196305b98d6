"""Where the input or the output is missing, a command says so and ends with 2, never with 1."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from labkit.cli import main
from labkit.lab import Lab
from tests.labkit.evaluator import NOW, serving_keys
from tests.labkit.settings import settings


ROOT = Path(__file__).parents[2]
FULL = Path("/dev/full")
needs_full = pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")


def ended(tmp_path: Path, redirected: str, *words: str) -> tuple[int, str]:
    """Status of a command in a shell, and what it said."""
    errors = tmp_path / "errors"
    line = " ".join([sys.executable, "-P", "-m", "labkit", *words])
    done = subprocess.run(
        ["/bin/sh", "-c", f"{line} 2>{errors} {redirected}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    return done.returncode, errors.read_text()


@pytest.mark.parametrize(
    ("redirected", "said"),
    [
        pytest.param(">/dev/full", "labkit: No space left on device", marks=needs_full),
        (">&-", "labkit: stdout is closed"),
        ("<&-", "labkit: stdin is closed"),
        pytest.param("2>/dev/full >&-", "", marks=needs_full),
        ("2>&-", ""),
    ],
)
def test_a_command_ends_with_one_line(redirected: str, said: str, tmp_path: Path) -> None:
    status, errors = ended(tmp_path, redirected, "--help")
    assert (status, errors[: len(said)]) == (2, said)
    assert errors.count("\n") == bool(said)


def test_whoever_stops_reading_is_not_told_of_hits(tmp_path: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    done = subprocess.run(
        [sys.executable, "-P", "-m", "labkit", "--help"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=write,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(write)
    assert (done.returncode, done.stderr) == (2, b"")


@pytest.fixture
def words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """`labkit match` of one address, after a pull that brought nothing."""
    (tmp_path / "values").write_text("ann@mail.example\n")
    with serving_keys() as hub:
        env = settings(tmp_path, url=hub.url)
        for name, value in env.items():
            monkeypatch.setenv(name, value)
        lab = Lab(None, env, quiet=True)
        lab.store.take("c1", "ring", [], added_last="", now="today")
        lab.close()
        monkeypatch.setattr("labkit.cli_match.now", lambda: NOW)
        yield ["match", str(tmp_path / "values"), "--kind", "email", "--format", "csv"]


@needs_full
def test_hits_that_cannot_be_written_are_an_error(
    words: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with FULL.open("w") as full:
        monkeypatch.setattr(sys, "stdout", full)
        assert main(words) == 2
    errors = capsys.readouterr().err
    assert "No space left on device" in errors
    assert "Traceback" not in errors
