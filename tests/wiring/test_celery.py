"""The doorbell's settings are promises: each test names the accident it guards against."""

from __future__ import annotations

import time
from typing import Any

import pytest
from celery.signals import after_task_publish, beat_init
from celery.utils.nodenames import default_nodename
from django.db import connection
from kombu.exceptions import OperationalError
from pytest_django import Settings

from forum_share import celery
from forum_share.celery import app
from indicators.pipeline import heartbeats
from tests.forum import now
from tests.pipeline.quiet_valkey import quiet


def test_messages_are_json_and_nothing_else() -> None:
    assert app.conf.accept_content == ["json"]
    assert app.conf.task_serializer == "json"


def test_nothing_is_stored_as_a_result() -> None:
    assert app.conf.task_ignore_result
    assert app.conf.result_backend is None


def test_a_message_is_taken_back_within_two_minutes_and_one_at_a_time() -> None:
    assert app.conf.broker_transport_options["visibility_timeout"] == 120
    assert app.conf.task_acks_late
    assert not app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_every_scheduled_job_exists() -> None:
    app.loader.import_default_modules()
    jobs = {entry["task"] for entry in app.conf.beat_schedule.values()}
    assert jobs <= set(app.tasks)


@pytest.mark.filterwarnings("default")
def test_a_doorbell_without_a_broker_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = "redis+socket:///nonexistent/valkey.sock?virtual_host=0"
    begun = time.monotonic()
    with app.connection_for_write(nowhere) as broker, pytest.raises(OperationalError):
        app.send_task(f"{celery.TASKS}.sweep", connection=broker, retry=False)
    assert time.monotonic() - begun < 3


@pytest.mark.django_db(transaction=True)
def test_a_sweep_in_the_worker_leaves_a_heartbeat_and_no_connection(settings: Any) -> None:
    celery.Sweeper().turn()
    assert connection.connection is None


@pytest.mark.django_db(transaction=True)
def test_a_sweep_says_that_its_worker_is_there(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with quiet(settings, monkeypatch):
        celery.Sweeper().turn()
        [heard] = heartbeats.lately(now=now()) or []
    assert (heard.kind, heard.name, heard.silent) == ("worker", default_nodename(""), False)


@pytest.mark.django_db(transaction=True)
def test_a_beat_says_that_it_is_there_with_each_job_that_it_sends(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A message goes into the queue of the tests, where nobody listens."""
    with quiet(settings, monkeypatch):
        app.send_task(f"{celery.TASKS}.sweep")
        assert heartbeats.lately(now=now()) == [], "whoever else rings is no beat"
        beat_init.send(sender=None)
        try:
            app.send_task(f"{celery.TASKS}.sweep")
        finally:
            after_task_publish.disconnect(celery._bell.rang)
        [heard] = heartbeats.lately(now=now()) or []
    assert (heard.kind, heard.done) == ("beat", 1)


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_fails_does_not_end_the_sweeping(
    settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = "unix:///nonexistent/valkey.sock"
    celery.Sweeper().turn()
    assert "The sweep failed" in caplog.text
