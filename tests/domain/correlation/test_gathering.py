"""What labs state ties their own reports; what they have in common ties nothing by being stated."""

from __future__ import annotations

import pytest

from indicators.domain.correlation.evidence import APART, Shown
from indicators.domain.correlation.gathering import Gathered, gather
from indicators.domain.correlation.links import STATED, Value


ALDERS, BIRCHS = "campaign--alder", "campaign--birch"
ADDRESS = Value("ipv4-addr", "ipv4-addr--1")
CARD = Value("pan", "match-token--1")
CLIENT = Value("tls-client-fingerprint", "tls-client-fingerprint--1")
OVER_ADDRESS = "indicator--address"


def stated(one: str, other: str) -> list[Shown]:
    tie = Value(STATED, f"relationship--{one}-{other}")
    return [Shown(one, tie), Shown(other, tie)]


def brought(*shown: Shown) -> Gathered:
    return gather(shown, families={}, public=())


def values(found: Gathered) -> dict[str, set[Value]]:
    return {each.id: set(each.values) for each in found.reports}


def test_an_indicator_that_two_labs_state_is_in_no_view_and_both_show_what_it_names() -> None:
    found = brought(
        Shown(OVER_ADDRESS, ADDRESS),
        *stated(OVER_ADDRESS, ALDERS),
        *stated(OVER_ADDRESS, BIRCHS),
    )
    assert values(found) == {each: {ADDRESS} for each in (OVER_ADDRESS, ALDERS, BIRCHS)}
    assert OVER_ADDRESS not in found.views
    assert found.views[ALDERS] != found.views[BIRCHS]
    assert found.stated_by == {OVER_ADDRESS: {ALDERS, BIRCHS}}


def test_a_view_reaches_as_far_as_its_labs_statements() -> None:
    service, seen = "infrastructure--alder", "observed-data--alder"
    views = brought(*stated(ALDERS, service), *stated(service, seen)).views
    assert views == dict.fromkeys([ALDERS, service, seen], ALDERS)


def test_with_a_service_that_many_buy_no_tie_is_stated_and_its_values_link_nothing() -> None:
    service = "infrastructure--service"
    found = brought(
        Shown(service, Value(APART, service), stops=True),
        Shown(service, CLIENT),
        Shown(service, CARD),
        Shown(ALDERS, CARD),
        *stated(ALDERS, service),
        *stated(BIRCHS, service),
    )
    assert service not in values(found)
    assert CLIENT in found.stopped
    assert CARD not in found.stopped, "that a card is everybody's no lab says for all"
    assert found.views[ALDERS] != found.views[BIRCHS]


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


@pytest.mark.parametrize("disputed", [0, 1])
def test_a_disputed_variant_is_stopped_alone_even_the_first_of_its_family(disputed: int) -> None:
    family = [Value("prompt-family", f"prompt-family--{n}") for n in range(3)]
    shown = [
        Shown(ALDERS, family[disputed]),
        Shown(ALDERS, family[1 - disputed]),
        Shown(BIRCHS, family[2]),
        Shown("note--1", family[disputed], stops=True),
    ]
    found = gather(shown, families={each.text: family[0].text for each in family}, public=())
    assert found.stopped == {family[disputed]}
    assert len(values(found)[ALDERS]) == 2
    assert values(found)[ALDERS] - values(found)[BIRCHS] == {family[disputed]}


def test_no_view_has_two_campaigns() -> None:
    service = "infrastructure--1"
    views = brought(*stated(ALDERS, service), *stated(BIRCHS, service)).views
    assert views[ALDERS] != views[BIRCHS]
    assert views[service] in (views[ALDERS], views[BIRCHS])
