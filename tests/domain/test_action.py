"""What an indicator says of itself: how far one may go on it, and when it counts as matched."""

from __future__ import annotations

import json
import re
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.action import (
    LISTED,
    Subject,
    current_actions,
    default_confidence,
    match_policy,
    read_actions,
    words,
)
from indicators.domain.disclosure import PolicyError, current_policy
from indicators.domain.stix.patterns import parse_pattern
from indicators.domain.stix.validators import extension_schema_text, extension_validator


ACTIONS = current_actions()
ORDER = list(ACTIONS.tiers)
KINDS = sorted(ACTIONS.about)
BANDS = (
    "[prompt-family:scheme = 's' AND prompt-family:epoch = '2026Q4' AND "
    f"prompt-family:bands[*] IN ('{'A' * 43}', '{'B' * 43}')]"
)


def stated(**terms: object) -> dict[str, object]:
    return dict(terms)


subjects = st.builds(
    Subject,
    kinds=st.frozensets(st.sampled_from(KINDS), min_size=1, max_size=3),
    indicator_types=st.frozensets(st.sampled_from(["anonymization", "compromised"])),
    is_broad=st.booleans(),
    is_listed=st.booleans(),
    stated=st.fixed_dictionaries(
        {},
        optional={
            "action_tier": st.sampled_from(ORDER),
            "shared_infrastructure": st.booleans(),
            "infrastructure_class": st.sampled_from([*ACTIONS.classes, "datacentre", "unknown"]),
            "counter_evidence": st.lists(
                st.sampled_from(["long-tenure", LISTED]), min_size=1, unique=True
            ),
            "match_policy": st.sampled_from(["exact", "bands-3-of-32"]),
        },
    ),
)


@given(subjects)
def test_a_lab_may_weaken_the_tier_and_never_strengthen_it(subject: Subject) -> None:
    said = words(subject, actions=ACTIONS)
    alone = Subject(subject.kinds, is_broad=subject.is_broad, is_listed=subject.is_listed)
    ceiling = words(alone, actions=ACTIONS)["action_tier"]
    assert ORDER.index(str(said["action_tier"])) <= ORDER.index(str(ceiling))
    if tier := subject.stated.get("action_tier"):
        assert ORDER.index(str(said["action_tier"])) <= ORDER.index(str(tier))


@given(subjects)
def test_said_again_of_what_it_says_it_comes_out_the_same(subject: Subject) -> None:
    """The look back at a changed policy reads what was published as if a lab had sent it."""
    said = words(subject, actions=ACTIONS)
    again = Subject(
        subject.kinds, subject.pattern, subject.indicator_types, subject.is_broad,
        subject.is_listed, said,
    )  # fmt: skip
    assert words(again, actions=ACTIONS) == said


@given(subjects)
def test_what_is_said_is_in_the_words_of_the_schema(subject: Subject) -> None:
    said = {"extension_type": "property-extension", **words(subject, actions=ACTIONS)}
    assert list(extension_validator("share-governance").iter_errors(said)) == []


@given(subjects)
def test_what_bystanders_use_is_never_more_than_score(subject: Subject) -> None:
    said = words(subject, actions=ACTIONS)
    assert said["shared_infrastructure"] is False or said["action_tier"] in ("context", "score")


@pytest.mark.parametrize(
    ("kinds", "tier"),
    [
        ({"identifier"}, "step-up"),
        ({"phone"}, "step-up"),
        ({"domain"}, "score"),
        ({"ip"}, "score"),
        ({"client-fingerprint"}, "score"),
        ({"asn"}, "context"),
        ({"prompt-family"}, "review"),
        ({"other"}, "context"),
        ({"identifier", "domain"}, "score"),
        ({"of tomorrow"}, "context"),
    ],
)
def test_the_tier_follows_what_it_is_about(kinds: set[str], tier: str) -> None:
    assert words(Subject(frozenset(kinds)), actions=ACTIONS)["action_tier"] == tier


