"""A database for one command, beside the configured one and gone when the command ends."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from celery import current_app
from django.core.management import call_command
from django.db import ProgrammingError, connection
from django.test.utils import override_settings
from psycopg2 import sql


class ScratchError(Exception):
    """The login may not make databases; the message names the way out."""


@contextmanager
def scratch() -> Iterator[None]:
    """Work in a fresh, migrated database with token keys of its own; nothing of it stays.

    What it holds is invented, so it need not survive a crash of the server.

    Raises:
        ScratchError: the database login may not make one.
    """
    configured, name = connection.settings_dict["NAME"], f"forum_scratch_{secrets.token_hex(6)}"
    _make(name)
    try:
        with tempfile.TemporaryDirectory() as folder, override_settings(TOKEN_KEYS=Path(folder)):
            _use(name)
            call_command("migrate", verbosity=0, interactive=False, skip_checks=True)
            _use(name)  # anew: as the login, no longer as the owner of tables
            with _silent_doorbell():
                yield
    finally:
        _use(configured)
        _drop(name)


def _make(name: str) -> None:
    try:
        _execute("CREATE DATABASE {}", name)
        _execute("ALTER DATABASE {} SET synchronous_commit = off", name)
    except ProgrammingError as error:
        raise ScratchError(
            f"No scratch database can be made: {error}. Use ./dev manage without a DATABASE_URL, "
            "or a login with CREATEDB."
        ) from error


def _drop(name: str) -> None:
    """End what processes of ours still have open, and drop.

    FORCE would fail where autovacuum is at work in it, which no login but a superuser's may end;
    without it PostgreSQL ends that itself, and waits some seconds for all who leave.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = %s AND backend_type = 'client backend'",
            [name],
        )
    _execute("DROP DATABASE {}", name)


def _use(name: str) -> None:
    connection.close()
    connection.settings_dict["NAME"] = name


@contextmanager
def _silent_doorbell() -> Iterator[None]:
    """No worker of a hub that runs beside hears of submissions that it cannot find."""
    configured = current_app.conf.broker_url
    current_app.conf.update(broker_url="memory://localhost/")
    try:
        yield
    finally:
        current_app.conf.update(broker_url=configured)


def _execute(statement: str, name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET ROLE NONE")
        cursor.execute(sql.SQL(statement).format(sql.Identifier(name)))
    connection.close()
