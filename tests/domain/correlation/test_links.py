"""What a shared value says, and when it says nothing."""

from __future__ import annotations

import math
from dataclasses import replace
from importlib import resources

import pytest

from indicators.domain.correlation.links import Link, Report, Value, links
from indicators.domain.correlation.policy import current_correlation, read_correlation


POLICY = current_correlation()
CARD, ADDRESS = Value("pan", "a"), Value("ipv4-addr", "192.0.2.1")


def test_the_rarer_a_value_the_more_it_says() -> None:
    found = links([Report(str(n), (CARD,)) for n in range(2)], policy=POLICY)
    assert found == [Link("0", CARD, 0.9 / 2), Link("1", CARD, 0.9 / 2)]
    more = links([Report(str(n), (CARD,)) for n in range(6)], policy=POLICY)
    assert more[0].weight == pytest.approx(0.9 / math.log2(8))


def test_a_value_said_twice_by_one_report_is_said_once() -> None:
    assert links([Report("a", (CARD, CARD))], policy=POLICY) == []


@pytest.mark.parametrize("kind", ["ipv4-addr", "autonomous-system", "domain-name", "unheard-of"])
def test_some_kinds_link_nothing(kind: str) -> None:
    value = Value(kind, "x")
    assert links([Report("a", (value,)), Report("b", (value,))], policy=POLICY) == []


def test_what_everybody_has_links_nothing() -> None:
    policy = replace(POLICY, shared_by=3)
    assert len(links([Report(str(n), (CARD,)) for n in range(3)], policy=policy)) == 3
    assert links([Report(str(n), (CARD,)) for n in range(4)], policy=policy) == []


def test_what_is_stopped_links_nothing() -> None:
    reports = [Report("a", (CARD,)), Report("b", (CARD,))]
    assert links(reports, policy=POLICY, stopped={CARD}) == []


def test_a_weight_is_a_share() -> None:
    text = resources.files("indicators.policy").joinpath("correlation.toml").read_text()
    assert read_correlation(text) == POLICY
    with pytest.raises(ValueError, match="pan"):
        read_correlation(text.replace("pan = 0.9", "pan = 1.2"))
