"""The whole hub under its supervisor: what survives, and what is left behind."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
import requests

from tests.stack import Stack


pytestmark = [pytest.mark.stack, pytest.mark.slow, pytest.mark.timeout(300)]


ALL_MEMBERS = "from indicators.models.member import Member; print(*Member.objects.values('slug'))"


def ready(hub: Stack) -> bool:
    try:
        words = requests.get(f"{hub.root}readyz", timeout=5).json()
    except (requests.RequestException, ValueError):
        return False
    return set(words.values()) == {"ok"}


def replaced(hub: Stack, name: str, pid: int) -> bool:
    return hub.processes.get(name, pid) != pid


def eventually(condition: Callable[[], bool], within: float = 60.0) -> None:
    end = time.monotonic() + within
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)


def test_every_process_that_is_killed_comes_back(new_stack: Callable[..., Stack]) -> None:
    hub = new_stack()
    for name, pid in hub.processes.items():
        hub.kill(name)
        eventually(partial(replaced, hub, name, pid))
        eventually(partial(ready, hub))


def test_a_restart_keeps_data_and_secrets_and_a_stop_leaves_nothing_running(
    new_stack: Callable[..., Stack],
) -> None:
    hub = new_stack()
    hub.manage("add_member", "alder", "--name", "Alder Labs")
    secrets, pids = hub.home.secrets.read_text(), hub.processes.values()
    hub.stop()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)
    assert not hub.home.sockets.exists()
    assert not hub.home.card.exists()
    again = hub.restart()
    assert again.home.secrets.read_text() == secrets
    assert "alder" in again.manage("shell", "-c", ALL_MEMBERS)


def test_two_copies_run_side_by_side(stack: Stack, new_stack: Callable[..., Stack]) -> None:
    other = new_stack()
    assert ready(stack)
    assert ready(other)
    assert other.root != stack.root
    assert other.database_url != stack.database_url
