"""How far each credential has read each collection, without a write in any GET.

A GET leaves a mark in Valkey; once a minute `flush` moves the marks into the database. Marks are
figures for people, not state: losing some changes nothing a lab can see.
"""

from __future__ import annotations

import json
from contextlib import suppress
from datetime import datetime, timedelta
from typing import cast
from uuid import UUID

from django.db import connection, transaction
from redis import Redis
from redis.exceptions import ResponseError

from indicators.members import valkey
from indicators.models.member import Passage, PollMark


KEPT = timedelta(days=90)
"""For how long it is known when a key read past a position."""
_MARKS, _ASIDE = "forum:polls", "forum:polls:aside"


def note(*, credential_id: str, collection_id: UUID, position: int, now: datetime) -> None:
    """Remember that this credential has just read up to this position. Never raises."""
    minute = now.replace(second=0, microsecond=0).isoformat()
    place, mark = f"{credential_id} {collection_id}", json.dumps([position, minute])
    valkey.attempt(lambda client: client.hset(_MARKS, place, mark), otherwise=0, now=now)


def flush(now: datetime) -> int:
    """Move the marks into `poll_mark` and `credential.last_used_day`; returns how many.

    May run twice over the same marks: each only ever moves a row forwards.

    Raises:
        redis.RedisError, django.db.Error: the marks stay and the next run takes them.
    """
    client = valkey.client()
    found = _set_aside(client)
    with transaction.atomic():
        _write(found, now)
    # Only after the commit: a crash before this line leaves the marks to the next run.
    client.delete(_ASIDE)
    return len(found)


def marks(member_id: UUID) -> list[PollMark]:
    """How far each of a member's credentials has read, by collection, the latest first."""
    found = PollMark.objects.filter(credential__member_id=member_id)
    return list(found.select_related("collection").order_by("collection__alias", "-last_minute"))


def forget(now: datetime) -> int:
    """Delete old passages; returns how many."""
    return Passage.objects.filter(minute__lt=now - KEPT).delete()[0]


def _set_aside(client: Redis) -> dict[str, str]:
    """Marks that no poll changes any more: those of a run that crashed first, else the newest."""
    # Nobody has polled since the last run: there is no key to rename.
    with suppress(ResponseError):
        client.renamenx(_MARKS, _ASIDE)
    return cast("dict[str, str]", client.hgetall(_ASIDE))


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
