"""A run joins views by what they share, asks where it is little, and keeps to what was decided."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations

import pytest

from indicators.domain.correlation.evidence import PROFILE
from indicators.domain.correlation.gathering import Gathered
from indicators.domain.correlation.links import Report, Value
from indicators.domain.correlation.plan import Before, Plan, plan
from indicators.domain.correlation.policy import current_correlation
from indicators.domain.correlation.proposals import Decision, Kind
from indicators.domain.correlation.succession import Succession


POLICY = current_correlation()
OLD, NEW = "campaign--old", "campaign--new"


def view(lab: str, *values: Value, size: int = 4) -> list[Report]:
    """One lab's reports of one thing, some of them showing these values."""
    made = [Report(f"campaign--{lab}-{n}", ()) for n in range(size)]
    shown = [Report(f"observed-data--{lab}-{n}", (each,)) for n, each in enumerate(values)]
    return made + shown


def stated(reports: Iterable[Report]) -> dict[str, str]:
    """What each lab states as one thing."""
    labs = {each.id: each.id.split("--")[1].rpartition("-")[0] for each in reports}
    return {report: lab for report, lab in labs.items() if lab in LABS}


LABS = ("alder", "birch", "cedar", "dogwood")


def cards(name: str, number: int = 3) -> list[Value]:
    return [Value("pan", f"{name}-{n}") for n in range(number)]


FAMILIES = [Value("prompt-family", f"family-{n}") for n in range(3)]
ALDER, BIRCH = view("alder", *cards("a")), view("birch", *cards("a"))


def work(
    reports: Iterable[Report], before: Before | None = None, stopped: Iterable[Value] = ()
) -> Plan:
    reports = list(reports)
    gathered = Gathered(reports, frozenset(stopped), stated(reports))
    return plan(gathered, before=before or Before(), policy=POLICY)


def ids(reports: Iterable[Report]) -> frozenset[str]:
    return frozenset(each.id for each in reports)


def campaigns(planned: Plan) -> list[frozenset[str]]:
    found: dict[int, set[str]] = {}
    for report, label in planned.members.items():
        found.setdefault(label, set()).add(report)
    return sorted(map(frozenset, found.values()), key=min)


def test_two_views_that_share_atoms_are_one_campaign() -> None:
    planned = work([*ALDER, *BIRCH])
    assert campaigns(planned) == [ids(ALDER) | ids(BIRCH)]
    assert planned.proposals == []


def test_what_one_lab_states_as_one_needs_no_name_of_the_forums() -> None:
    assert campaigns(work(ALDER)) == []


def test_what_only_works_alike_is_proposed_and_not_joined() -> None:
    one, other = view("alder", *FAMILIES), view("birch", *FAMILIES)
    planned = work([*one, *other])
    assert campaigns(planned) == []
    [asked] = planned.proposals
    assert asked.kind is Kind.BEHAVIOUR
    assert set(asked.sides) == {ids(one), ids(other)}
    assert set(asked.values) == set(FAMILIES)


@pytest.mark.parametrize("together", [True, False])
def test_what_was_decided_holds(*, together: bool) -> None:
    one, other = view("alder", *FAMILIES), view("birch", *FAMILIES)
    decision = Decision(together, (ids(one), ids(other)))
    planned = work([*one, *other], Before(decisions=[decision]))
    assert campaigns(planned) == ([ids(one) | ids(other)] if together else [])


def test_what_was_decided_to_be_two_stays_two_though_atoms_are_shared() -> None:
    one = [*ALDER, *view("cedar", *cards("a"))]
    other = [*BIRCH, *view("dogwood", *cards("a"))]
    decision = Decision(together=False, sides=(ids(one), ids(other)))
    planned = work([*one, *other], Before(decisions=[decision]))
    assert campaigns(planned) == sorted([ids(one), ids(other)], key=min)


def test_a_stopped_value_undoes_what_rested_on_it() -> None:
    was = dict.fromkeys([*ids(ALDER), *ids(BIRCH)], OLD)
    planned = work([*ALDER, *BIRCH], Before(was, [OLD]), stopped=cards("a"))
    assert campaigns(planned) == []


def test_two_campaigns_that_turn_out_to_be_one_keep_the_older_name_and_say_why() -> None:
    one = [*view("alder", *cards("a")), *view("birch", *cards("a"))]
    other = [*view("cedar", *cards("b")), *view("dogwood", *cards("b"))]
    pairs = [*zip(cards("a"), cards("b"), strict=True)] * 2
    bridge = [Report(f"observed-data--elder-{n}", pair) for n, pair in enumerate(pairs)]
    was = dict.fromkeys(ids(one), NEW) | dict.fromkeys(ids(other), OLD)
    planned = work([*one, *other, *bridge], Before(was, [OLD, NEW]))
    [label] = set(planned.members.values())
    assert planned.names == Succession({label: OLD}, merged={NEW: OLD})
    assert planned.merges[NEW].kind is Kind.MERGE


