"""Workers and beats say that they are there; who is silent is named; who cannot tell says so."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings
from redis import Redis

from indicators.pipeline import heartbeats
from indicators.pipeline.heartbeats import Heartbeat, Kind
from tests.pipeline.quiet_valkey import go_away, quiet


NOW = datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)
ONE = "celery@hub-one"


@pytest.fixture(autouse=True)
def valkey(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    with quiet(settings, monkeypatch) as client:
        yield client


def after(**span: int) -> datetime:
    return NOW + timedelta(**span)


def trouble(at: datetime) -> str:
    return heartbeats.trouble(heartbeats.lately(now=at))


def test_who_was_heard_is_listed_with_what_it_did() -> None:
    heartbeats.note(Kind.WORKER, ONE, done=3, now=NOW)
    heartbeats.note(Kind.WORKER, ONE, done=7, now=after(seconds=10))
    heartbeats.note(Kind.BEAT, "beat@hub-one", done=20, now=after(seconds=20))
    assert heartbeats.lately(now=after(seconds=75)) == [
        Heartbeat("beat", "beat@hub-one", after(seconds=20), 20, silent=False),
        Heartbeat("worker", ONE, after(seconds=10), 7, silent=True),
    ]


def test_no_worker_for_a_minute_is_trouble() -> None:
    assert "No worker" in trouble(NOW)
    heartbeats.note(Kind.WORKER, ONE, done=1, now=NOW)
    assert trouble(after(seconds=60)) == ""
    assert "No worker" in trouble(after(seconds=61))


def test_a_beat_is_no_worker() -> None:
    heartbeats.note(Kind.BEAT, "beat@hub-one", done=1, now=NOW)
    assert "No worker" in trouble(NOW)


def test_one_of_two_is_enough() -> None:
    heartbeats.note(Kind.WORKER, ONE, done=1, now=NOW)
    heartbeats.note(Kind.WORKER, "celery@hub-two", done=1, now=after(minutes=5))
    assert trouble(after(minutes=5)) == ""


def test_it_comes_back_by_itself_after_a_flush(valkey: Redis) -> None:
    heartbeats.note(Kind.WORKER, ONE, done=1, now=NOW)
    valkey.flushdb()
    assert heartbeats.lately(now=NOW) == []
    heartbeats.note(Kind.WORKER, ONE, done=2, now=after(seconds=10))
    assert trouble(after(seconds=10)) == ""


def test_all_is_forgotten_after_an_hour(valkey: Redis) -> None:
    heartbeats.note(Kind.WORKER, ONE, done=1, now=NOW)
    assert all(0 < valkey.ttl(each) <= 3600 for each in valkey.scan_iter())
    assert heartbeats.lately(now=after(minutes=61)) == []
    heartbeats.note(Kind.WORKER, "celery@hub-two", done=1, now=after(minutes=61))
    assert valkey.zcard("forum:here") == 1


def test_without_valkey_nothing_fails_and_nobody_claims_to_know(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    go_away(settings, monkeypatch)
    heartbeats.note(Kind.WORKER, ONE, done=1, now=NOW)
    assert heartbeats.lately(now=NOW) is None
    assert "not known" in trouble(NOW)
