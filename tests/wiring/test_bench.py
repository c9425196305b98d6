"""Benchmarks run by hand; here each does its work once, so that none rots, and none is timed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.bench.__main__ import ALL, main
from tests.bench.benchmark import Benchmark, report


@pytest.mark.parametrize("work", [each.work for each in ALL], ids=[each.name for each in ALL])
def test_a_benchmark_does_its_work(work: Callable[[], object]) -> None:
    work()


def test_a_promise_that_is_not_kept_is_told() -> None:
    never, always = Benchmark("x", int, -1), Benchmark("y", int, 1000)
    (first, kept_first), (_, kept_second) = report([never, always])
    assert (kept_first, kept_second) == (False, True)
    assert first.endswith("OVER")


def test_a_name_that_no_benchmark_has_lists_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["no such benchmark"]) == 2
    assert ALL[0].name in capsys.readouterr().err
