"""The reference data that comes with the hub."""

from __future__ import annotations

from typing import cast

from indicators.catalogue.contents import atlas, contents
from indicators.demo.views import views
from indicators.domain.render import EXERCISE_MARKING_ID
from indicators.domain.stix.check import problems
from indicators.domain.stix.extensions import EXTENSIONS


FORUM = "identity--6b1f3c52-9a37-4f0e-8f43-2f6c0d6a5be1"


def test_every_object_is_stix_and_stands_once() -> None:
    found = contents(identity_id=FORUM, title="Forum")
    assert [(each["id"], problems(each)) for each in found if problems(each)] == []
    assert len({each["id"] for each in found}) == len(found)


def test_it_holds_the_forum_its_markings_and_its_extensions() -> None:
    ids = {each["id"] for each in contents(identity_id=FORUM, title="Forum")}
    assert {FORUM, EXERCISE_MARKING_ID, *(each.id for each in EXTENSIONS)} <= ids


def test_it_holds_every_technique_that_the_campaigns_use() -> None:
    known = {
        reference["external_id"]
        for each in atlas()
        for reference in cast("list[dict[str, str]]", each.get("external_references", []))
    }
    assert {technique for view in views() for technique in view.campaign.techniques} <= known


def test_relationships_lead_to_what_is_there() -> None:
    ids = {each["id"] for each in atlas()}
    ends = {
        each[name]
        for each in atlas()
        if each["type"] == "relationship"
        for name in ("source_ref", "target_ref")
    }
    assert ends <= ids
