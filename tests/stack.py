"""The whole hub for black-box tests: real front, web, worker, beat, PostgreSQL and Valkey.

`stack`: one hub for all tests of the run, empty. `demo_stack`: the same, seeded. `new_stack`: makes
hubs of a test's own, for those that break something.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import psycopg2
import pytest
from psycopg2 import sql

from forum_share.embedded.home import CHECKOUT, Home
from tests import services


@dataclass(frozen=True)
class Stack:
    """A running hub. Paths and URLs as in run/stack.json, secrets as in demo.json."""

    home: Home
    root: str
    discovery: str
    api_root: str
    database_url: str
    redis_url: str

    @property
    def processes(self) -> dict[str, int]:
        """Process ids by name: postgres, valkey, web, worker, beat, front."""
        return cast("dict[str, int]", self.card()["processes"])

    @property
    def credentials(self) -> dict[str, Any]:
        """demo.json: members, staff, collections; only of a seeded hub."""
        return cast("dict[str, Any]", json.loads(self.home.credentials.read_text()))

    def basic(self, member: str) -> tuple[str, str]:
        """Name and password of a member of the demo, for Basic authentication."""
        card = self.credentials["members"][member]
        return card["credential_id"], card["secret"]

    def card(self) -> dict[str, Any]:
        card = self.home.read_card()
        assert card is not None, f"the hub in {self.home.path} has stopped"
        return card

    def kill(self, name: str, number: signal.Signals = signal.SIGKILL) -> None:
        """Send a signal to a process and everything it started; the supervisor starts it again."""
        os.killpg(self.processes[name], number)

    def stop(self) -> None:
        services.stop(self.home)

    def restart(self) -> Stack:
        """Stop, and start again with the same data; the port is another."""
        self.stop()
        given = {
            "DATABASE_URL": "" if services.is_ours("DATABASE_URL") else self.database_url,
            "REDIS_URL": "" if services.is_ours("REDIS_URL") else self.redis_url,
        }
        return launch(self.home, given)

    def manage(self, *words: str) -> str:
        """Standard output of manage.py beside this hub."""
        return self.embedded("manage", *words)

    def seed(self) -> None:
        self.embedded("seed")

    def embedded(self, *words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "forum_share.embedded", *words],
            env=services.without_tests()
            | {"FORUM_HOME": str(self.home.path), "PYTHONPATH": str(CHECKOUT)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


def start(path: Path, *, redis_number: int) -> Stack:
    """Start a hub in this folder, or find the one that runs there."""
    home = Home(path)
    if home.read_card() is None:
        given = {"DATABASE_URL": "", "REDIS_URL": ""}
        if not services.is_ours("DATABASE_URL"):
            given["DATABASE_URL"] = new_database(os.environ["DATABASE_URL"])
        if not services.is_ours("REDIS_URL"):
            given["REDIS_URL"] = services.redis_database(redis_number)
            services.empty_broker(given["REDIS_URL"])
        return launch(home, given)
    return found(home)


def launch(home: Home, given: Mapping[str, str]) -> Stack:
    """Start a hub with these services; an empty URL stands for one of its own."""
    services.start(home, "run", given, "--no-seed", "--port", "0")
    return found(home)


def found(home: Home) -> Stack:
    """The hub that runs in this home."""
    card = home.read_card()
    assert card is not None
    names = ("root", "discovery", "api_root", "database_url", "redis_url")
    return Stack(home, **{name: card[name] for name in names})


def new_database(server: str) -> str:
    """URL of a fresh database on the server of this URL."""
    name = f"forum_stack_{secrets.token_hex(6)}"
    execute(server, "CREATE DATABASE {}", name)
    return services.with_path(server, f"/{name}")


def drop_database(url: str) -> None:
    """Drop a database that `new_database` made."""
    name = urlsplit(url).path.removeprefix("/")
    execute(os.environ["DATABASE_URL"], "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def execute(server: str, statement: str, name: str) -> None:
    # Not to the named database: it may be the one that somebody uses as a template.
    connection = psycopg2.connect(services.with_path(server, "/postgres"))
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    connection.close()


SHARED_REDIS_NUMBER = 9  # after those of the parallel processes
OWN_REDIS_NUMBER = 10


@pytest.fixture(scope="session")
def stack() -> Stack:
    """The hub that all tests of this run share: leave it as useful as you found it."""
    run = Path(os.environ["FORUM_TEST_RUN"])
    with services.one_at_a_time(run):
        return start(run / "stack", redis_number=SHARED_REDIS_NUMBER)


@pytest.fixture(scope="session")
def demo_stack(stack: Stack) -> Stack:
    """The shared hub with the demo's members, collections and campaigns in it."""
    with services.one_at_a_time(Path(os.environ["FORUM_TEST_RUN"])):
        if not stack.home.credentials.exists():
            stack.seed()
    return stack


@pytest.fixture
def new_stack(tmp_path: Path) -> Iterator[Callable[..., Stack]]:
    """Makes a hub of this test's own, to break; several if called with names."""
    with ExitStack() as after:

        def make(name: str = "hub") -> Stack:
            made = start(tmp_path / name, redis_number=OWN_REDIS_NUMBER)
            after.callback(stop, made)
            return made

        yield make


def stop(made: Stack) -> None:
    made.stop()
    if not services.is_ours("DATABASE_URL"):
        drop_database(made.database_url)
