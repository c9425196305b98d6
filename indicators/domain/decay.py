"""What is left of a report as its last sighting gets older, and the parameters of belief.

The curve is MISP's polynomial one: `1 - (t / tau) ** (1 / delta)`. Parameters stand in
`policy/decay.toml`, with their sources; docs/confidence.md explains them.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from importlib import resources

from indicators.domain.disclosure import PolicyError


LASTING = "lasting"
"""The kind of what has no end of its own."""


@dataclass(frozen=True, slots=True)
class Model:
    """How much one kind of thing can prove, and how quickly it gets old."""

    cap: float
    """The most that one contributor's word is worth, from 0 to 1."""
    tau: float | None = None
    """Days until nothing is left; None for what lasts."""
    delta: float = 1

    def left(self, days: float) -> float:
        """The share that is left after so many days, from 1 to 0."""
        if self.tau is None:
            return 1.0
        gone: float = (max(0.0, days) / self.tau) ** (1 / self.delta)
        return max(0.0, 1 - gone)

    def lives(self, threshold: float) -> timedelta | None:
        """How long more than a share is left; None for ever."""
        if self.tau is None:
            return None
        return timedelta(days=self.tau * (1 - threshold) ** self.delta)


@dataclass(frozen=True, slots=True)
class WeightRule:
    """How a contributor's history becomes its weight."""

    least: float
    most: float
    newcomer: float
    prior: int
    window: int
    values: Mapping[str, float]
    """By what became of an object: what it counts, from 0 to 1."""
    sighting: float


@dataclass(frozen=True, slots=True)
class DecayPolicy:
    """The file's numbers; immutable."""

    version: str
    most: int
    threshold: float
    step: float
    kinds: Mapping[str, Model]
    weight: WeightRule

    def model(self, kind: str) -> Model:
        return self.kinds.get(kind, self.kinds["other"])

    def kind_of(self, kinds: Iterable[str]) -> str:
        """Of all that something is about the kind that proves least."""
        known = [kind if kind in self.kinds else "other" for kind in kinds]
        return min(sorted(known), key=self._proves, default="other")

    def lives(self, kind: str) -> timedelta | None:
        """How long an indicator of this kind holds that nobody sees again."""
        return self.model(kind).lives(self.threshold)

    def _proves(self, kind: str) -> tuple[float, float]:
        model = self.kinds[kind]
        return model.cap, model.tau or float("inf")


@cache
def current_decay() -> DecayPolicy:
    """The parameters that the package carries.

    Raises:
        PolicyError: a number that makes no sense where it stands.
    """
    text = resources.files("indicators.policy").joinpath("decay.toml").read_text("utf-8")
    return read_decay(text)


def read_decay(text: str) -> DecayPolicy:
    """Build the parameters from the text of a file; raises PolicyError as above."""
    raw = tomllib.loads(text)
    decay = DecayPolicy(
        version=raw["version"],
        **raw["limits"],
        kinds={kind: Model(**each) for kind, each in raw["kinds"].items()},
        weight=_weight(raw["weight"]),
    )
    _check(decay)
    return decay


def _weight(raw: Mapping[str, float]) -> WeightRule:
    names = ("corroborated", "standing", "taken-back", "upheld")
    return WeightRule(
        least=raw["least"],
        most=raw["most"],
        newcomer=raw["newcomer"],
        prior=int(raw["prior"]),
        window=int(raw["window"]),
        values={name: raw[name] for name in names},
        sighting=raw["sighting"],
    )


def _check(decay: DecayPolicy) -> None:
    shares = [decay.threshold, decay.step, *decay.weight.values.values(), decay.weight.sighting]
    shares += [each.cap for each in decay.kinds.values()]
    if any(not 0 <= each <= 1 for each in shares):
        raise PolicyError("decay.toml: caps, shares and values lie between 0 and 1")
    if any((each.tau or 1) <= 0 or each.delta <= 0 for each in decay.kinds.values()):
        raise PolicyError("decay.toml: tau and delta are more than 0")
    rule = decay.weight
    if not 0 < rule.least <= rule.newcomer <= rule.most < 1 or rule.prior < 1:
        raise PolicyError("decay.toml: of weights, 0 < least <= newcomer <= most < 1, prior >= 1")
