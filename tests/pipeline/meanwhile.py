"""Two things at the same time: what one does in the midst of the other."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest
from django.db import connections

from indicators.pipeline.publish import Publisher


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


def together(slow: Callable[[], object], quick: Callable[[], object]) -> list[Exception]:
    """Run both, the quick one in the midst of the slow one; returns what went wrong."""
    errors: list[Exception] = []

    def run(act: Callable[[], object]) -> None:
        try:
            act()
        except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
            errors.append(error)
        finally:
            connections.close_all()

    _in_the_midst.clear()
    threads = [threading.Thread(target=run, args=(slow,), name="slow")]
    threads.append(threading.Thread(target=run, args=(quick,)))
    threads[0].start()
    _in_the_midst.wait(_LONGEST)
    threads[1].start()
    for each in threads:
        each.join()
    return errors
