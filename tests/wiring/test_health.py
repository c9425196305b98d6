from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from redis import Redis

from forum_share import celery, health
from tests import services


pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "_migrated", False)


def test_a_process_that_answers_is_alive(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}


def test_a_hub_that_can_work_is_ready(client: Client) -> None:
    celery.beat_heart()
    response = client.get("/readyz")
    assert response.status_code == 200
    assert set(response.json().values()) == {"ok"}


def test_a_silent_worker_is_named_and_not_red(client: Client, settings: Any) -> None:
    settings.REDIS_URL = services.quiet_redis()
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.delete(celery.HEARTBEAT_KEY)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["worker"]) == (200, "silent")


def test_a_broker_that_is_away_is_named_and_not_red(client: Client, settings: Any) -> None:
    settings.REDIS_URL = "unix:///nonexistent/valkey.sock"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["broker"]) == (200, "down")


def test_missing_migrations_are_red(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Behind:
        def __init__(self, _connection: object) -> None:
            self.loader = self.graph = self

        def leaf_nodes(self) -> list[str]:
            return []

        def migration_plan(self, _leaves: list[str]) -> list[str]:
            return ["one that is missing"]

    monkeypatch.setattr(health, "MigrationExecutor", Behind)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"]) == (503, "pending")
    assert int(response.headers["Retry-After"]) > 0


def test_a_full_disk_is_red(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(health, "MIN_FREE_BYTES", 2**62)
    response = client.get("/readyz")
    assert (response.status_code, response.json()["disk"]) == (503, "full")
