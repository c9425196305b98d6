"""How long each stage of the river takes, while somebody measures; nobody else pays for it.

By the monotonic clock, and beside the work: what is decided does not depend on it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import ParamSpec, TypeVar


Arguments = ParamSpec("Arguments")
Answer = TypeVar("Answer")
_running: ContextVar[dict[str, float] | None] = ContextVar("stopwatch", default=None)


@contextmanager
def measuring() -> Iterator[dict[str, float]]:
    """Measure what runs inside; gives the seconds of each stage, which grow as it runs."""
    spent: dict[str, float] = {}
    token = _running.set(spent)
    try:
        yield spent
    finally:
        _running.reset(token)


def timed(
    stage: str,
    act: Callable[Arguments, Answer],
    /,
    *args: Arguments.args,
    **kwargs: Arguments.kwargs,
) -> Answer:
    """Do this, and count its time for the stage, whatever comes of it."""
    spent = _running.get()
    if spent is None:
        return act(*args, **kwargs)
    begun = time.perf_counter()
    try:
        return act(*args, **kwargs)
    finally:
        spent[stage] = spent.get(stage, 0.0) + time.perf_counter() - begun
