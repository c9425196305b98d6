"""Benchmarks run by hand; here each does its work once, so that none rots, and none is timed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable

import pytest

from tests import services
from tests.bench.__main__ import ALL, main
from tests.bench.benchmark import Benchmark, report
from tests.bench.pages import percentile


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


@pytest.mark.stack
@pytest.mark.slow
def test_every_page_of_a_small_hub_is_opened_and_measured() -> None:
    own = {"DATABASE_URL": "", "REDIS_URL": ""}
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.pages", "200", "1"],
        env=services.without_tests() | own,
        capture_output=True,
        text=True,
        check=False,
    )
    lines = done.stdout.splitlines()
    for page in ("operator  /ops/members/ ", "auditor   /ops/audit/ ", "alder     /integrations/ "):
        assert any(line.startswith(page) for line in lines), done.stderr


def test_a_percentile_is_a_time_that_was_measured() -> None:
    times = [float(each) for each in range(100, 0, -1)]
    assert (percentile(times, 50), percentile(times, 95)) == (50, 95)
    assert percentile([7.0], 95) == 7
