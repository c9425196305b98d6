"""Nothing that a running hub writes, keeps or sends about holds a raw identifier."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from redis import Redis

from forum_share.embedded import postgres
from tests.canaries import leaked, objects
from tests.journeys.lab import LabClient
from tests.stack import Stack


pytestmark = pytest.mark.stack


@pytest.fixture
def hub(new_stack: Callable[..., Stack]) -> Stack:
    made = new_stack()
    made.seed()
    return made


@contextmanager
def overheard(url: str) -> Iterator[list[bytes]]:
    """Every command that the broker gets meanwhile: task arguments are among them."""
    said: list[bytes] = []
    with Redis.from_url(url) as broker, broker.monitor() as monitor:

        def listen() -> None:
            for command in monitor.listen():
                said.append(str(command).encode())
                if "the end" in str(command):
                    return

        listener = threading.Thread(target=listen)
        listener.start()
        yield said
        with Redis.from_url(url) as other:
            other.echo("the end")
        listener.join(timeout=10)


def dump(url: str) -> bytes:
    """The database as a backup has it."""
    command = [postgres.client("pg_dump"), f"--dbname={url}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def kept_in(broker: Redis) -> bytes:
    return b"\n".join(broker.dump(key) or b"" for key in broker.scan_iter())


def files_below(folder: Path) -> Iterator[Path]:
    """Logs, the cluster's data and its write-ahead log, the broker's, keys, cards."""
    return (path for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


@pytest.mark.timeout(600)  # it reads every file of a hub
def test_a_running_hub_keeps_no_raw_identifier(hub: Stack) -> None:
    alder = LabClient(hub, "alder")
    with overheard(hub.redis_url) as said:
        posted = alder.post("distillation", *objects())
        status = alder.finished(posted["id"])
    counts = [status[f"{each}_count"] for each in ("success", "failure", "pending")]
    assert counts == [1, 1, 6], status  # five wait for a batch as tokens, one for a person

    assert b"process_submission" in b"".join(said)  # it did listen
    assert leaked(b"\n".join(said)) == []
    assert posted["id"].encode() in (dumped := dump(hub.database_url))
    assert leaked(dumped) == []
    with Redis.from_url(hub.redis_url) as broker:
        assert leaked(kept_in(broker)) == []
    for path in files_below(hub.home.path):
        assert leaked(path.read_bytes()) == [], path