@pytest.mark.parametrize(
    ("terms", "types", "tier"),
    [
        (stated(shared_infrastructure=True), (), "context"),
        (stated(infrastructure_class="residential-proxy"), (), "score"),
        (stated(infrastructure_class="cloud-nat"), (), "context"),
        (stated(infrastructure_class="cloud-nat"), ("anonymization",), "context"),
        (stated(shared_infrastructure=True), ("anonymization",), "score"),
    ],
)
def test_bystanders_lower_it(terms: dict[str, object], types: tuple[str, ...], tier: str) -> None:
    subject = Subject(frozenset({"identifier"}), indicator_types=frozenset(types), stated=terms)
    said = words(subject, actions=ACTIONS)
    assert (said["shared_infrastructure"], said["action_tier"]) == (True, tier)


def test_of_a_datacentre_nobody_is_said_to_be_a_bystander() -> None:
    subject = Subject(frozenset({"ip"}), stated=stated(infrastructure_class="datacentre"))
    assert words(subject, actions=ACTIONS)["shared_infrastructure"] is False


def test_what_stands_on_a_warning_list_says_so_beside_what_its_lab_says() -> None:
    subject = Subject(
        frozenset({"domain"}), is_listed=True, stated=stated(counter_evidence=["long-tenure"])
    )
    said = words(subject, actions=ACTIONS)
    assert said["counter_evidence"] == ["long-tenure", LISTED]
    assert (said["shared_infrastructure"], said["action_tier"]) == (True, "context")


@pytest.mark.parametrize(
    ("pattern", "policy"),
    [
        ("[domain-name:value = 'a.example']", "exact"),
        ("[domain-name:value IN ('a.example', 'b.example')]", "exact"),
        ("[ipv4-addr:value ISSUBSET '198.51.100.0/25']", "subset"),
        ("[ipv4-addr:value = '198.51.100.0/25']", "subset"),
        ("[ipv4-addr:value = '198.51.100.7' OR ipv4-addr:value ISSUBSET '203.0.113.0/25']",
         "subset"),
        ("[email-addr:value LIKE 'bot%']", "pattern"),
        ("[domain-name:value != 'a.example']", "pattern"),
        ("[domain-name:value NOT = 'a.example']", "pattern"),
        ("[domain-name:value = 'a.example'] REPEATS 5 TIMES", "pattern"),
        (BANDS, "bands-4-of-32"),
    ],
)  # fmt: skip
def test_when_it_matches_follows_from_the_pattern(pattern: str, policy: str) -> None:
    subject = Subject(frozenset({"other"}), parse_pattern(pattern))
    assert match_policy(subject) == policy


def test_another_language_matches_as_its_rule_says() -> None:
    assert match_policy(Subject(frozenset({"other"}))) == "pattern"


def test_the_least_believed_of_what_it_is_about_counts() -> None:
    assert default_confidence(Subject(frozenset({"domain", "asn"})), actions=ACTIONS) == 15


def test_every_kind_of_the_disclosure_policy_is_weighed() -> None:
    policy = current_policy()
    kinds = {kind for _, kind in policy.kinds} | {"other"}
    assert kinds == ACTIONS.about.keys()
    assert all(each.because for each in ACTIONS.about.values())


def test_no_tier_blocks_anybody() -> None:
    assert ORDER == ["context", "score", "step-up", "review"]
    schema = json.loads(extension_schema_text("share-governance"))
    assert schema["properties"]["action_tier"]["enum"] == ORDER


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('at_most = "context"', 'at_most = "block"', "'block' does not stand in [tiers]"),
        ("confidence = 15, because", "confidence = 20, because", "confidence 20 is none of"),
    ],
)
def test_a_word_that_the_file_does_not_know_is_refused(old: str, new: str, told: str) -> None:
    text = resources.files("indicators.policy").joinpath("actions.toml").read_text("utf-8")
    with pytest.raises(PolicyError, match=re.escape(told)):
        read_actions(text.replace(old, new))
