"""The data of the screens is made anew by commands, and comes out the same."""

from __future__ import annotations

import json
from importlib import resources
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from indicators.domain.screens.warning_lists import read_list
from indicators.management.commands import import_warning_lists


POLICY = resources.files("indicators.policy")


def test_training_on_the_same_texts_gives_the_same_weights(tmp_path: Path) -> None:
    out, written = StringIO(), tmp_path / "weights.json"
    call_command("train_triage", out=written, stdout=out)
    shipped = json.loads(POLICY.joinpath("triage", "weights.json").read_text("utf-8"))
    made = json.loads(written.read_text("utf-8"))
    assert [each[0] for each in made["features"]] == [each[0] for each in shipped["features"]]
    weights = [each[2] for each in made["features"]]
    assert weights == pytest.approx([each[2] for each in shipped["features"]], abs=0.01)
    assert "Area under the curve" in out.getvalue()


@pytest.mark.parametrize("line", ["{", '{"text": "x"}', '{"text": "x", "label": "gossip"}'])
def test_training_refuses_texts_without_a_known_label(tmp_path: Path, line: str) -> None:
    corpus = tmp_path / "corpus.jsonl"
    corpus.write_text(line)
    with pytest.raises(CommandError):
        call_command("train_triage", corpus=corpus, out=tmp_path / "weights.json")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lists as the MISP project publishes them, and a folder of ours to write into."""
    ours = tmp_path / "ours"
    ours.mkdir()
    universities = POLICY.joinpath("warninglists", "universities.txt").read_text("utf-8")
    (ours / "universities.txt").write_text(universities)
    monkeypatch.setattr(import_warning_lists, "FOLDER", ours)
    for wanted in import_warning_lists.WANTED.values():
        for name in wanted.of:
            (tmp_path / name).mkdir()
            values = ["198.18.0.0/15", "45.0.0.0/25", "45.0.0.128/25", "example.com", "Relay.biz"]
            values += ["a.relay.biz", "college.edu", "2600::/32"]
            text = json.dumps({"version": 7, "list": values})
            (tmp_path / name / "list.json").write_text(text)
    return tmp_path


def test_lists_are_merged_and_lose_what_is_reserved_or_said_elsewhere(folder: Path) -> None:
    call_command("import_warning_lists", str(folder), stdout=StringIO())
    made = read_list("x", (folder / "ours" / "cloud-amazon.txt").read_text())
    assert (made.version, made.licence) == ("7", "CC0-1.0")
    assert made.names == {"relay.biz", "college.edu"}
    assert sorted(each.last - each.first + 1 for each in made.ranges) == [256, 2**96]
    by_name = read_list("x", (folder / "ours" / "universities-by-name.txt").read_text())
    assert by_name.names == {"relay.biz"}


def test_a_folder_without_the_lists_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="holds no readable list"):
        call_command("import_warning_lists", str(tmp_path), stdout=StringIO())
