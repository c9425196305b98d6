"""Batches evaluated one by one, or by several processes at once.

voprf holds the interpreter's lock while it computes, so threads would gain nothing. Promises: what
was evaluated is handed over before an error is raised, so that it can be kept; a process ends with
the one that started it, even if that was killed.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass

from labkit.config import Config
from labkit.evaluators import Evaluators
from labkit.keylist import KeyList


WORTH_PROCESSES = 4
"""Batches, from which on it pays to start processes."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Up to 1,024 different values of one kind, for one epoch."""

    kind: str
    epoch: str
    macs: Sequence[bytes]
    normalised: Sequence[str]
    name: str
    """The same for the same values; the Idempotency-Key."""


Done = tuple[Batch, Sequence[str]]
"""A batch and the token of each of its values."""


class Workers:
    """Evaluates batches; processes start with the first larger piece of work."""

    def __init__(self, config: Config, keys: KeyList, *, jobs: int) -> None:
        self._config = config
        self._keys = keys
        self._jobs = jobs
        self._own = Evaluators(config, keys)
        self._pool: ProcessPoolExecutor | None = None

    def run(self, batches: Sequence[Batch]) -> Iterator[Done]:
        """Each batch with its tokens, in any order.

        Raises:
            TroubleError and others: the first failure, once all that was under way has been handed
                over. What was not begun then is not.
        """
        if self._pool is None and (self._jobs == 1 or len(batches) < WORTH_PROCESSES):
            yield from ((each, self._tokens(each)) for each in batches)
        else:
            yield from self._run_in_pool(self._started(), batches)

    def close(self) -> None:
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)

    def _tokens(self, batch: Batch) -> list[str]:
        return self._own.tokens(
            batch.kind, batch.epoch, batch.normalised, idempotency_key=batch.name
        )

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                self._jobs,
                # Not fork: there are threads and open databases here.
                mp_context=multiprocessing.get_context("spawn"),
                initializer=_begin,
                initargs=(self._config, self._keys),
            )
        return self._pool

    def _run_in_pool(self, pool: ProcessPoolExecutor, batches: Iterable[Batch]) -> Iterator[Done]:
        waiting = deque(batches)
        running: dict[Future[list[str]], Batch] = {}
        failure: BaseException | None = None
        while running or (waiting and failure is None):
            # One more than there are processes lies ready. No more: what is evaluated and not yet
            # stored when we are killed has to be asked for again.
            while waiting and len(running) <= self._jobs and failure is None:
                batch = waiting.popleft()
                running[pool.submit(_evaluate, batch)] = batch
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                batch = running.pop(future)
                failure = failure or future.exception()
                if future.exception() is None:
                    yield batch, future.result()
        if failure is not None:
            raise failure


_evaluators: list[Evaluators] = []


def _begin(config: Config, keys: KeyList) -> None:
    """In each process, once."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started us
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _evaluators[:] = [Evaluators(config, keys)]


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _evaluate(batch: Batch) -> list[str]:
    return _evaluators[0].tokens(
        batch.kind, batch.epoch, batch.normalised, idempotency_key=batch.name
    )
