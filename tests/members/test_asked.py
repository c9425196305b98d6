"""What a credential asked lately, for its own lab."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as current_settings
from pytest_django import Settings
from redis import Redis

from indicators.members import asked
from indicators.members import valkey as valkey_
from tests import services


NOW = datetime(2026, 6, 1, 12, 30, tzinfo=UTC)
ALDER, BIRCH = "aaaaaaaa", "bbbbbbbb"


@pytest.fixture(autouse=True)
def valkey(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    """A process that starts, before a Valkey that may be slow."""
    settings.REDIS_URL = services.quiet_redis()
    monkeypatch.setattr(valkey_, "_breaker", valkey_.Breaker())
    monkeypatch.setattr(valkey_, "TIMEOUT", 10.0)
    valkey_.client.cache_clear()
    with Redis.from_url(current_settings.REDIS_URL, decode_responses=True) as client:
        client.flushdb()
        yield client
        client.flushdb()
    valkey_.client.cache_clear()


def note(number: int = 0, *, of: str = ALDER, status: int = 200) -> None:
    at = NOW + timedelta(minutes=number)
    asked.note(credential_id=of, what="objects", status=status, now=at)


def unproven(claimed: str, number: int = 0) -> None:
    at = NOW + timedelta(minutes=number)
    asked.note_unproven(claimed=claimed, what="objects", status=401, now=at)


def lately(*ids: str, at: datetime = NOW + timedelta(hours=1)) -> list[asked.Asked]:
    return asked.lately(ids, now=at)


def test_the_last_requests_are_told_the_newest_first() -> None:
    note(1)
    note(2, status=406)
    assert lately(ALDER) == [
        asked.Asked(NOW + timedelta(minutes=2), ALDER, "objects", 406),
        asked.Asked(NOW + timedelta(minutes=1), ALDER, "objects", 200),
    ]


def test_no_moment_is_kept_but_the_minute() -> None:
    asked.note(credential_id=ALDER, what="objects", status=202, now=NOW + timedelta(seconds=17.25))
    assert [each.at for each in lately(ALDER)] == [NOW]


def test_whoever_claims_a_name_pushes_nothing_of_its_own_out() -> None:
    for number in range(asked.MOST):
        note(number)
    for number in range(asked.MOST):
        unproven(ALDER, number)
    statuses = [each.status for each in lately(ALDER)]
    assert statuses.count(200) == asked.MOST
    assert statuses.count(401) == 5


def test_a_busy_key_does_not_hide_what_another_has_just_asked() -> None:
    for _ in range(asked.MOST):
        note(of=BIRCH)
    note(status=400)
    assert 400 in [each.status for each in lately(BIRCH, ALDER)]


def test_nobody_is_told_of_anothers() -> None:
    note(of=BIRCH)
    unproven(BIRCH)
    assert lately(ALDER) == lately() == []
    assert len(lately(BIRCH)) == 2


def test_a_secret_that_was_wrong_is_told_under_the_id_that_was_named() -> None:
    note(1)
    unproven(ALDER, 2)
    assert [each.status for each in lately(ALDER)] == [401, 200]


def test_so_many_are_remembered_and_no_more(valkey: Redis) -> None:
    for number in range(3 * asked.MOST):
        note(number)
    assert len(lately(ALDER)) == asked.MOST
    assert lately(ALDER)[0].at == NOW + timedelta(minutes=3 * asked.MOST - 1)
    for number in range(600):
        unproven(ALDER, number)
    assert sum(valkey.llen(each) for each in valkey.scan_iter()) <= 500 + asked.MOST


@pytest.mark.parametrize("claimed", ["", "nobody", "AAAAAAAA", "a" * 9, "aaaaaaa\0", "ä" * 8])
def test_what_is_no_id_is_not_remembered(valkey: Redis, claimed: str) -> None:
    unproven(claimed)
    assert valkey.keys() == []


def test_all_is_forgotten_after_a_week(valkey: Redis) -> None:
    note()
    unproven(ALDER)
    assert all(0 < valkey.ttl(each) <= 7 * 86400 for each in valkey.scan_iter())
    assert lately(ALDER, at=NOW + timedelta(days=7, minutes=1)) == []


def test_without_valkey_nothing_is_known_and_nothing_fails(settings: Settings) -> None:
    settings.REDIS_URL = "unix:///nonexistent/valkey.sock?db=0"
    note()
    assert lately(ALDER) == []