def large(lab: str) -> list[Report]:
    pairs = [*combinations(cards(lab), 2)]
    return [Report(f"observed-data--{lab}s-{n}", pairs[n % 3]) for n in range(24)]


def tied(number: int) -> list[Report]:
    """Two large campaigns, and reports of the one that show a card of the other."""
    both = (*cards("alder", 2), *cards("birch", 1))
    return [
        *large("alder"),
        *large("birch"),
        *(Report(f"observed-data--both-{n}", both) for n in range(number)),
    ]


def test_what_shares_a_little_is_put_to_staff() -> None:
    planned = work(tied(6))
    assert len(campaigns(planned)) == 2
    [asked] = planned.proposals
    assert asked.kind is Kind.MERGE
    assert POLICY.merge <= asked.share < POLICY.joined
    assert asked.values == (Value("pan", "birch-0"),)


def test_what_little_holds_together_falls_apart_or_is_put_to_staff() -> None:
    was = {each.id: OLD for each in tied(6)}
    kept = work(tied(6), Before(was, [OLD]))
    assert len(campaigns(kept)) == 1
    assert [each.kind for each in kept.proposals] == [Kind.SPLIT]
    apart = work(tied(0), Before(was, [OLD]))
    assert len(campaigns(apart)) == 2
    assert list(apart.names.heirs.values()) == [OLD]


def crowd(size: int) -> list[Report]:
    """Accounts that have nothing in common but one device and one number."""
    values = (Value("device-id", "d"), Value("phone", "t"))
    return [Report(f"grouping--{n:04}", values) for n in range(size)]


@pytest.mark.parametrize("together", [True, False, None])
def test_a_campaign_whose_values_pass_the_limit_ends_if_staff_say_so(
    *, together: bool | None
) -> None:
    was = dict.fromkeys(ids(crowd(POLICY.shared_by)), OLD)
    assert set(work(crowd(POLICY.shared_by)).members) == was.keys()
    grown = crowd(POLICY.shared_by + 1)
    planned = work(grown, Before(was, [OLD]))
    [asked] = planned.proposals
    assert asked.kind is Kind.SPLIT
    assert asked.sides[0] | asked.sides[1] == was.keys()
    if together is not None:
        decided = Before(was, [OLD], [Decision(together, asked.sides)])
        planned = work(grown, decided)
        assert planned.proposals == []
    assert planned.members.keys() == (set() if together is False else was.keys())
    assert OLD in planned.names.heirs.values() or together is False


def test_a_campaign_whose_values_are_disputed_ends_though_they_pass_the_limit() -> None:
    grown = crowd(POLICY.shared_by + 1)
    values = grown[0].values
    planned = work(grown, Before(dict.fromkeys(ids(grown), OLD), [OLD]), stopped=values)
    assert (planned.members, planned.proposals) == ({}, [])


def profiled(lab: str, *items: str) -> list[Report]:
    profile = tuple(Value(PROFILE, each) for each in items)
    domain = Value("domain-name", "college")
    return [
        *view(lab),
        Report(f"observed-data--{lab}-9", (domain,)),
        Report(f"campaign--{lab}-9", profile),
    ]


SWEEP = ("goals=capability-sweep", "language_bucket=10-plus", "sync_pattern=cron-aligned")


def test_profiles_that_are_alike_are_put_to_staff_where_a_name_meets_too() -> None:
    one, other = profiled("alder", *SWEEP), profiled("birch", *SWEEP, "impact_bucket=high")
    planned = work([*one, *other])
    assert campaigns(planned) == []
    [asked] = planned.proposals
    assert asked.kind is Kind.BEHAVIOUR
    assert asked.share == 0.75
    assert Value("domain-name", "college") in asked.values


def test_a_name_that_meets_is_nothing_without_a_profile() -> None:
    different = ("goals=vision", "language_bucket=1")
    assert work([*profiled("alder", *SWEEP), *profiled("birch", *different)]).proposals == []
    assert work([*profiled("alder"), *profiled("birch")]).proposals == []


def test_a_profile_is_nothing_where_names_are_stopped() -> None:
    reports = [*profiled("alder", *SWEEP), *profiled("birch", *SWEEP)]
    assert work(reports, stopped=[Value("domain-name", "college")]).proposals == []
