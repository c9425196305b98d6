"""Figures for people that a request leaves behind, in Valkey and not in the database.

They are no state: losing some changes nothing that a lab can do.
Promises: a Valkey that is broken or slow costs a request at most TIMEOUT once every PAUSE per
process, and never an error.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from typing import TypeVar

from django.conf import settings
from redis import Redis, RedisError
from redis.backoff import NoBackoff
from redis.retry import Retry


logger = logging.getLogger(__name__)

TIMEOUT = 0.1  # seconds
PAUSE = timedelta(seconds=30)
Answer = TypeVar("Answer")


class Breaker:
    """Remembers since when Valkey does not answer, so that the next requests do not wait for it."""

    def __init__(self) -> None:
        self.closed_until: datetime | None = None

    def lets_through(self, now: datetime) -> bool:
        return self.closed_until is None or now >= self.closed_until

    def trip(self, now: datetime) -> None:
        self.closed_until = now + PAUSE
        logger.warning("Valkey pauses for %s s: it does not answer", PAUSE.seconds)


_breaker = Breaker()


def attempt(act: Callable[[Redis], Answer], *, otherwise: Answer, now: datetime) -> Answer:
    """What Valkey answers, or the other thing. Never raises."""
    if not _breaker.lets_through(now):
        return otherwise
    try:
        return act(client())
    except RedisError:
        _breaker.trip(now)
        return otherwise


@cache
def client() -> Redis:
    return Redis.from_url(
        settings.REDIS_URL,
        socket_timeout=TIMEOUT,
        socket_connect_timeout=TIMEOUT,
        # The client's own habit is three more tries with growing pauses: seconds, not milliseconds.
        retry=Retry(NoBackoff(), 0),
        decode_responses=True,
    )
