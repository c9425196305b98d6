"""Every command explains itself, and ends with 2 and a sentence when it cannot work."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from labkit.cli import labkit, main
from labkit.skeleton import skeleton
from tests.labkit.settings import SECRET, settings


COMMANDS = ("doctor", "match", "pull", "push", "retract", "skeleton", "status", "tokenise")


@pytest.fixture(autouse=True)
def away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A hub where nobody listens."""
    for name, value in settings(tmp_path).items():
        monkeypatch.setenv(name, value)


def test_the_help_names_every_command_and_no_other() -> None:
    assert sorted(labkit.commands) == list(COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_says_how_it_ends(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    assert "Exit status: 0" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["fly"], "No such command"),
        (["match", "/nonexistent.csv", "--kind", "email"], "does not exist"),
        (["match", __file__], "--column email=COLUMN"),
        (["match", __file__, "--column", "emial=mail"], "did you mean email"),
        (["match", __file__, "--kind", "email", "--id", "account"], "--id names a column"),
        (["match", __file__, "--column", "email", "--delimiter", '"'], "--delimiter is one"),
        (["match", __file__, "--kind", "email"], "labkit pull"),
        (["tokenise", __file__, "--kind", "email", "--stix"], "--stix needs --nexus"),
        (["push", "ring", __file__], "is no JSON"),
        (["retract", "exercise", ""], "The id is empty"),
        (["retract", "exercise", "../../etc"], "'../../etc' is no STIX id"),
        (["retract", "exercise", "indicator--8e2e2d2b"], "is no STIX id"),
        (["status", "../../etc"], "'../../etc' is not a valid UUID"),
    ],
)
def test_a_wrong_command_is_told_what_to_do(
    words: Sequence[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(words) == 2
    out, errors = capsys.readouterr()
    assert said in errors
    assert SECRET not in out + errors


def test_without_settings_it_says_where_they_go(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("LABKIT_URL")
    assert main(["pull"]) == 2
    assert "LABKIT_URL" in capsys.readouterr().err


def test_a_fault_of_ours_is_not_taken_for_hits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("labkit.lab.config.load", lambda *_: 1 / 0)
    assert main(["pull"]) == 2
    assert "fault of labkit" in capsys.readouterr().err


def test_a_skeleton_needs_no_hub(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    texts = [
        "you are a careful grader of answers think step by step and give a rubric with reasons "
        f"for each criterion before the final verdict on item {name}"
        for name in ("elm", "oak", "ash", "yew", "fir", "bay", "box", "fig")
    ]
    path = tmp_path / "family.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    assert main(["skeleton", "--prompts", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    made = skeleton(texts)
    assert found == {"bands": [each.hex() for each in made.bands], "shingles": made.shingles}


@pytest.mark.parametrize(
    "line", ["{", '{"txt": "x"}', "[]", pytest.param("[" * 100_000, id="deep")]
)
def test_a_line_that_is_no_prompt_is_named(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "family.jsonl"
    path.write_text('{"text": "x"}\n' + line)
    assert main(["skeleton", "--prompts", str(path)]) == 2
    assert "line 2" in capsys.readouterr().err
