"""The curve along which belief gets older, and the data that it runs by."""

from __future__ import annotations

from datetime import timedelta
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.action import current_actions
from indicators.domain.confidence import capped
from indicators.domain.decay import LASTING, Model, current_decay, read_decay
from indicators.domain.disclosure import PolicyError, current_policy
from labkit.normalise import KINDS


DECAY = current_decay()
TEXT = resources.files("indicators.policy").joinpath("decay.toml").read_text("utf-8")
models = st.builds(
    Model,
    cap=st.floats(0, 1),
    tau=st.none() | st.floats(1, 400),
    delta=st.floats(0.3, 5),
)


@given(models, st.integers(0, 500), st.integers(0, 500))
def test_it_falls_from_one_to_nothing_and_never_rises(model: Model, day: int, more: int) -> None:
    assert model.left(0) == 1
    assert 0 <= model.left(day + more) <= model.left(day) <= 1
    assert model.tau is None or model.left(model.tau) == 0


@given(models, st.floats(0.05, 0.95))
def test_it_lives_until_the_threshold_is_left(model: Model, threshold: float) -> None:
    lives = model.lives(threshold)
    if lives is None:
        assert model.left(10_000) == 1
    else:
        assert model.left(lives / timedelta(days=1)) == pytest.approx(threshold, abs=1e-3)


def test_the_curve_is_that_of_misp() -> None:
    """NIDS: tau 120 days and delta 2 give a half-life of 30 days."""
    assert Model(cap=1, tau=120, delta=2).left(30) == pytest.approx(0.5)


@pytest.mark.parametrize(
    ("kind", "days"),
    [("ipv4", 6.9), ("phone", 14.7), ("ip", 29.4), ("email-canon", 44.1), ("domain", 58.8),
     ("prompt-family", 88.2), ("asn", 88.2)],
)  # fmt: skip
def test_how_long_an_indicator_holds_that_nobody_sees_again(kind: str, days: float) -> None:
    lives = DECAY.lives(kind)
    assert lives is not None
    assert lives / timedelta(days=1) == pytest.approx(days, abs=0.1)


def test_every_kind_has_a_model() -> None:
    kinds = {kind for _, kind in current_policy().kinds} | {*KINDS, "other", LASTING}
    assert kinds == DECAY.kinds.keys()


def test_nothing_outlives_its_model() -> None:
    """Whoever states the latest end there is states none at which nothing is left."""
    for kind, days in current_policy().lifetimes.items():
        assert (DECAY.model(kind).tau or days) >= days, kind


def test_a_default_confidence_is_one_that_its_kind_can_prove() -> None:
    for kind, about in current_actions().about.items():
        assert capped(about.confidence, DECAY.model(kind)) == about.confidence, kind


def test_of_all_that_it_is_about_what_proves_least_counts() -> None:
    assert DECAY.kind_of(["pan", "asn", "domain"]) == "asn"
    assert DECAY.kind_of(["of tomorrow"]) == "other"
    assert DECAY.kind_of([]) == "other"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("threshold = 0.3", "threshold = 30"),
        ("pan = { cap = 0.9", "pan = { cap = 9"),
        ("tau = 14, delta = 2", "tau = 14, delta = 0"),
        ("newcomer = 0.75", "newcomer = 0.4"),
        ("most = 0.95", "most = 1"),
    ],
)
def test_a_number_that_makes_no_sense_is_refused(old: str, new: str) -> None:
    assert old in TEXT
    with pytest.raises(PolicyError):
        read_decay(TEXT.replace(old, new))
