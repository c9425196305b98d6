"""One benchmark: work to be done, and how long it may take."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import count


@dataclass(frozen=True, slots=True)
class Benchmark:
    """Work whose cost is promised."""

    name: str
    work: Callable[[], object]
    limit_ms: float
    """CPU time that one run may cost."""

    def best_ms(self, *, seconds: float = 0.5, least: int = 3) -> float:
        """The CPU time of the quickest of the runs that fit into this time."""
        end = time.monotonic() + seconds
        best = float("inf")
        for number in count(1):
            before = time.process_time()
            self.work()
            best = min(best, 1000 * (time.process_time() - before))
            if number >= least and time.monotonic() > end:
                break
        return best


def report(benchmarks: list[Benchmark]) -> Iterator[tuple[str, bool]]:
    """A line for each benchmark, and whether it kept its promise."""
    width = max(len(each.name) for each in benchmarks)
    for each in benchmarks:
        best = each.best_ms()
        kept = best <= each.limit_ms
        verdict = "" if kept else "  OVER"
        yield f"{each.name:{width}}  {best:9.3f} ms of {each.limit_ms:g} ms{verdict}", kept
