"""The limits of matching: data that counsel and operators read (`policy/budgets.toml`)."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Limits:
    """The file's numbers; shares are per cent, times are hours."""

    version: str
    daily: Mapping[str, int]
    concurrent: int
    replays: int
    alarm_share: int
    population_kinds: frozenset[str]
    population_factor: int
    population_hours: int
    population_answer: int


@cache
def current_limits() -> Limits:
    """The limits that the package carries."""
    text = resources.files("indicators.policy").joinpath("budgets.toml").read_text("utf-8")
    return read_limits(text)


def read_limits(text: str) -> Limits:
    """Limits from the text of a budgets file."""
    raw = tomllib.loads(text)
    population = raw["population"]
    return Limits(
        version=raw["version"],
        daily=raw["daily"],
        concurrent=raw["requests"]["concurrent"],
        replays=raw["requests"]["replays"],
        alarm_share=raw["alarm"]["share"],
        population_kinds=frozenset(population["kinds"]),
        population_factor=population["factor"],
        population_hours=population["hours"],
        population_answer=population["answer"],
    )
