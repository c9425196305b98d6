"""The command of invented worlds: what it says, what it writes, and what the hub finds in it."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from indicators.management.simulating import measure


# They count the databases of the whole cluster.
pytestmark = pytest.mark.xdist_group("simulate")

SMALL = ("--seed", "10", "--labs", "2", "--campaigns", "2", "--accounts", "300")


def said(*words: str) -> str:
    out = io.StringIO()
    call_command("simulate", *SMALL, *words, stdout=out, stderr=io.StringIO())
    return out.getvalue()


def databases() -> set[str]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT datname FROM pg_database WHERE datname LIKE 'forum_scratch_%'")
        return {row[0] for row in cursor.fetchall()}


def test_it_says_what_the_world_is() -> None:
    assert said().startswith("300 accounts at 2 labs, ")
    assert json.loads(said("--json"))["campaigns"] == 2


def test_it_writes_what_each_lab_would_send(tmp_path: Path) -> None:
    said("--out", str(tmp_path / "world"), "--epoch", "2026Q4")
    files = sorted((tmp_path / "world").iterdir())
    assert [each.name for each in files] == ["lab-00.jsonl", "lab-01.jsonl"]
    objects = [o for line in files[0].read_text().splitlines() for o in json.loads(line)["objects"]]
    assert {"match-token", "grouping", "campaign"} <= {each["type"] for each in objects}
    with pytest.raises(CommandError, match="--epoch"):
        said("--out", str(tmp_path))


@pytest.mark.django_db(transaction=True)
def test_the_hub_finds_what_the_truth_says_and_nothing_of_it_stays() -> None:
    before, configured = databases(), connection.settings_dict["NAME"]
    [line] = said("--score", "--json", "--processes", "1").splitlines()
    found = json.loads(line)
    assert found["precision"] > 0.9  # a forum of two campaigns; larger ones are told apart better
    assert found["recall"] > 0.9
    assert found["stability_new"] > 0.98
    assert found["kept_new"] > 0.9
    assert found["objects"] > 900
    assert {"push", "correlate_all", "take_in_new"} <= found["seconds"].keys()
    assert databases() == before
    assert connection.settings_dict["NAME"] == configured


@pytest.mark.django_db(transaction=True)
def test_stopped_in_the_middle_it_leaves_no_database(monkeypatch: Any) -> None:
    def interrupted(*_args: Any) -> None:
        assert len(databases()) == len(before) + 1
        raise KeyboardInterrupt

    before = databases()
    monkeypatch.setattr(measure.Measurement, "run", interrupted)
    with pytest.raises(CommandError, match="Stopped"):
        said("--score")
    assert databases() == before
