"""GET /forum/collections/ and one of them: docs/wire.md 2.4, 2.5."""

from __future__ import annotations

import pytest

from indicators.models.collection import Collection
from indicators.models.member import Grant
from tests.labs import another_key, new_lab
from tests.taxii.door import Caller, Hub


def listed(caller: Caller) -> dict[str, tuple[object, object]]:
    found = caller.get("/forum/collections/").json["collections"]
    return {one["alias"]: (one["can_read"], one["can_write"]) for one in found}


@pytest.mark.parametrize(
    ("slug", "expected"),
    [
        (
            "alder",
            {
                "distillation": (True, True),
                "distillation-withdrawn": (True, False),
                "reference": (True, True),
            },
        ),
        (
            "birch",
            {
                "distillation": (True, False),
                "distillation-withdrawn": (True, False),
                "private": (True, True),
                "private-withdrawn": (True, False),
                "reference": (True, False),
            },
        ),
        ("cedar", {"distillation": (False, True), "reference": (True, False)}),
    ],
)
def test_each_caller_sees_its_own_rights_as_booleans(
    hub: Hub, slug: str, expected: dict[str, tuple[bool, bool]]
) -> None:
    """2.4"""
    assert listed(hub.callers[slug]) == expected
    for one in hub.callers[slug].get("/forum/collections/").json["collections"]:
        assert type(one["can_read"]) is bool
        assert type(one["can_write"]) is bool


def test_collections_are_sorted_by_id(birch: Caller) -> None:
    """2.4"""
    ids = [one["id"] for one in birch.get("/forum/collections/").json["collections"]]
    assert ids == sorted(ids)


def test_one_collection_is_the_same_by_id_by_alias_and_in_the_list(hub: Hub, alder: Caller) -> None:
    """2.4"""
    by_alias = alder.get(hub.url("distillation", "")).json
    assert by_alias == alder.get(hub.url("distillation", "", by_id=True)).json
    assert by_alias in alder.get("/forum/collections/").json["collections"]
    assert by_alias["media_types"] == ["application/stix+json;version=2.1"]


def test_a_collection_tells_its_lane_and_delay_in_words(hub: Hub, alder: Caller) -> None:
    """In the description, where no client stumbles over them."""
    Collection.objects.filter(alias="distillation").update(description="What labs saw.")
    found = alder.get(hub.url("distillation", "")).json
    assert found["description"] == (
        "What labs saw. Lane: immediate, expected delay: about a second. Source anonymity: weak, "
        "2 active members write here: a reader that writes too can narrow a source to 1."
    )
    assert "description" not in alder.get(hub.url("reference", "")).json


def test_without_any_right_the_list_is_an_empty_object(hub: Hub, alder: Caller) -> None:
    assert Caller(new_lab("dogwood")).get("/forum/collections/").json == {}
    assert alder.lab
    assert Caller(another_key(alder.lab, ["status:read"])).get("/forum/collections/").json == {}


def test_a_grant_taken_away_is_felt_at_once(hub: Hub, birch: Caller) -> None:
    assert birch.get(hub.url("private")).status == 200
    Grant.objects.filter(collection=hub.collections["private"]).delete()
    assert birch.get(hub.url("private")).status == 404
