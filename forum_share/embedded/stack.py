"""The hub as a list of processes: which, with what environment, in what order.

Start: PostgreSQL and Valkey, migrations, web, worker and front, token keys, demo data, beat. Stop:
the other way round.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from forum_share.embedded import account, postgres, secret_file, valkey
from forum_share.embedded.child import Program
from forum_share.embedded.front import Front
from forum_share.embedded.home import Home
from forum_share.embedded.supervisor import Supervisor


MOST_WEB_PROCESSES = 8
WORKER_PROCESSES = 2
# A container's root trying the demo need not be told off for it.
AS_ROOT_WARNING = "ignore:You're running the worker with superuser privileges"
SHARED_MEMORY = Path("/dev/shm")  # noqa: S108  a mount point, not a temporary file


@dataclass(frozen=True)
class Services:
    """The database and the broker: given from outside, or ours."""

    database_url: str
    redis_url: str


def start_services(supervisor: Supervisor, *, hasty: bool) -> Services:
    """Start what DATABASE_URL and REDIS_URL do not name; returns once both answer.

    hasty: tests; nothing need survive a power cut.
    """
    home = supervisor.home
    given = Services(os.environ.get("DATABASE_URL", ""), os.environ.get("REDIS_URL", ""))
    database = None if given.database_url else postgres.find(home, hasty=hasty)
    broker = None if given.redis_url else valkey.find(home, hasty=hasty)
    home.make_sockets(database.account if database else account.ours())
    ours = [service for service in (database, broker) if service]
    for service in ours:
        supervisor.start(service.prepare())
    for service in ours:
        supervisor.wait_until(service.answers, type(service).__name__, within=90)
    if database:
        database.make_database()
    return Services(
        database.url if database else given.database_url,
        broker.url if broker else given.redis_url,
    )


def environment(home: Home, services: Services) -> dict[str, str]:
    """The hub's settings; what the caller has set wins, except over where things are."""
    defaults = {
        "DJANGO_SETTINGS_MODULE": "forum_share.settings",
        "ALLOWED_HOSTS": "127.0.0.1,localhost,[::1]",
        "FORUM_TLS": "false",
        "FORUM_TITLE": "Forum Share (demo)",
        **secret_file.load_or_make(home),
    }
    places = {
        "FORUM_HOME": str(home.path),
        "DATABASE_URL": services.database_url,
        "REDIS_URL": services.redis_url,
        "PYTHONUNBUFFERED": "1",
        "CELERY_SKIP_CHECKS": "1",  # `migrate` has just made them
    }
    return defaults | os.environ | places


def migrate(env: Mapping[str, str]) -> Program:
    return Program(
        "migrate", (sys.executable, "manage.py", "migrate", "--noinput", "--skip-checks"), env
    )


def token_keys(env: Mapping[str, str]) -> Program:
    command = (sys.executable, "manage.py", "token_keys", "--skip-checks", "ensure")
    return Program("token-keys", command, env)


def seed(env: Mapping[str, str]) -> Program:
    return Program("seed", (sys.executable, "-m", "forum_share.embedded", "seed"), env)


def start_hub(supervisor: Supervisor, front: Front, env: Mapping[str, str]) -> None:
    """Migrate, then start web, worker and front; they may not be ready yet."""
    supervisor.run_once(migrate(env))
    supervisor.start(web(front.upstream, env), worker(env))
    supervisor.start(front.program(env))
    # While those load: nobody needs a key before they answer.
    supervisor.run_once(token_keys(env))


def web(socket: Path, env: Mapping[str, str]) -> Program:
    processes = min(MOST_WEB_PROCESSES, max(2, os.cpu_count() or 1))
    options = {
        "--bind": f"unix:{socket}",
        "--workers": env.get("WEB_CONCURRENCY", str(processes)),
        "--worker-class": "sync",  # the front buffers slow clients: a process a request will do
        "--timeout": "60",
        "--graceful-timeout": "5",
        "--limit-request-line": "8190",  # a cursor beside a filter of many ids
        "--log-level": "warning",
    }
    if SHARED_MEMORY.is_dir():
        options["--worker-tmp-dir"] = str(SHARED_MEMORY)  # heartbeats must not wait for a disk
    flags = [word for pair in options.items() for word in pair]
    # Loaded once, before the fork; nothing connects to anything while loading.
    switches = ("--preload", "--no-control-socket")
    command = (sys.executable, "-m", "gunicorn", *flags, *switches, "forum_share.wsgi")
    return Program("web", command, env, stop_within=7.0)


def worker(env: Mapping[str, str]) -> Program:
    options = ("--concurrency", str(WORKER_PROCESSES), "--without-gossip", "--without-mingle")
    quiet = {"PYTHONWARNINGS": AS_ROOT_WARNING}
    return Program("worker", celery("worker", *options), {**env, **quiet}, stop_within=8.0)


def beat(env: Mapping[str, str]) -> Program:
    # The plain scheduler keeps nothing on disk: there is nothing that a crash could corrupt.
    return Program("beat", celery("beat", "--scheduler", "celery.beat.Scheduler"), env)


def celery(*words: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "celery", "--quiet", "-A", "forum_share", *words)
