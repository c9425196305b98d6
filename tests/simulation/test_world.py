"""An invented world is the same for the same seed, and as hard as it says."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from indicators.domain.correlation.agreement import telling
from indicators.domain.correlation.communities import communities
from indicators.domain.correlation.links import Value, links
from indicators.domain.correlation.policy import current_correlation
from indicators.simulation import world
from indicators.simulation.score import Score, kept, score, stability
from indicators.simulation.shape import INFRASTRUCTURE, INSTRUMENTS, Shape
from indicators.simulation.world import World


@pytest.fixture(scope="module")
def made() -> World:
    return world.make(11, labs=4, campaigns=60, accounts=12_000)


def in_campaigns(made: World) -> dict[Value, set[int]]:
    """The campaigns whose accounts show each value."""
    found: dict[Value, set[int]] = defaultdict(set)
    for each in made.accounts:
        for value in each.values:
            found[value] |= set() if each.campaign is None else {each.campaign}
    return found


def test_equal_arguments_give_equal_worlds(made: World) -> None:
    assert world.make(11, labs=4, campaigns=60, accounts=12_000) == made
    assert world.make(12, labs=4, campaigns=60, accounts=12_000) != made


def test_half_are_of_campaigns_and_every_campaign_is_there(made: World) -> None:
    sizes = Counter(made.truth)
    assert len(made.accounts) == 12_000
    assert sizes.pop(None) == pytest.approx(6000, rel=0.1)
    assert len(sizes) == 60
    assert max(sizes.values()) > 4 * min(sizes.values())
    assert {each.lab for each in made.accounts} == set(range(4))


def test_common_values_are_on_as_many_accounts_as_the_shape_says(made: World) -> None:
    shown = Counter(v for each in made.accounts for v in each.values if "common" in v.text)
    assert len(shown) == 30
    assert shown.total() == pytest.approx(0.3 * 12_000, rel=0.05)


@pytest.mark.parametrize(("kinds", "share"), [(INFRASTRUCTURE, 0.05), (INSTRUMENTS, 0.02)])
def test_some_of_what_is_a_campaigns_is_anothers_too(
    made: World, kinds: tuple[str, ...], share: float
) -> None:
    own = {v: c for v, c in in_campaigns(made).items() if v.kind in kinds and v.text[0].isdigit()}
    lent = sum(len(campaigns) > 1 for campaigns in own.values()) / len(own)
    # Domain names that are shared are services', and do not count here.
    assert share / 2 < lent < share * 1.5


def test_honest_groups_look_alike(made: World) -> None:
    shared = Counter(
        v
        for each in made.accounts
        for v in each.values
        if v.text.startswith(("company", "harness"))
    )
    cards = [number for value, number in shared.items() if value.kind == "pan"]
    assert min(cards) >= 3
    assert max(cards) <= 8
    assert any(number >= 20 for number in shared.values())
    assert any(each.profile["goals"] == ["capability-sweep"] for each in made.views)


def test_a_share_hides_in_cover_traffic_and_variants_are_of_one_family(made: World) -> None:
    campaigners = [each for each in made.accounts if each.campaign is not None]
    families = [[v for v in each.values if v.kind == "prompt-family"] for each in campaigners]
    assert 0.1 < sum(not each for each in families) / len(campaigners) < 0.35
    variants = {v for each in families for v in each}
    assert {world.family(each).text.partition("/")[1] for each in variants} == {""}
    assert len(variants) > 3 * len({world.family(each) for each in variants}) - 30


def test_a_shape_without_difficulties_has_none() -> None:
    easy = Shape(common_share=0, cross_used=0, infrastructure_shared=0, stolen=0)
    campaigns = in_campaigns(world.make(3, labs=2, campaigns=5, accounts=1000, shape=easy))
    own = [found for value, found in campaigns.items() if value.kind in INSTRUMENTS]
    assert max(map(len, own)) == 1


# At 4,000 and 60,000 accounts it is told apart better; docs/simulation.md has the figures.
@pytest.mark.parametrize(
    ("seed", "campaigns", "accounts"), [(1, 5, 1000), (2, 5, 1000), (3, 10, 2000)]
)
def test_a_small_world_is_told_apart(seed: int, campaigns: int, accounts: int) -> None:
    policy = current_correlation()
    small = world.make(seed, labs=4, campaigns=campaigns, accounts=accounts)
    reports = small.reports()
    labels = communities(telling(links(reports, policy=policy), policy=policy), policy=policy)
    got = score(small.truth, [labels.get(each.id) for each in reports])
    assert got.precision > 0.97
    assert got.recall > 0.95


def test_the_score_counts_pairs() -> None:
    assert score([1, 1, 1, None, 2], ["a", "a", "b", "a", None]) == Score(1 / 3, 1 / 3, 3)


def test_stability_counts_what_has_a_name_in_both() -> None:
    before = {"r1": "c1", "r2": "c1", "r3": "c2"}
    assert stability(before, {"r1": "c1", "r2": "c2", "r4": "c9"}) == 0.5
    assert stability(before, {}) == 1.0


def test_who_lost_the_name_is_not_kept() -> None:
    assert kept({"r1": "c1", "r2": "c1"}, {"r1": "c2", "r3": "c1"}) == 0.5
    assert kept({}, {"r1": "c1"}) == 1.0
