"""What labs state ties their own reports; what they have in common ties nothing by being stated."""

from __future__ import annotations

from indicators.domain.correlation.evidence import APART, Shown
from indicators.domain.correlation.gathering import Gathered, gather, settle
from indicators.domain.correlation.links import STATED, Value


ALDERS, BIRCHS = "campaign--alder", "campaign--birch"
ADDRESS = Value("ipv4-addr", "ipv4-addr--1")
CARD = Value("pan", "match-token--1")
OVER_ADDRESS, OVER_CARD = "indicator--address", "indicator--card"


def stated(one: str, other: str) -> list[Shown]:
    tie = Value(STATED, f"relationship--{one}-{other}")
    return [Shown(one, tie), Shown(other, tie)]


def brought(*shown: Shown) -> Gathered:
    return gather(shown, families={}, public=())


def values(found: Gathered) -> dict[str, set[Value]]:
    return {each.id: set(each.values) for each in found.reports}


def test_an_indicator_that_two_labs_state_ties_them_by_what_it_names_alone() -> None:
    found = brought(
        Shown(OVER_ADDRESS, ADDRESS),
        *stated(OVER_ADDRESS, ALDERS),
        *stated(OVER_ADDRESS, BIRCHS),
    )
    said = values(found)
    assert ADDRESS in said[ALDERS] & said[BIRCHS]
    assert not {each for each in said[ALDERS] & said[BIRCHS] if each.kind == STATED}
    assert said[OVER_ADDRESS] == {ADDRESS}
    assert found.stated_by == {OVER_ADDRESS: {ALDERS, BIRCHS}}


def test_a_labs_own_reports_are_tied() -> None:
    said = values(brought(*stated(ALDERS, "infrastructure--alder")))
    [tie] = said[ALDERS]
    assert tie in said["infrastructure--alder"]


def test_with_a_service_that_many_buy_no_tie_is_stated_and_its_values_link_nothing() -> None:
    service = "infrastructure--service"
    found = brought(
        Shown(service, Value(APART, service), stops=True),
        Shown(service, CARD),
        Shown(ALDERS, CARD),
        *stated(ALDERS, service),
        *stated(BIRCHS, service),
    )
    assert service not in values(found)
    assert CARD in found.stopped
    ties = [each for each in values(found)[ALDERS] if each.kind == STATED]
    assert not set(ties) & values(found)[BIRCHS]


def test_a_variant_counts_as_its_family_and_public_text_as_nothing() -> None:
    variant, first, rubric = (f"prompt-family--{n}" for n in range(3))
    shown = [
        Shown(ALDERS, Value("prompt-family", variant)),
        Shown(BIRCHS, Value("prompt-family", first)),
        Shown(BIRCHS, Value("prompt-family", rubric)),
    ]
    found = gather(shown, families={variant: first}, public=[rubric])
    assert values(found)[ALDERS] == {Value("prompt-family", first)}
    assert found.stopped == {Value("prompt-family", rubric)}


def test_an_indicator_belongs_where_those_who_state_it_belong() -> None:
    stated_by = {OVER_ADDRESS: [ALDERS, BIRCHS], OVER_CARD: [ALDERS, "campaign--cedar"]}
    members = {ALDERS: 1, BIRCHS: 1, "campaign--cedar": 2}
    assert settle(members, stated_by, stays=0.6) == members | {OVER_ADDRESS: 1}


def test_an_indicator_that_others_state_too_belongs_nowhere() -> None:
    stated_by = {OVER_ADDRESS: [ALDERS, "campaign--nobodys", "campaign--another"]}
    assert settle({ALDERS: 1}, stated_by, stays=0.6) == {ALDERS: 1}
