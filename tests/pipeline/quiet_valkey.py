"""A Valkey of one test's own, as a process finds it that has just begun."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pytest_django import Settings
from redis import Redis

from indicators.members import valkey
from tests import services


AWAY = "unix:///nonexistent/valkey.sock?db=0"


@contextmanager
def quiet(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """Empty, before and after; it may be slow."""
    settings.REDIS_URL = services.quiet_redis()
    begin_anew(monkeypatch)
    with Redis.from_url(services.quiet_redis(), decode_responses=True) as client:
        client.flushdb()
        yield client
        client.flushdb()
    valkey.client.cache_clear()


def go_away(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.REDIS_URL = AWAY
    begin_anew(monkeypatch)


def begin_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(valkey, "_breaker", valkey.Breaker())
    monkeypatch.setattr(valkey, "TIMEOUT", 10.0)
    valkey.client.cache_clear()
