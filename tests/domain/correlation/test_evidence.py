"""What is on the feed says which reports show what, and what links nothing."""

from __future__ import annotations

from typing import Any

import pytest

from indicators.domain.correlation.evidence import APART, PROFILE, Shown, evidence, in_pattern
from indicators.domain.correlation.links import STATED, Value
from indicators.domain.correlation.policy import current_correlation
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.ids import sco_id


POLICY = current_correlation()
TOKEN = {"kind": "pan", "scheme": "voprf-ristretto255-v1", "epoch": "2026Q4", "value": "x" * 43}
TOKEN_ID = sco_id("match-token", TOKEN)
JA4 = "t13d1311h2_a1b2c3d4e5f6_0f1e2d3c4b5a"
JA4_ID = sco_id("tls-client-fingerprint", {"scheme": "ja4", "value": JA4})
DOMAIN_ID = sco_id("domain-name", {"value": "gw.example"})
INDICATOR = "indicator--11111111-1111-4111-8111-111111111111"
CAMPAIGN = "campaign--22222222-2222-4222-8222-222222222222"
SERVICE = "infrastructure--33333333-3333-4333-8333-333333333333"
SEEN = "observed-data--44444444-4444-4444-8444-444444444444"


def said(type_: str, **body: Any) -> list[Shown]:
    own = {"type": type_, "id": f"{type_}--99999999-9999-4999-8999-999999999999", **body}
    return evidence(own, {TOKEN_ID: "pan"}, policy=POLICY)


def indicates(pattern: str, **body: Any) -> list[Shown]:
    return said("indicator", id=INDICATOR, pattern=pattern, pattern_type="stix", **body)


def over(**token: str) -> str:
    return " AND ".join(f"match-token:{name} = '{value}'" for name, value in token.items())


def test_a_pattern_shows_the_observables_that_it_names() -> None:
    pattern = f"[({over(**TOKEN)})] OR [domain-name:value IN ('GW.example.', 'b.example')]"
    assert set(indicates(pattern)) == {
        Shown(INDICATOR, Value("pan", TOKEN_ID)),
        Shown(INDICATOR, Value("domain-name", DOMAIN_ID)),
        Shown(INDICATOR, Value("domain-name", sco_id("domain-name", {"value": "b.example"}))),
    }


def test_what_stands_beside_a_value_may_stand_anywhere_in_the_and() -> None:
    pattern = (
        f"[tls-client-fingerprint:scheme = 'ja4' AND (tls-client-fingerprint:value = '{JA4}' "
        f"OR tls-client-fingerprint:value = '{JA4[:-1]}b')]"
    )
    assert Value("tls-client-fingerprint", JA4_ID) in set(in_pattern(pattern))
    assert len(set(in_pattern(pattern))) == 2


@pytest.mark.parametrize(
    "pattern",
    [
        "[domain-name:value != 'gw.example']",
        "[NOT domain-name:value = 'gw.example']",
        "[domain-name:value MATCHES 'gw']",
        f"[match-token:value = '{TOKEN['value']}']",
        "[x-forum-withdrawn:id = 'indicator--1']",
        "no pattern",
    ],
)
def test_what_a_pattern_does_not_name_is_not_shown(pattern: str) -> None:
    assert list(in_pattern(pattern)) == []


def test_an_observation_shows_what_it_lists() -> None:
    assert said("observed-data", id=SEEN, object_refs=[TOKEN_ID, DOMAIN_ID]) == [
        Shown(SEEN, Value("pan", TOKEN_ID)),
        Shown(SEEN, Value("domain-name", DOMAIN_ID)),
    ]


def relates(source: str, verb: str, target: str) -> list[Shown]:
    return said("relationship", relationship_type=verb, source_ref=source, target_ref=target)


def test_a_relationship_ties_two_reports() -> None:
    [one, other] = relates(INDICATOR, "indicates", CAMPAIGN)
    assert {one.report, other.report} == {INDICATOR, CAMPAIGN}
    assert one.value == other.value
    assert one.value.kind == STATED


def test_with_an_observable_the_report_shows_it() -> None:
    assert relates(SERVICE, "consists-of", TOKEN_ID) == [Shown(SERVICE, Value("pan", TOKEN_ID))]


@pytest.mark.parametrize(
    ("verb", "target"),
    [
        ("mitigates", CAMPAIGN),
        ("attributed-to", CAMPAIGN),
        ("uses", "attack-pattern--55555555-5555-4555-8555-555555555555"),
    ],
)
def test_some_relationships_tie_nothing(verb: str, target: str) -> None:
    assert relates(INDICATOR, verb, target) == []


def test_what_stands_in_one_grouping_belongs_together_but_not_in_one_report() -> None:
    grouped = said("grouping", object_refs=[SEEN, INDICATOR, TOKEN_ID])
    ties = [each.report for each in grouped if each.value.kind == STATED]
    assert {SEEN, INDICATOR} < set(ties)
    assert said("report", object_refs=[SEEN, INDICATOR]) == []


@pytest.mark.parametrize(
    "words",
    [
        {"labels": ["under-dispute"]},
        {"indicator_types": ["anonymization"]},
        {"extensions": {BY_NAME["share-governance"].id: {"shared_infrastructure": True}}},
        {"extensions": {BY_NAME["share-governance"].id: {"infrastructure_class": "cloud-nat"}}},
    ],
)
def test_what_is_disputed_or_used_by_many_stops_its_values(words: dict[str, Any]) -> None:
    [shown] = indicates("[domain-name:value = 'gw.example']", **words)
    assert shown.stops


def test_a_note_of_a_dispute_stops_the_observable_that_it_is_about() -> None:
    [shown] = said("note", labels=["under-dispute"], object_refs=[TOKEN_ID])
    assert shown.stops
    assert shown.value == Value("pan", TOKEN_ID)
    assert said("note", object_refs=[TOKEN_ID]) == []


def test_with_a_service_that_many_buy_no_tie_is_stated() -> None:
    own = said("infrastructure", id=SERVICE, infrastructure_types=["residential-proxy-service"])
    assert own == [Shown(SERVICE, Value(APART, SERVICE), stops=True)]


def test_a_disputed_relationship_ties_nothing() -> None:
    body = {"relationship_type": "indicates", "source_ref": INDICATOR, "target_ref": CAMPAIGN}
    assert said("relationship", labels=["under-dispute"], **body) == []


def test_what_is_revoked_says_nothing() -> None:
    assert indicates("[domain-name:value = 'gw.example']", revoked=True) == []


def test_a_profile_is_shown_item_by_item() -> None:
    profile = {"goals": ["vision", "translation"], "impact_bucket": "high", "metrics": [{}]}
    body = {"extensions": {BY_NAME["distillation-profile"].id: profile}}
    assert [each.value for each in said("campaign", id=CAMPAIGN, **body)] == [
        Value(PROFILE, "goals=vision"),
        Value(PROFILE, "goals=translation"),
        Value(PROFILE, "impact_bucket=high"),
    ]
