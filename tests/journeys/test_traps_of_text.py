"""What must never cross the hub, each as a lab might send it, and how it ends."""

from __future__ import annotations

import json
from typing import Any

import pytest

from indicators.domain.stix.extensions import BY_NAME
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import Forum, indicator, messages, outcomes, stix


SIGN = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
PROFILE = BY_NAME["distillation-profile"].id


def note(text: str) -> dict[str, Any]:
    return stix("note", content=text, object_refs=[SIGN["id"]])


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("They pay $0.41/M at the reseller, 30 % under our list.", "competition.money"),
        ("Our new model Juniper-4, launching 8 July.", "competition.unreleased"),
        ("Ask the engineer, Mr Placeholder, +1 202 555 0143.", "personal.phone-international"),
    ],
)
def test_a_price_a_plan_and_an_engineer_wait_unread_and_on_top(
    forum: Forum, text: str, rule: str
) -> None:
    forum.push("alder", note("Sign-ups come in bursts, five minutes apart."))
    forum.push("alder", SIGN, note(text))
    first, *_ = HeldObject.objects.order_by("rank", "held_at")
    assert review.content(first)["content"] == text
    assert rule in first.rule_ids
    assert [each["type"] for each in forum.feed()] == ["indicator"]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("The card was 4111 1111 1111 1111.", "CARD_REMOVED"),
        ("Prompt: my daughter, 9, was diagnosed with leukaemia in May.", "PERSONAL_REMOVED"),
        ("The key is ghp_fakefakefakefakefakefakefakefakefake.", "SECRET_REMOVED"),
    ],
)
def test_a_card_a_patients_story_and_a_key_are_removed(forum: Forum, text: str, code: str) -> None:
    status = forum.push("alder", SIGN | {"description": text}, note(text))
    assert sorted(outcomes(status)) == ["published", "rejected"]
    assert all(code in each for each in messages(status))
    assert not HeldObject.objects.exists()


def campaign(**profile: Any) -> dict[str, Any]:
    whole = {"extension_type": "property-extension", "volume_bucket": "1e6-1e7", **profile}
    return stix("campaign", name="Abacus", extensions={PROFILE: whole})


@pytest.mark.parametrize(
    "profile",
    [
        {"tokens": 184233910},
        {"volume_bucket": "184233910"},
        {"metrics": [{"detector": "prada", "reading": "exceeded", "tokens": 184233910}]},
        {"metrics": [{"detector": "tokens", "reading": "184233910"}]},
    ],
)
def test_an_exact_volume_has_no_slot_and_is_refused(forum: Forum, profile: dict[str, Any]) -> None:
    status = forum.push("birch", campaign(**profile))
    assert outcomes(status) == ["rejected"]
    assert "INVALID_STIX" in messages(status)[0]
    assert forum.feed() == []


def test_an_exact_volume_under_a_name_of_ones_own_is_left_behind(forum: Forum) -> None:
    own = "extension-definition--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"
    volume = {own: {"extension_type": "property-extension", "tokens": 184233910}}
    status = forum.push("birch", SIGN | {"x_tokens": 184233910, "extensions": volume})
    assert outcomes(status) == ["published"]
    assert "not shared" in messages(status)[0]
    assert "184233910" not in json.dumps(forum.feed())


def test_an_exact_count_of_observations_becomes_a_power_of_ten(forum: Forum) -> None:
    seen = stix("domain-name", value="gw-2.meadowexit.example")
    data = stix(
        "observed-data",
        first_observed="2026-11-01T09:14:00Z",
        last_observed="2026-11-01T10:14:00Z",
        number_observed=8423391,
        object_refs=[seen["id"]],
    )
    forum.push("birch", seen, data)
    [shared] = [each for each in forum.feed() if each["type"] == "observed-data"]
    assert shared["number_observed"] == 1_000_000
