"""PostgreSQL and Valkey for the tests: given by the environment, or embedded and shared.

One run of the tests has one folder. Whoever needs the servers first starts them; they end with the
process that the run began with.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from urllib.parse import urlsplit

from redis import Redis

from forum_share.embedded import postgres, valkey
from forum_share.embedded.home import CHECKOUT, Home
from forum_share.embedded.trouble import TroubleError


OURS = "FORUM_TEST_OURS"  # which of the two variables below we filled in ourselves
REDIS = "FORUM_TEST_REDIS"  # the broker before a database of it was chosen
LEADER = "FORUM_TEST_LEADER"


def choose(run: Path, *, worker: int) -> None:
    """Put DATABASE_URL and REDIS_URL into the environment; starts nothing."""
    home = Home(run / "services")
    if OURS not in os.environ:
        ours = [name for name in ("DATABASE_URL", "REDIS_URL") if not os.environ.get(name)]
        os.environ[OURS] = " ".join(ours)
        os.environ[REDIS] = os.environ.get("REDIS_URL") or valkey.url(home)
        os.environ["DATABASE_URL"] = os.environ.get("DATABASE_URL") or postgres.url(home)
    os.environ["REDIS_URL"] = redis_database(1 + worker)


def redis_database(number: int) -> str:
    """The broker's URL with another of its databases, counted from the one that was named."""
    parts = urlsplit(os.environ[REDIS])
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    first = int(parts.path.strip("/") or 0)
    return with_path(os.environ[REDIS], f"/{first + number}")


def quiet_redis() -> str:
    """A database of the broker that this process shares with no worker, beat or other test."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
    return redis_database(4 + process)


def with_path(url: str, path: str) -> str:
    """The URL with another path. (urllib's own would lose the // before an empty host.)"""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{parts.netloc}{path}{query}"


def is_ours(name: str) -> bool:
    return name in os.environ[OURS].split()


def ensure(run: Path) -> None:
    """Returns once what is ours runs."""
    if not os.environ[OURS]:
        return
    with one_at_a_time(run):
        given = {
            "DATABASE_URL": "" if is_ours("DATABASE_URL") else os.environ["DATABASE_URL"],
            "REDIS_URL": "" if is_ours("REDIS_URL") else os.environ[REDIS],
        }
        start(Home(run / "services"), "services", given)


def empty_broker(url: str) -> None:
    """A server that was given may still hold what an earlier run left in this database of it."""
    with Redis.from_url(url) as redis:
        redis.flushdb()


@contextlib.contextmanager
def one_at_a_time(run: Path) -> Iterator[None]:
    with (run / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def start(home: Home, command: str, given: Mapping[str, str], *words: str) -> None:
    """Start a supervisor in this home unless it runs; returns once it says it is ready."""
    if home.read_card() is None:
        home.make()
        line = [sys.executable, "-m", "forum_share.embedded", command, "--quiet", "--hasty"]
        line += ["--serves", os.environ[LEADER], *words]
        settings = {"FORUM_HOME": str(home.path), "PYTHONPATH": str(CHECKOUT), **given}
        # Not a Popen: it outlives this process, and is stopped by its lock and its card.
        output = (os.POSIX_SPAWN_OPEN, 1, str(home.logs / "supervisor.log"), *FRESH)
        files = [output, (os.POSIX_SPAWN_DUP2, 1, 2)]
        os.posix_spawn(sys.executable, line, without_tests() | settings, file_actions=files)
    wait_ready(home)


FRESH = (os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND, 0o600)


def without_tests() -> dict[str, str]:
    """The environment without what conftest put in for this process."""
    own = {
        "SECRET_KEY", "FORUM_KEYS", "ALLOWED_HOSTS", "DATABASE_ROLE", "DJANGO_SETTINGS_MODULE",
        "TOKEN_KEYS",
    }  # fmt: skip
    return {name: value for name, value in os.environ.items() if name not in own}


def wait_ready(home: Home, *, within: float = 120.0) -> None:
    end = time.monotonic() + within
    while not (home.read_card() or {}).get("ready"):
        if time.monotonic() > end or has_given_up(home):
            said = (home.logs / "supervisor.log").read_text()
            raise TroubleError(f"No hub in {home.path}:\n{said[-2000:]}")
        time.sleep(0.05)


def has_given_up(home: Home) -> bool:
    """Whether it said why it cannot start: then it has ended and there is no card."""
    log = home.logs / "supervisor.log"
    return log.exists() and bool(log.read_text().strip()) and home.read_card() is None


def stop_all(run: Path) -> None:
    for folder in run.iterdir():
        if (folder / "run").is_dir():
            stop(Home(folder))


def stop(home: Home, *, within: float = 25.0) -> None:
    """Ask the supervisor of this home to stop and wait until it has."""
    card = home.read_card()
    if card is None:
        return
    with contextlib.suppress(ProcessLookupError):
        os.kill(card["supervisor"], signal.SIGTERM)
    end = time.monotonic() + within
    while home.read_card() is not None:
        if time.monotonic() > end:
            raise TroubleError(f"The hub in {home.path} does not stop.")
        time.sleep(0.05)
