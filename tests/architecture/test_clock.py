"""The clock is read at the edge and passed on, so that what is decided can be decided again."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.architecture.sources import calls, imported, name, python


EDGES = (
    "indicators/admin",  # screens
    "indicators/console/",
    "indicators/management/",  # commands
    "indicators/peers/",
    "indicators/pipeline/tasks.py",
    "indicators/portal/",
    "indicators/rest/",
    "indicators/taxii/",
)
CLOCKS = frozenset(
    "datetime.now datetime.utcnow datetime.today datetime.datetime.now datetime.datetime.utcnow "
    "date.today datetime.date.today timezone.now django.utils.timezone.now time.time "
    "time.time_ns time.gmtime time.localtime".split()
)
CHANCE = frozenset({"random", "secrets", "time", "socket", "subprocess"})
PURE = ("indicators/domain", "indicators/pipeline/stages")


@pytest.mark.parametrize(
    "path", [path for path in python("indicators") if not name(path).startswith(EDGES)], ids=name
)
def test_nothing_behind_the_edge_asks_what_time_it_is(path: Path) -> None:
    assert [f"{name(path)}:{line}" for line, called in calls(path) if called in CLOCKS] == []


@pytest.mark.parametrize("path", python(*PURE), ids=name)
def test_the_pure_part_knows_no_chance_either(path: Path) -> None:
    random = {"uuid.uuid4", "uuid4", "uuid.uuid1", "os.urandom", "urandom"}
    assert [f"{name(path)}:{line}" for line, called in calls(path) if called in random] == []
    assert CHANCE.isdisjoint(imported(path))
