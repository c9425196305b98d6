"""How long stages take: a bounded sample that names nobody, and costs nothing while none looks."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pytest_django import Settings
from redis import Redis

from indicators.pipeline import stage_times, stopwatch
from indicators.pipeline.stage_times import STAGES, Run
from tests.forum import Forum, indicator
from tests.forum import now as today
from tests.pipeline.quiet_valkey import go_away, quiet
from tests.pipeline.reviewing import PATTERN
from tests.pipeline.saying import opinion


NOW = datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def valkey(db: None, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Redis]:
    with quiet(settings, monkeypatch) as client:
        yield client


def lately(at: datetime = NOW) -> list[Run]:
    found = stage_times.lately(now=at)
    assert found is not None
    return found


def test_half_and_most_are_times_that_were_taken() -> None:
    for took in range(1, 101):
        stage_times.note({"screen": took / 1000}, again=took > 97, now=NOW)
    window = stage_times.since(lately(), NOW - timedelta(hours=1))
    pace = window.pace("screen")
    assert pace
    assert (pace.number, pace.half, pace.most) == (100, 50.0, 95.0)
    assert window.pace("hear") is None
    assert (len(window.runs), window.retries) == (100, 3)


def test_an_hour_is_an_hour() -> None:
    stage_times.note({"screen": 1.0}, again=False, now=NOW - timedelta(minutes=61))
    stage_times.note({"screen": 2.0}, again=False, now=NOW)
    assert len(stage_times.since(lately(), NOW - timedelta(hours=1)).runs) == 1
    assert len(lately()) == 2
    assert len(lately(NOW + timedelta(hours=23))) == 1


def test_the_sample_is_bounded_and_forgotten(valkey: Redis) -> None:
    for number in range(stage_times.MOST + 20):
        stage_times.note({"screen": number}, again=False, now=NOW)
    assert len(lately()) == stage_times.MOST
    assert lately()[0].spent == {"screen": (stage_times.MOST + 19) * 1000}
    assert all(0 < valkey.ttl(each) <= 86400 for each in valkey.scan_iter())


def test_the_worker_notes_each_stage_and_no_member(forum: Forum, valkey: Redis) -> None:
    sent = forum.push("alder", indicator(PATTERN))
    forum.push("birch", opinion(forum.feed()[0]["id"], "agree"))
    forum.retract("alder", forum.feed()[0]["id"])
    forum.work()
    runs = lately(today())
    assert [each.again for each in runs] == [False] * 3
    seen = {stage for each in runs for stage in each.spent}
    assert seen == set(STAGES) - {"catalogue"}
    kept = str(valkey.lrange("forum:stages", 0, -1))
    for word in ("alder", "birch", str(sent.id), str(forum.principals["alder"].member_id)):
        assert word not in kept


def test_what_fails_is_timed_too_and_nothing_outside() -> None:
    with stopwatch.measuring() as spent, pytest.raises(ZeroDivisionError):
        stopwatch.timed("screen", lambda: 1 // 0)
    assert list(spent) == ["screen"]
    assert stopwatch.timed("screen", lambda: 1) == 1
    assert list(spent) == ["screen"]


def test_without_valkey_nothing_fails_and_nothing_is_known(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, forum: Forum
) -> None:
    go_away(settings, monkeypatch)
    forum.push("alder", indicator(PATTERN))
    assert len(forum.feed()) == 1
    assert stage_times.lately(now=today()) is None
