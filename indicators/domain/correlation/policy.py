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
    behaviour: frozenset[str]
    """Kinds that say how somebody works and not who it is: alone they make no campaign."""
    echoes: Mapping[str, str]
    """Kinds that say again what another kind says of the same thing: beside it they say nothing."""
    stated_by: frozenset[str]
    """Relationship types by which a lab says that two reports are one campaign's."""
    common_types: frozenset[str]
    common_classes: frozenset[str]
    """What bystanders use too, by the words of indicators and infrastructure."""
    shared_by: int
    """A value that more reports share links nothing."""
    seed: int
    resolution: float
    iterations: int
    joined: float
    """Parts are one when this share of the smaller one's links leads to the other."""
    stays: float
    """A report belongs to a community where at least this share of its links leads; over a half."""
    least: float
    """A report whose links weigh less in all belongs nowhere: a common tool is no tie."""
    agree: float
    """Of the reports that show a value, this share must belong together without it as well."""
    grace: int
    """Reports that every value is granted, so that a rare one is not judged by one or two."""
    bridges: int
    """Newcomers from which two campaigns that stand become one by themselves."""
    merge: float
    """Two campaigns of which this share leads to each other are put to staff."""
    split: float
    """A campaign in two parts falls apart by itself below this share; above it, staff decide."""
    alike: float
    """Profiles that share this much are put to staff, if names or networks meet too."""
    weak: frozenset[str]
    """Kinds that meet by chance as well as by intent: names and networks."""
    evidence: int
    """Values that a proposal shows."""


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
    shares = {name: made[name] for name in ("joined", "stays", "least", "agree")}
    shares |= {name: raw["proposals"][name] for name in ("merge", "split", "alike")}
    for name, share in {**weights, **shares}.items():
        if not 0 <= share <= 1:
            raise ValueError(f"{name}: {share} is no share from 0 to 1")
    words = raw["words"]
    return CorrelationPolicy(
        version=raw["version"],
        weights=weights,
        behaviour=frozenset(words["behaviour"]),
        echoes=raw["echoes"],
        weak=frozenset(words["weak"]),
        stated_by=frozenset(words["stated_by"]),
        common_types=frozenset(words["common_types"]),
        common_classes=frozenset(words["common_classes"]),
        **raw["limits"],
        **made,
        **raw["proposals"],
    )
