"""Probes: /healthz (this process answers) and /readyz (it can do its work).

Promises: red means that a lab would not be served: no database, one that cannot be written, missing
migrations, a full disk. A broker or worker that is away is named but not red: submissions are still
taken, and drained once it is back. Words only, no versions, no addresses.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable

from django.conf import settings
from django.db import Error as DatabaseError
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from redis import Redis, RedisError

from forum_share.celery import HEARTBEAT_KEY


MIN_FREE_BYTES = 256 * 1024 * 1024
RETRY_AFTER_SECONDS = "5"


def healthz(_request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


def readyz(_request: HttpRequest) -> JsonResponse:
    vital = {name: check() for name, check in VITAL.items()}
    ready = all(word == "ok" for word in vital.values())
    body = {"status": "ok" if ready else "unavailable", **vital, **broker_and_worker()}
    response = JsonResponse(body, status=200 if ready else 503)
    response["Cache-Control"] = "no-store"
    if not ready:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('transaction_read_only') = 'off'")
            (writable,) = cursor.fetchone()
    except DatabaseError:
        return "down"
    return "ok" if writable else "read-only"


_migrated = False


def migrations() -> str:
    """Asked until it is true once: a running process cannot lose its migrations."""
    global _migrated  # noqa: PLW0603  a process migrates once
    try:
        if not _migrated:
            executor = MigrationExecutor(connection)
            _migrated = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    except DatabaseError:
        return "unknown"
    return "ok" if _migrated else "pending"


def disk() -> str:
    home = next(
        path for path in (settings.FORUM_HOME, *settings.FORUM_HOME.parents) if path.exists()
    )
    return "ok" if shutil.disk_usage(home).free >= MIN_FREE_BYTES else "full"


VITAL: dict[str, Callable[[], str]] = {
    "database": database,
    "migrations": migrations,
    "disk": disk,
}


def broker_and_worker() -> dict[str, str]:
    try:
        with Redis.from_url(
            settings.REDIS_URL, socket_timeout=2, socket_connect_timeout=2
        ) as redis:
            beating = redis.exists(HEARTBEAT_KEY)
    except RedisError:
        return {"broker": "down", "worker": "unknown"}
    return {"broker": "ok", "worker": "ok" if beating else "silent"}
