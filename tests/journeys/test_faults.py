"""Killed in the middle, and polled while many write: nothing is lost, nothing comes twice."""

from __future__ import annotations

import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from tests.forum import LABS, indicator
from tests.journeys.lab import LabClient
from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]


def numbered(run: str, number: int) -> dict[str, Any]:
    return indicator(f"[domain-name:value = '{run}-{number}.meadowexit.example']")


def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(
    new_stack: Callable[..., Stack],
) -> None:
    hub = new_stack()
    hub.seed()
    alder, birch = LabClient(hub, "alder"), LabClient(hub, "birch")
    run, wanted = uuid.uuid4().hex[:8], 4000
    submissions = []
    for start in range(0, wanted, 500):
        envelope = [numbered(run, number) for number in range(start, start + 500)]
        submissions.append(alder.post("distillation", *envelope)["id"])
        if start in (500, 1500, 2500):
            time.sleep(0.3)
            kill(hub, "worker")
    statuses = [alder.finished(each, within=200) for each in submissions]
    assert sum(each["success_count"] for each in statuses) == wanted
    patterns = Counter(each["pattern"] for each in birch.feed("distillation", type="indicator"))
    ours = {pattern: n for pattern, n in patterns.items() if run in pattern}
    assert len(ours) == wanted
    assert set(ours.values()) == {1}


def kill(hub: Stack, name: str) -> None:
    """Kill a process as soon as the supervisor has (again) started it."""
    deadline = time.monotonic() + 30
    while name not in hub.processes:
        assert time.monotonic() < deadline, f"{name} did not come back"
        time.sleep(0.1)
    hub.kill(name)


def test_pollers_see_each_object_once_while_labs_write(demo_stack: Stack) -> None:
    birch = LabClient(demo_stack, "birch")
    run, per_lab, stop = uuid.uuid4().hex[:8], 60, threading.Event()

    def write(lab: LabClient) -> None:
        shard = LABS.index(lab.member)
        for number in range(per_lab):
            lab.post("distillation", numbered(f"{run}-{shard}", number))

    seen: dict[str, list[str]] = {"next": [], "added_after": []}
    pollers = [threading.Thread(target=poll, args=(birch, how, seen[how], stop)) for how in seen]
    writers = [threading.Thread(target=write, args=(LabClient(demo_stack, name),)) for name in LABS]
    for thread in [*pollers, *writers]:
        thread.start()
    for thread in writers:
        thread.join()
    everything = {each["id"] for each in settled(birch, run, 3 * per_lab)}
    time.sleep(1)
    stop.set()
    for thread in pollers:
        thread.join()
    for how, ids in seen.items():
        counted = Counter(each for each in ids if each in everything)
        assert set(counted) == everything, how
        assert set(counted.values()) == {1}, how


def settled(lab: LabClient, run: str, wanted: int) -> list[dict[str, Any]]:
    deadline = time.monotonic() + 60
    found: list[dict[str, Any]] = []
    while time.monotonic() < deadline:
        found = [
            each for each in lab.feed("distillation", type="indicator") if run in each["pattern"]
        ]
        if len(found) == wanted:
            return found
        time.sleep(0.2)
    raise AssertionError(f"{len(found)} of {wanted} published")


def poll(lab: LabClient, how: str, ids: list[str], stop: threading.Event) -> None:
    """Read on with the one means alone: the cursor while there is one, or the last date added."""
    url = lab.url("distillation", "objects")
    after, cursor = "", ""
    while True:
        ending = stop.is_set()
        parameters: dict[str, Any] = {"limit": 7}
        if how == "next" and cursor:
            parameters["next"] = cursor
        elif after:
            parameters["added_after"] = after
        answer = lab.get(url, **parameters)
        page = answer.json()
        ids += [each["id"] for each in page.get("objects", [])]
        after = answer.headers.get("X-TAXII-Date-Added-Last", after)
        cursor = page.get("next", "")
        if ending and not page.get("more"):
            return
        time.sleep(0.01)
