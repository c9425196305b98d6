"""The ground the tests stand on.

Before Django's settings load, the environment gets a database and a broker: the ones named by
DATABASE_URL and REDIS_URL, or the addresses of embedded ones (fsync off) that start when the first
test asks for a database. So pure tests start nothing. Parallel processes share the servers and have
a database each; a `stack` (the whole hub, black box) is shared too.
"""

from __future__ import annotations

import base64
import os
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

from forum_share.embedded.home import Home
from tests import services
from tests import stack as stacks
from tests.stack import demo_stack, new_stack, stack


__all__ = ["demo_stack", "new_stack", "stack"]

# Set by the process that the others descend from; it makes the folder, and removes it.
RUN_FOLDER = "FORUM_TEST_RUN"
XDIST = "PYTEST_XDIST_WORKER"  # which of the parallel processes this is


def pytest_configure(config: pytest.Config) -> None:
    if RUN_FOLDER not in os.environ:
        os.environ[RUN_FOLDER] = tempfile.mkdtemp(prefix="forum-tests-")
        os.environ[services.LEADER] = str(os.getpid())
        config.add_cleanup(clean_up)
    run = Path(os.environ[RUN_FOLDER])
    services.choose(run, worker=process_number())
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "forum_share.settings",
        "DATABASE_ROLE": "",
        "FORUM_TLS": "false",
        "ALLOWED_HOSTS": "testserver,127.0.0.1,localhost",
        "SECRET_KEY": "not a secret: these tests serve nobody",
        "FORUM_KEYS": "k1:" + base64.b64encode(b"a key of thirty-two bytes, fixed").decode(),
        "FORUM_HOME": str(run / "home"),
        # Tests destroy seeds: each process has its own.
        "TOKEN_KEYS": str(run / f"token-keys-{process_number()}"),
        "REVIEW_UNDO_SECONDS": "0",
    }
    # As in every process of the hub: without our app, a task would go to Celery's default broker.
    import django  # noqa: PLC0415  after the environment

    import forum_share.celery  # noqa: F401, PLC0415  for its side effect

    django.setup()  # before modules with models are collected
    if config.getoption("numprocesses", None) and XDIST not in os.environ:
        # The parallel processes inherit this environment. With the name in it pytest-django would
        # load their settings before this function gave them a folder and a broker of their own.
        del os.environ["DJANGO_SETTINGS_MODULE"]


def process_number() -> int:
    """0 for the only process or the first of several, which pytest-xdist calls gw0."""
    return int(os.environ.get(XDIST, "gw0").removeprefix("gw"))


def clean_up() -> None:
    run = Path(os.environ.pop(RUN_FOLDER))
    shared = Home(run / "stack").read_card()
    services.stop_all(run)
    if shared and not services.is_ours("DATABASE_URL"):
        stacks.drop_database(shared["database_url"])
    shutil.rmtree(run, ignore_errors=True)


# Roles belong to the whole cluster, so one process at a time makes its database: pytest-django asks
# for the first of these fixtures right before it does that, and for the second right after.
_turn = ExitStack()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    run = Path(os.environ[RUN_FOLDER])
    services.ensure(run)
    services.empty_broker(os.environ["REDIS_URL"])
    _turn.enter_context(services.one_at_a_time(run))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None) -> None:
    _turn.close()
