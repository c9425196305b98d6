"""Campaigns that stand are not made one by a few who show what both show."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Iterable
from random import Random

import pytest

from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.links import Link, Report, Value
from indicators.domain.correlation.newcomers import Pair, unproved
from indicators.domain.correlation.plan import Before, Plan, plan
from indicators.domain.correlation.policy import current_correlation
from indicators.domain.correlation.proposals import Decision, Kind
from indicators.simulation import world
from indicators.simulation.score import Score, score


POLICY = current_correlation()


def shows(report: str, *values: str) -> list[Link]:
    return [Link(report, Value("pan", each), 1.0) for each in values]


ONE = [*shows("a", "1", "2"), *shows("b", "1", "2")]
OTHER = [*shows("c", "3", "4"), *shows("d", "3", "4")]
BEFORE = {"a": "first", "b": "first", "c": "second", "d": "second"}


def apart(links: list[Link], seen: Iterable[str] = ()) -> tuple[dict[str, int], list[Pair]]:
    """What becomes of one community of all that is linked."""
    labels = dict.fromkeys([link.report for link in links], 0)
    return unproved(links, labels, BEFORE, seen=set(seen), policy=POLICY)


def test_few_newcomers_make_no_one_of_two_campaigns_that_stand() -> None:
    puppets = [*shows("p", "1", "2", "3", "4"), *shows("q", "1", "2", "3", "4")]
    labels, pairs = apart([*ONE, *OTHER, *puppets])
    assert labels == {"a": 0, "b": 0, "c": 1, "d": 1}
    assert pairs == [(0, 1)]


def bridge(number: int) -> list[Link]:
    return [link for n in range(number) for link in shows(f"n{n}", "1", "3")]


def test_enough_of_them_do() -> None:
    labels, pairs = apart([*ONE, *OTHER, *bridge(POLICY.bridges)])
    assert set(labels.values()) == {0}
    assert pairs == []


def test_who_was_seen_before_and_belonged_nowhere_counts_as_no_newcomer() -> None:
    links = [*ONE, *OTHER, *bridge(POLICY.bridges)]
    assert apart(links, seen=["n0"])[1] == [(0, 1)]
    assert apart(links, seen=[f"n{n}" for n in range(POLICY.bridges)])[1] == [(0, 1)]


def test_what_old_members_share_needs_no_newcomer() -> None:
    old = [*shows("a", "3"), *shows("b", "4"), *shows("p", "1", "3")]
    labels, pairs = apart([*ONE, *OTHER, *old])
    assert set(labels.values()) == {0}
    assert pairs == []


def test_who_shows_values_of_one_alone_goes_with_it() -> None:
    links = [*ONE, *OTHER, *shows("p", "1", "3"), *shows("e", "3", "4"), *shows("f", "1", "2")]
    assert apart(links)[0] == {"a": 0, "b": 0, "f": 0, "c": 1, "d": 1, "e": 1}


class Forum:
    """A small invented world that was correlated once, and whoever comes to it afterwards."""

    def __init__(self) -> None:
        made, chance = world.make(33, labs=8, campaigns=4, accounts=800), Random(33)
        ids = (str(uuid.UUID(int=chance.getrandbits(128), version=4)) for _ in made.accounts)
        self.reports = [
            Report(f"grouping--{own}", each.values)
            for own, each in zip(ids, made.reports(), strict=True)
        ]
        self.truth = dict(zip((each.id for each in self.reports), made.truth, strict=True))
        self.before = Before()
        self.run()

    def run(self, *newcomers: Report, decisions: Iterable[Decision] = ()) -> Plan:
        """Correlate, after what was there before."""
        reports = [*self.reports, *newcomers]
        before = Before(
            self.before.campaigns, self.before.oldest_first, [*decisions], seen=self.before.seen
        )
        planned = plan(Gathered(reports), before=before, policy=POLICY)
        named = {
            report: planned.names.heirs.get(label, f"campaign--{label}")
            for report, label in planned.members.items()
        }
        seen = {each.id for each in reports}
        self.before = Before(named, sorted(set(named.values())), seen=seen)
        return planned

    def score(self, planned: Plan) -> Score:
        """How well this agrees with the truth; a newcomer belongs to nobody."""
        every = {*self.truth, *planned.members}
        return score(
            [self.truth.get(each) for each in every], [planned.members.get(each) for each in every]
        )

    def lists(self, number: int) -> list[Report]:
        """Copies of one report that shows all that any two of a campaign show."""
        shown = Counter(
            value
            for each in self.reports
            if self.truth[each.id] is not None
            for value in each.values
            if POLICY.weights.get(value.kind)
        )
        values = tuple(sorted(value for value, times in shown.items() if times > 1))
        return [Report(f"grouping--list-{n}", values) for n in range(number)]


@pytest.fixture
def forum() -> Forum:
    return Forum()


def test_two_copies_of_a_list_of_everything_merge_nothing_and_staff_are_asked(
    forum: Forum,
) -> None:
    lists = forum.lists(2)
    for _ in range(3):  # the second run has seen them, and the third too
        planned = forum.run(*lists)
        assert forum.score(planned).precision > 0.98
        assert Kind.MERGE in {each.kind for each in planned.proposals}
        assert not {each.id for each in lists} & planned.members.keys()


def test_what_staff_join_is_one_though_few_newcomers_hold_it_together(forum: Forum) -> None:
    lists = forum.lists(2)
    asked = next(each for each in forum.run(*lists).proposals if each.kind is Kind.MERGE)
    planned = forum.run(*lists, decisions=[Decision(together=True, sides=asked.sides)])
    one, other = asked.sides
    assert len({planned.members[each] for each in one | other if each in planned.members}) == 1
