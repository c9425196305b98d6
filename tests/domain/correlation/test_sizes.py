"""A campaign is found whole whatever its size, and whatever ids its reports have."""

from __future__ import annotations

import uuid
from collections import Counter
from random import Random

import pytest

from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.links import Report
from indicators.domain.correlation.plan import Before, plan
from indicators.domain.correlation.policy import current_correlation
from indicators.simulation import world
from indicators.simulation.score import score


@pytest.mark.parametrize(
    ("seed", "campaigns", "accounts", "largest"),
    [
        (1, 6, 6_000, 700),
        (2, 6, 6_000, 1_000),
        pytest.param(2, 3, 12_000, 3_500, marks=pytest.mark.slow),
        (7, 5, 1_000, 100),
    ],
)
def test_a_campaign_of_any_size_is_one(
    seed: int, campaigns: int, accounts: int, largest: int
) -> None:
    made = world.make(seed, labs=8, campaigns=campaigns, accounts=accounts)
    sizes = Counter(each.campaign for each in made.accounts if each.campaign is not None)
    assert max(sizes.values()) > largest
    chance = Random(seed)
    reports = [
        Report(f"grouping--{uuid.UUID(int=chance.getrandbits(128), version=4)}", each.values)
        for each in made.reports()
    ]
    planned = plan(
        Gathered(sorted(reports, key=lambda each: each.id)),
        before=Before(),
        policy=current_correlation(),
    )
    found = score(made.truth, [planned.members.get(each.id) for each in reports])
    assert found.precision > 0.97
    assert found.recall > 0.95
