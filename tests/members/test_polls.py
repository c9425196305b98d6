"""Poll marks: left in Valkey by a GET, moved into the database once a minute."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest
from django.conf import settings as current_settings
from pytest_django import Settings
from redis import Redis

from indicators.members import polls
from indicators.members import valkey as valkey_
from indicators.models.collection import Collection
from indicators.models.member import Credential, Passage, PollMark
from tests import services
from tests.labs import Lab, acting_as, new_collection, new_lab


pytestmark = pytest.mark.django_db

NOW = datetime(2026, 6, 1, 12, 30, 15, tzinfo=UTC)


@pytest.fixture(autouse=True)
def valkey(settings: Settings) -> Iterator[Redis]:
    settings.REDIS_URL = services.quiet_redis()
    with Redis.from_url(current_settings.REDIS_URL, decode_responses=True) as client:
        client.flushdb()
        yield client
        client.flushdb()


@pytest.fixture(autouse=True)
def rested_breaker(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A process that starts: no client made yet, nothing known of Valkey's health."""
    monkeypatch.setattr(valkey_, "_breaker", valkey_.Breaker())
    # On a busy machine a good Valkey may need longer than a GET would wait for it.
    monkeypatch.setattr(valkey_, "TIMEOUT", 10.0)
    valkey_.client.cache_clear()
    yield
    valkey_.client.cache_clear()


@pytest.fixture
def alder() -> Lab:
    return new_lab("alder")


@pytest.fixture
def distillation() -> Collection:
    return new_collection("distillation")


def note(lab: Lab, collection: Collection, position: int, now: datetime = NOW) -> None:
    polls.note(
        credential_id=lab.credential.id, collection_id=collection.id, position=position, now=now
    )


def mark(lab: Lab, collection: Collection) -> tuple[int, datetime]:
    kept = PollMark.objects.get(credential=lab.credential, collection=collection)
    return kept.last_position, kept.last_minute


def last_used(lab: Lab) -> date | None:
    return Credential.objects.get(pk=lab.credential.pk).last_used_day


def test_a_poll_writes_nothing_into_the_database_before_the_flush(
    alder: Lab, distillation: Collection
) -> None:
    note(alder, distillation, 1000)
    assert not PollMark.objects.exists()
    assert last_used(alder) is None


def test_the_worker_moves_marks_into_the_database(alder: Lab, distillation: Collection) -> None:
    note(alder, distillation, 1000)
    note(alder, distillation, 1700)
    with acting_as("forum_worker"):
        assert polls.flush(NOW) == 1
    assert mark(alder, distillation) == (1700, NOW.replace(second=0))
    assert last_used(alder) == NOW.date()


def test_a_flush_without_polls_is_nothing(alder: Lab) -> None:
    assert polls.flush(NOW) == 0
    assert polls.flush(NOW) == 0


def test_a_mark_moves_only_forwards(alder: Lab, distillation: Collection) -> None:
    note(alder, distillation, 1700)
    polls.flush(NOW)
    note(alder, distillation, 0, NOW + timedelta(minutes=1))
    polls.flush(NOW + timedelta(minutes=1))
    assert mark(alder, distillation) == (1700, NOW.replace(minute=31, second=0))


def test_marks_of_a_run_that_crashed_are_taken_by_the_next(
    alder: Lab, distillation: Collection, valkey: Redis
) -> None:
    note(alder, distillation, 1000)
    valkey.rename("forum:polls", "forum:polls:aside")  # as far as the crashed run came
    note(alder, distillation, 2000)
    assert polls.flush(NOW) == 1
    assert mark(alder, distillation)[0] == 1000
    assert polls.flush(NOW) == 1
    assert mark(alder, distillation)[0] == 2000


def test_marks_of_what_was_deleted_are_dropped(alder: Lab, distillation: Collection) -> None:
    polls.note(credential_id="aaaaaaaa", collection_id=distillation.id, position=1, now=NOW)
    polls.note(credential_id=alder.credential.id, collection_id=uuid4(), position=1, now=NOW)
    polls.flush(NOW)
    assert not PollMark.objects.exists()


def test_a_web_host_whose_clock_runs_ahead_does_not_mark_the_future(
    alder: Lab, distillation: Collection
) -> None:
    note(alder, distillation, 1, NOW + timedelta(days=3))
    polls.flush(NOW)
    assert mark(alder, distillation)[1] == NOW
    assert last_used(alder) == NOW.date()


def test_a_valkey_that_is_away_costs_one_try_and_no_error(
    alder: Lab, distillation: Collection, settings: Settings
) -> None:
    settings.REDIS_URL = "unix:///nonexistent/valkey.sock?db=0"
    began = time.monotonic()
    for _ in range(200):
        note(alder, distillation, 1)
    assert time.monotonic() - began < 0.5


def test_a_valkey_that_does_not_answer_is_not_asked_again_for_a_while(
    alder: Lab, distillation: Collection, valkey: Redis
) -> None:
    note(alder, distillation, 1)
    valkey.client_pause(2_000, all=True)
    began = time.monotonic()
    for _ in range(50):
        note(alder, distillation, 2)
    assert time.monotonic() - began < 5 * valkey_.TIMEOUT
    time.sleep(max(0.0, 2.1 - (time.monotonic() - began)))
    note(alder, distillation, 3, NOW + valkey_.PAUSE)
    polls.flush(NOW)
    assert mark(alder, distillation)[0] == 3


def test_it_is_known_when_a_key_first_read_past_a_position(
    alder: Lab, distillation: Collection
) -> None:
    for position, minute in ((5, 0), (5, 1), (9, 2), (3, 3)):
        note(alder, distillation, position, NOW + timedelta(minutes=minute))
        polls.flush(NOW + timedelta(minutes=minute, seconds=20))
    passed = Passage.objects.order_by("position").values_list("position", "minute")
    start = NOW.replace(second=0)
    assert list(passed) == [(5, start), (9, start + timedelta(minutes=2))]


def test_old_passages_are_forgotten(alder: Lab, distillation: Collection) -> None:
    note(alder, distillation, 5)
    polls.flush(NOW)
    assert polls.forget(NOW + polls.KEPT - timedelta(hours=1)) == 0
    assert polls.forget(NOW + polls.KEPT + timedelta(hours=1)) == 1
