"""The Celery app: a doorbell and a clock, never the queue (that is PostgreSQL).

Promises: messages are JSON and carry ids only; losing all of them loses nothing, since the sweep
finds in the database what is due. It runs from beat and from a thread of every worker, so neither a
dead beat nor a flushed broker needs a human.
Refuses: results, countdowns, retries by redelivery.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from typing import Any

from celery import Celery
from celery.schedules import crontab
from celery.signals import (
    after_task_publish,
    beat_init,
    setup_logging,
    worker_init,
    worker_ready,
    worker_shutting_down,
)
from celery.utils.nodenames import default_nodename, gethostname, nodename


# `celery -A forum_share worker` and `… beat` load this first; other processes set theirs before.
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "forum_share.settings")
os.environ.setdefault("DATABASE_ROLE", "forum_worker")
os.environ.setdefault("DATABASE_STATEMENT_TIMEOUT", "55s")  # within the 60 s of a lease
# Correlation solves thousands of small matrices: threads for each cost four times what they save.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

logger = logging.getLogger(__name__)

TASKS = "indicators.pipeline.tasks"
MAKE_KEYS = "indicators.matching.tasks.make_keys"
SWEEP_SECONDS = 10.0
HEARTBEAT_KEY = "forum:worker:heartbeat"
HEARTBEAT_SECONDS = 60

app = Celery("forum_share")
app.conf.update(
    task_acks_late=True,
    task_reject_on_worker_lost=False,  # the lease covers a lost worker; redelivery has no limit
    task_ignore_result=True,
    task_serializer="json",
    task_time_limit=600,  # seconds; the end of a task that hangs, not a budget
    task_default_queue="forum",
    task_publish_retry=False,  # a doorbell that does not ring must not keep a lab waiting
    accept_content=["json"],
    worker_prefetch_multiplier=1,
    worker_max_tasks_per_child=500,
    worker_max_memory_per_child=400_000,  # kB
    worker_soft_shutdown_timeout=5.0,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    broker_transport_options={
        "visibility_timeout": 120,  # seconds; the default hour would hide a message that long
        "socket_timeout": 5.0,
        "socket_connect_timeout": 2.0,
        "max_retries": 1,
        "interval_start": 0,
        "interval_max": 0.2,
    },
    beat_schedule={
        "sweep": {"task": f"{TASKS}.sweep", "schedule": SWEEP_SECONDS},
        "flush-poll-marks": {
            "task": f"{TASKS}.flush_poll_marks",
            "schedule": 60.0,
        },
        "join-families": {"task": f"{TASKS}.join_families", "schedule": 10.0},
        "release-batches": {"task": f"{TASKS}.release_batches", "schedule": 10.0},
        "nightly": {"task": f"{TASKS}.nightly", "schedule": crontab(hour="2", minute="17")},
        "ensure-canary": {"task": f"{TASKS}.ensure_canary", "schedule": 3600.0},
        "corroborate": {
            "task": f"{TASKS}.corroborate",
            "schedule": crontab(hour="3", minute="17"),
        },
        "correlate": {"task": f"{TASKS}.correlate", "schedule": 30.0},
        "expire-waiting": {"task": f"{TASKS}.expire_waiting", "schedule": 3600.0},
    },
)
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["indicators.pipeline", "indicators.matching"])


@setup_logging.connect
def _keep_our_logging(**_kwargs: Any) -> None:
    """Having a receiver keeps Celery from replacing the logging that Django configured."""


class Sweeper(threading.Thread):
    """Sweeps and leaves a heartbeat every SWEEP_SECONDS, beside the task pool."""

    def __init__(self) -> None:
        super().__init__(name="sweeper", daemon=True)
        self.ended = threading.Event()
        self.node = default_nodename("")

    def run(self) -> None:
        while not self.ended.wait(SWEEP_SECONDS):
            self.turn()

    def turn(self) -> None:
        from django.db import connections  # noqa: PLC0415  settings are not loaded at import

        from indicators.pipeline.sweep import sweep  # noqa: PLC0415  needs the app registry

        try:
            beat_heart()
            self.say_here()
            sweep()
        except Exception:
            # A database or broker that is away comes back; the thread must be there when it does.
            logger.exception("The sweep failed; the next one is due in %s s.", SWEEP_SECONDS)
        finally:
            # Kept open it would be inherited by every pool process forked from now on.
            connections.close_all()

    def say_here(self) -> None:
        from celery.worker import state  # noqa: PLC0415  only the worker needs it

        done = state.all_total_count[0] - len(state.active_requests)
        say_here("worker", self.node, done=done)


def beat_heart() -> None:
    """Tell /readyz that a worker is alive; raises redis.RedisError when the broker is away."""
    from django.conf import settings  # noqa: PLC0415  not loaded at import
    from redis import Redis  # noqa: PLC0415  only the worker needs it

    with Redis.from_url(settings.REDIS_URL, socket_timeout=2) as redis:
        redis.set(HEARTBEAT_KEY, int(time.time()), ex=HEARTBEAT_SECONDS)


def say_here(kind: str, name: str, *, done: int) -> None:
    """Tell staff that this process is there. Never raises."""
    from indicators.doors.clock import now  # noqa: PLC0415  settings are not loaded at import
    from indicators.pipeline import heartbeats  # noqa: PLC0415  as above

    heartbeats.note(heartbeats.Kind(kind), name, done=done, now=now())


class Bell:
    """A beat is there as it sends its jobs; a thread beside it would speak for one that hangs."""

    def __init__(self) -> None:
        self.node = nodename("beat", gethostname())
        self.sent = 0

    def rang(self, **_kwargs: Any) -> None:
        self.sent += 1
        say_here("beat", self.node, done=self.sent)


_sweeper = Sweeper()
_bell = Bell()


@worker_init.connect
def _warm_up(**_kwargs: Any) -> None:
    """Before the pool forks, so that all its processes have it."""
    from indicators.domain.stix import pattern_antlr  # noqa: PLC0415  only the worker needs it

    pattern_antlr.warm_up()


@worker_ready.connect
def _start_sweeper(sender: Any, **_kwargs: Any) -> None:
    _sweeper.node = sender.hostname
    beat_heart()
    _sweeper.say_here()
    _sweeper.start()
    # A hub that was off for weeks does not wait for the night.
    app.send_task(MAKE_KEYS)


@worker_shutting_down.connect
def _stop_sweeper(**_kwargs: Any) -> None:
    _sweeper.ended.set()


@beat_init.connect
def _follow_beat(**_kwargs: Any) -> None:
    after_task_publish.connect(_bell.rang)
