"""What labkit/README.md tells an engineer to type is what labkit understands."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from forum_share.embedded.home import CHECKOUT
from labkit.cli import labkit, main
from labkit.config import load


README = (CHECKOUT / "labkit" / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


COMMANDS = [
    part.partition(">")[0].strip().removeprefix("labkit ")
    for block in blocks("sh")
    for line in block.splitlines()
    for part in line.split("|")
    if part.strip().startswith("labkit ")
]


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_is_one_with_these_options(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An unknown option is refused before --help is heeded."""
    monkeypatch.chdir(tmp_path)
    for name in re.findall(r"\S+\.(?:csv|jsonl?)", command):
        (tmp_path / name).touch()
    assert main([*shlex.split(command), "--help"]) == 0


def test_every_command_is_shown() -> None:
    assert {command.split()[0] for command in COMMANDS} >= set(labkit.commands)


def test_the_settings_are_settings(tmp_path: Path) -> None:
    [text] = blocks("toml")
    (tmp_path / "secret").write_text("s")
    (tmp_path / "secret").chmod(0o600)
    path = tmp_path / "config.toml"
    path.write_text(text.replace("/etc/labkit/secret", str(tmp_path / "secret")))
    assert load(path, {}).root == "https://hub.example/"


def test_the_python_runs() -> None:
    [text] = blocks("python")
    names: dict[str, object] = {}
    exec(text, names)
    assert len(names["batch"].body) == 32  # type: ignore[attr-defined]  # what exec made has no type
