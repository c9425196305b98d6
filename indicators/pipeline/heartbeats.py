"""Which workers and beats are there, by what they say of themselves every few seconds, in Valkey.

They are no state: after a Valkey that lost everything each is known again with its next word. Who
falls silent stays listed for an hour, so that it can be seen who it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import NamedTuple, cast

from redis import Redis

from indicators.members import valkey


SILENT_AFTER = timedelta(minutes=1)
KEPT = timedelta(hours=1)
MOST = 100
"""Processes that are listed."""
_PLACE = "forum:here"


class Kind(StrEnum):
    """What a process is."""

    WORKER = "worker"
    BEAT = "beat"


class Heartbeat(NamedTuple):
    """One process, as it was last heard."""

    kind: str
    name: str
    at: datetime
    done: int
    """Tasks since it began: done by a worker, sent by a beat."""
    silent: bool


def note(kind: Kind, name: str, *, done: int, now: datetime) -> None:
    """Say "I am here". Never raises."""
    who = f"{kind} {name}"

    def keep(client: Redis) -> None:
        with client.pipeline(transaction=False) as several:
            several.zadd(_PLACE, {who: now.timestamp()})
            several.zremrangebyscore(_PLACE, "-inf", (now - KEPT).timestamp())
            several.expire(_PLACE, KEPT)
            several.set(_done(who), done, ex=KEPT)
            several.execute()

    valkey.attempt(keep, otherwise=None, now=now)


def lately(*, now: datetime) -> list[Heartbeat] | None:
    """Who was heard within the hour, the latest first; None while Valkey does not answer."""
    unknown: list[Heartbeat] | None = None
    return valkey.attempt(lambda client: _read(client, now), otherwise=unknown, now=now)


def trouble(found: Sequence[Heartbeat] | None) -> str:
    """What somebody has to know: that no worker is there, or that nobody can tell; else empty."""
    if found is None:
        return "Valkey does not answer: whether a worker is there is not known."
    if any(each.kind == Kind.WORKER and not each.silent for each in found):
        return ""
    return "No worker has been heard for a minute. What labs send is kept, and waits for one."


def _read(client: Redis, now: datetime) -> list[Heartbeat] | None:
    latest = client.zrevrange(_PLACE, 0, MOST - 1, withscores=True)
    heard = cast("list[tuple[str, float]]", latest)
    done = client.mget([_done(who) for who, _ in heard]) if heard else []
    return list(_told(heard, cast("list[str | None]", done), now=now))


def _told(
    heard: Iterable[tuple[str, float]], done: Iterable[str | None], *, now: datetime
) -> Iterable[Heartbeat]:
    for (who, second), number in zip(heard, done, strict=True):
        kind, _, name = who.partition(" ")
        at = datetime.fromtimestamp(second, UTC)
        if at > now - KEPT:
            yield Heartbeat(kind, name, at, int(number or 0), silent=at < now - SILENT_AFTER)


def _done(who: str) -> str:
    return f"{_PLACE}:{who}"
