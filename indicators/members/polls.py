"""How far each credential has read each collection, without a write in any GET.

A GET leaves a mark in Valkey; once a minute `flush` moves the marks into the database. Marks are
figures for people, not state: losing some changes nothing a lab can see.
Promises: a Valkey that is broken or slow costs a poll at most TIMEOUT once every PAUSE per process,
and never an error.
"""

from __future__ import annotations

import json
import logging
from contextlib import suppress
from datetime import datetime, timedelta
from functools import cache
from typing import cast
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError
from redis.retry import Retry

from indicators.models.member import Passage, PollMark


logger = logging.getLogger(__name__)

TIMEOUT = 0.1  # seconds
PAUSE = timedelta(seconds=30)
KEPT = timedelta(days=90)
"""For how long it is known when a key read past a position."""
_MARKS, _ASIDE = "forum:polls", "forum:polls:aside"


class _Breaker:
    """Remembers since when Valkey does not answer, so that the next polls do not wait for it."""

    def __init__(self) -> None:
        self.closed_until: datetime | None = None

    def lets_through(self, now: datetime) -> bool:
        return self.closed_until is None or now >= self.closed_until

    def trip(self, now: datetime) -> None:
        self.closed_until = now + PAUSE
        logger.warning("poll marks pause for %s s: Valkey does not answer", PAUSE.seconds)


_breaker = _Breaker()


def note(*, credential_id: str, collection_id: UUID, position: int, now: datetime) -> None:
    """Remember that this credential has just read up to this position. Never raises."""
    if not _breaker.lets_through(now):
        return
    minute = now.replace(second=0, microsecond=0).isoformat()
    try:
        _valkey().hset(_MARKS, f"{credential_id} {collection_id}", json.dumps([position, minute]))
    except RedisError:
        _breaker.trip(now)


def flush(now: datetime) -> int:
    """Move the marks into `poll_mark` and `credential.last_used_day`; returns how many.

    May run twice over the same marks: each only ever moves a row forwards.

    Raises:
        redis.RedisError, django.db.Error: the marks stay and the next run takes them.
    """
    valkey = _valkey()
    found = _set_aside(valkey)
    with transaction.atomic():
        _write(found, now)
    # Only after the commit: a crash before this line leaves the marks to the next run.
    valkey.delete(_ASIDE)
    return len(found)


def marks(member_id: UUID) -> list[PollMark]:
    """How far each of a member's credentials has read, by collection, the latest first."""
    found = PollMark.objects.filter(credential__member_id=member_id)
    return list(found.select_related("collection").order_by("collection__alias", "-last_minute"))


def forget(now: datetime) -> int:
    """Delete old passages; returns how many."""
    return Passage.objects.filter(minute__lt=now - KEPT).delete()[0]


def _set_aside(valkey: Redis) -> dict[str, str]:
    """Marks that no poll changes any more: those of a run that crashed first, else the newest."""
    # Nobody has polled since the last run: there is no key to rename.
    with suppress(ResponseError):
        valkey.renamenx(_MARKS, _ASIDE)
    return cast("dict[str, str]", valkey.hgetall(_ASIDE))


def _write(marks: dict[str, str], now: datetime) -> None:
    rows = [(*place.split(), *json.loads(mark)) for place, mark in sorted(marks.items())]
    columns = {
        name: [row[index] for row in rows]
        for index, name in enumerate(("credentials", "collections", "positions", "minutes"))
    }
    with connection.cursor() as cursor:
        cursor.execute(_PASSED, {**columns, "now": now})
        cursor.execute(_UPSERT, {**columns, "now": now})
        cursor.execute(_LAST_USED, {**columns, "now": now})


# The joins drop marks of what has been deleted meanwhile; LEAST keeps a web host whose clock runs
# ahead from putting a credential's last use into the future.
_UPSERT = """
INSERT INTO poll_mark AS kept (credential_id, collection_id, last_position, last_minute)
SELECT credential.id, collection.id, mark.position, LEAST(mark.minute, %(now)s)
FROM unnest(%(credentials)s::text[], %(collections)s::uuid[], %(positions)s::bigint[],
            %(minutes)s::timestamptz[]) AS mark (credential_id, collection_id, position, minute)
JOIN credential ON credential.id = mark.credential_id
JOIN collection ON collection.id = mark.collection_id
ON CONFLICT (credential_id, collection_id) DO UPDATE
SET last_position = GREATEST(kept.last_position, EXCLUDED.last_position),
    last_minute = GREATEST(kept.last_minute, EXCLUDED.last_minute)
"""
# Before the marks move: only what is further than the mark was not passed before.
_PASSED = """
INSERT INTO passage (credential_id, collection_id, position, minute)
SELECT credential.id, collection.id, mark.position, LEAST(mark.minute, %(now)s)
FROM unnest(%(credentials)s::text[], %(collections)s::uuid[], %(positions)s::bigint[],
            %(minutes)s::timestamptz[]) AS mark (credential_id, collection_id, position, minute)
JOIN credential ON credential.id = mark.credential_id
JOIN collection ON collection.id = mark.collection_id
LEFT JOIN poll_mark AS kept
    ON kept.credential_id = credential.id AND kept.collection_id = collection.id
WHERE mark.position > COALESCE(kept.last_position, 0)
ON CONFLICT DO NOTHING
"""
_LAST_USED = """
UPDATE credential
SET last_used_day = mark.day
FROM (
    SELECT credential_id, max((LEAST(minute, %(now)s) AT TIME ZONE 'UTC')::date) AS day
    FROM unnest(%(credentials)s::text[], %(minutes)s::timestamptz[]) AS mark (credential_id, minute)
    GROUP BY credential_id
) AS mark
WHERE credential.id = mark.credential_id
  AND (credential.last_used_day IS NULL OR credential.last_used_day < mark.day)
"""


@cache
def _valkey() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        # The client's own habit is three more tries with growing pauses: seconds, not milliseconds.
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
