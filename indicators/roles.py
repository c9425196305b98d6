"""The four database roles, and how a transaction takes one of them or speaks for one member.

Roles belong to the cluster, not to a database, so they are made before the first migration and not
in it. In production each process has a login of its own that holds just its role; where one login
serves all (the embedded cluster, a developer's database) the connection takes the role by itself
(`DATABASE_ROLE`). ADR-0005.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS, ProgrammingError, connection, connections, transaction


OWNER = "forum_owner"
WEB = "forum_web"
WORKER = "forum_worker"
PUBLISHER = "forum_publisher"
ROLES = (OWNER, WEB, WORKER, PUBLISHER)

_MAKE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '{role}') THEN
        CREATE ROLE {role} NOLOGIN;
        -- Making a role gives the right to grant it, not (from PostgreSQL 16 on) to act as it.
        GRANT {role} TO current_user;
    END IF;
END $$
"""
_MAKE_OWNER = f"""
DO $$ BEGIN
    IF NOT has_database_privilege('{OWNER}', current_database(), 'CREATE') THEN
        EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO {OWNER}', current_database());
    END IF;
    IF NOT has_schema_privilege('{OWNER}', 'public', 'CREATE') THEN
        GRANT ALL ON SCHEMA public TO {OWNER};
    END IF;
END $$
"""


def ensure_roles(*, using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """Make the roles that are missing, and let the owner make every table from here on.

    Runs before the first migration of each `migrate`, on its connection.

    Raises:
        ImproperlyConfigured: the login may not create roles; the message names the way out.
    """
    with connections[using].cursor() as cursor:
        try:
            for role in ROLES:
                cursor.execute(_MAKE.format(role=role))
            cursor.execute(_MAKE_OWNER)
            cursor.execute(f"SET ROLE {OWNER}")
        except ProgrammingError as error:
            raise ImproperlyConfigured(
                f"This database login may neither make the roles {', '.join(ROLES)} nor act as "
                f"{OWNER}: {error}. Let a database administrator run deploy/roles.sql once, or "
                "migrate with a login that owns the database and has CREATEROLE."
            ) from error


@contextmanager
def publishing() -> Iterator[None]:
    """Take the publisher's role for the rest of this block; the only way to write the feed.

    Must be used inside a transaction: an error leaves the role to the rollback.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {PUBLISHER}")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")


@contextmanager
def speaking_for(member_id: UUID) -> Iterator[None]:
    """One transaction in which row-level security shows the rows of this member alone."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.member_id', %s, true)", [str(member_id)])
        yield


@contextmanager
def only_looking_for(member_id: UUID) -> Iterator[None]:
    """One transaction that can write nothing, to tell a member what would become of its own.

    It shows every row, for what it takes to say that (pauses, appeals) is staff's to see. Where it
    is a part of a larger transaction, that one shows and may write afterwards what it did before.
    """
    with speaking_for(member_id), connection.cursor() as cursor:
        cursor.execute("SET LOCAL transaction_read_only = on")
        cursor.execute("SELECT coalesce(current_setting('app.staff', true), '')")
        (before,) = cursor.fetchone()
        cursor.execute("SELECT set_config('app.staff', 'on', true)")
        yield
        cursor.execute("SELECT set_config('app.staff', %s, true)", [before])


@contextmanager
def speaking_for_staff() -> Iterator[None]:
    """One transaction in which row-level security shows every row.

    For staff screens, and to look up what a member is then told of its own alone.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.staff', 'on', true)")
        yield
