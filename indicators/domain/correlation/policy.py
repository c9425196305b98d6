"""How much a shared value says, and how communities are made; from `policy/correlation.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class CorrelationPolicy:
    """Every number that correlation depends on."""

    version: str
    weights: Mapping[str, float]
    """By kind of value, from 0 to 1; a kind that is not listed links nothing."""
    shared_by: int
    """A value that more reports share links nothing."""
    seed: int
    resolution: float
    iterations: int
    joined: float
    """Parts are one when this share of the smaller one's links leads to the other."""
    stays: float
    """A report belongs to a community where at least this share of its links leads."""
    least: float
    """A report whose links weigh less in all belongs nowhere: a common tool is no tie."""
    alone: float
    """A community of which one value has more than this share is that value, and no campaign."""


@cache
def current_correlation() -> CorrelationPolicy:
    """The policy that the package carries."""
    text = resources.files("indicators.policy").joinpath("correlation.toml").read_text("utf-8")
    return read_correlation(text)


def read_correlation(text: str) -> CorrelationPolicy:
    """Build a policy from the text of a file.

    Raises:
        ValueError: a weight or a share is no number from 0 to 1.
    """
    raw = tomllib.loads(text)
    weights = {kind: float(weight) for kind, weight in raw["weights"].items()}
    made = raw["communities"]
    shares = {name: made[name] for name in ("joined", "stays", "least", "alone")}
    for name, share in {**weights, **shares}.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: {share} is no share from 0 to 1")
    return CorrelationPolicy(
        version=raw["version"], weights=weights, shared_by=raw["limits"]["shared_by"], **made
    )
