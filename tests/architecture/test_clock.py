"""The clock is read at the edge and passed on, so that what is decided can be decided again."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path

from tests.architecture.sources import calls, imported, name, python


EDGES = (
    "indicators/admin",  # screens
    "indicators/console/",
    "indicators/doors/",
    "indicators/management/",  # commands
    "indicators/matching/tasks.py",
    "indicators/peers/",
    "indicators/pipeline/tasks.py",
    "indicators/portal/",
    "indicators/rest/",
    "indicators/taxii/",
)
CLOCKS = frozenset({
    "date.today", "datetime.date.today", "datetime.datetime.now", "datetime.datetime.utcnow",
    "datetime.now", "datetime.today", "datetime.utcnow", "django.utils.timezone.now", "time.gmtime",
    "time.localtime", "time.time", "time.time_ns", "timezone.now",
})  # fmt: skip
CHANCE = frozenset({"uuid.uuid1", "uuid.uuid4", "uuid4", "os.urandom"})
NOT_PURE = frozenset({"random", "secrets", "socket", "subprocess", "time"})
PURE = ("indicators/domain", "indicators/pipeline/stages")


def test_nothing_behind_the_edge_asks_what_time_it_is() -> None:
    inside = [path for path in python("indicators") if not name(path).startswith(EDGES)]
    assert called_in(inside, CLOCKS) == []


def test_the_pure_part_knows_no_chance_either() -> None:
    bed = python(*PURE)
    assert called_in(bed, CHANCE) == []
    assert [name(path) for path in bed if not NOT_PURE.isdisjoint(imported(path))] == []


def called_in(paths: Iterable[Path], forbidden: Collection[str]) -> list[str]:
    return [
        f"{name(path)}:{line} {called}"
        for path in paths
        for line, called in calls(path)
        if called in forbidden
    ]
