"""Two things at the same time: what one does in the midst of the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections, transaction

from indicators.pipeline import bulk
from indicators.pipeline.publish import Publisher
from indicators.pipeline.standing import Place


WAITS_FOR_US = """SELECT FROM pg_locks
WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"""
_in_the_midst = threading.Event()
_LONGEST = 10  # seconds until the slow one is about to publish


@pytest.fixture
def slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    """Threads that are called so take a second before they publish."""
    real = Publisher.publish

    def publish(self: Publisher) -> int:
        if threading.current_thread().name == "slow":
            _in_the_midst.set()
            time.sleep(1)
        return real(self)

    monkeypatch.setattr(Publisher, "publish", publish)


def _run(act: Callable[[], object], errors: list[Exception]) -> None:
    try:
        act()
    except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
        errors.append(error)
    finally:
        connections.close_all()


def together(slow: Callable[[], object], quick: Callable[[], object]) -> list[Exception]:
    """Run both, the quick one in the midst of the slow one; returns what went wrong."""
    errors: list[Exception] = []
    _in_the_midst.clear()
    threads = [threading.Thread(target=_run, args=(slow, errors), name="slow")]
    threads.append(threading.Thread(target=_run, args=(quick, errors)))
    threads[0].start()
    _in_the_midst.wait(_LONGEST)
    threads[1].start()
    for each in threads:
        each.join()
    return errors


def while_it_waits(
    act: Callable[[], object], *, held: Place, look: Callable[[], object]
) -> list[Exception]:
    """Hold an object until `act` waits for it, and look around; returns what went wrong."""
    errors: list[Exception] = []
    thread = threading.Thread(target=_run, args=(act, errors))
    try:
        with transaction.atomic():
            lock(held)
            thread.start()
            until_it_waits()
            look()
    finally:
        thread.join()
    return errors


def running(act: Callable[[], object], errors: list[Exception] | None = None) -> threading.Thread:
    """Run it beside; what goes wrong is added to `errors`."""
    thread = threading.Thread(target=_run, args=(act, [] if errors is None else errors))
    thread.start()
    return thread


def until_it_waits() -> None:
    """Go on when another transaction waits for a row of this one."""
    deadline = time.monotonic() + _LONGEST
    while not bulk.rows(WAITS_FOR_US):
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.02)


def lock(place: Place) -> None:
    """Lock an object, or fail where another has it."""
    statement = "SELECT FROM forum_object WHERE (collection_id, stix_id) = (%s, %s)"
    assert bulk.rows(f"{statement} FOR UPDATE NOWAIT", place)


def lock_heads() -> None:
    """Lock the heads of all collections, or fail where another has one."""
    bulk.rows("SELECT FROM collection_head FOR UPDATE NOWAIT")
