"""The door remembers what each credential asked, for its own lab, and not in the database."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings
from redis import Redis

from indicators.doors import clock
from indicators.members import asked
from indicators.members import valkey as valkey_
from tests import services
from tests.labs import Feed
from tests.taxii.door import Caller, basic


OBJECTS = "/forum/collections/distillation/objects/"


@pytest.fixture(autouse=True)
def valkey(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    settings.REDIS_URL = services.quiet_redis()
    monkeypatch.setattr(valkey_, "_breaker", valkey_.Breaker())
    monkeypatch.setattr(valkey_, "TIMEOUT", 5.0)
    valkey_.client.cache_clear()
    with Redis.from_url(settings.REDIS_URL) as client:
        client.flushdb()
        yield
        client.flushdb()
    valkey_.client.cache_clear()


def lately(caller: Caller) -> list[tuple[str, int]]:
    assert caller.lab
    found = asked.lately([caller.lab.credential.id], now=clock.now())
    return [(each.what, each.status) for each in found]


def test_what_was_asked_and_how_it_was_answered(birch: Caller, feed: Feed) -> None:
    feed.fill(1)
    birch.get("/taxii2/")
    birch.get("/forum/")
    birch.get("/forum/collections/distillation/")
    birch.get(OBJECTS, accept="application/taxii+json;version=2.0")
    birch.get(f"{OBJECTS}?limit=0")
    birch.get("/forum/collections/no-such/objects/")
    birch.get(OBJECTS)
    assert lately(birch) == [
        ("objects", 200),
        ("objects", 404),
        ("objects", 400),
        ("one collection", 200),
        ("api root", 200),
        ("discovery", 200),
        ("objects", 406),  # refused before the secret was looked at
    ]


def test_a_wrong_secret_and_an_address_that_there_is_not_are_told_as_well(birch: Caller) -> None:
    assert birch.lab
    wrong = basic(birch.lab.credential.id, "fshr_and-so-on")
    birch.get("/taxii2/", authorization=wrong)
    birch.get("/taxii2/collections/")
    assert lately(birch) == [("no such address", 404), ("discovery", 401)]


def test_who_names_nobody_is_told_to_nobody(birch: Caller) -> None:
    birch.get("/taxii2/", authorization=None)
    birch.get("/taxii2/", authorization="Basic %%%")
    assert lately(birch) == []


def test_nothing_is_written_into_the_database_for_it(birch: Caller, feed: Feed) -> None:
    feed.fill(1)
    with CaptureQueriesContext(connection) as queries:
        birch.get(OBJECTS)
        birch.get(OBJECTS, accept="text/html")
    verbs = {each["sql"].split(maxsplit=1)[0] for each in queries}
    assert not verbs & {"INSERT", "UPDATE", "DELETE"}
