"""Correlation of an invented forum: all of a run that is no database's work."""

from __future__ import annotations

from functools import cache, partial

from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.plan import Before, Plan, plan
from indicators.domain.correlation.policy import current_correlation
from indicators.simulation import world
from tests.bench.benchmark import Benchmark


@cache
def _gathered(accounts: int) -> Gathered:
    return Gathered(world.make(1, campaigns=accounts // 200, accounts=accounts).reports())


def _correlate(accounts: int) -> Plan:
    return plan(_gathered(accounts), before=Before(), policy=current_correlation())


BENCHMARKS = [
    # A minute for 60,000: see docs/simulation.md for that size.
    Benchmark("correlation of 3,000 reports", partial(_correlate, 3000), 3000)
]
