"""Taken back means gone, unless another lab stands behind it too."""

from __future__ import annotations

import json

from indicators.models.publication import Publication
from tests.forum import Forum, indicator, messages, outcomes, relationship, stix


PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"


def test_the_last_contributor_takes_the_object_with_it(forum: Forum) -> None:
    sign = indicator(PATTERN)
    status = forum.push("alder", sign)
    [published] = forum.feed()
    assert forum.retract("alder", sign["id"])

    [revoked] = forum.feed()
    assert revoked["id"] == published["id"]
    assert revoked["revoked"] is True
    assert revoked["modified"] > published["modified"]
    assert "meadowexit" not in json.dumps([row.body for row in Publication.objects.all()])
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]
    [note] = forum.feed("distillation-withdrawn")
    assert note["object_refs"] == [published["id"]]


def test_by_the_forum_id_too_but_only_ones_own(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    [published] = forum.feed()
    assert not forum.retract("birch", published["id"])
    assert forum.retract("alder", published["id"])
    assert forum.feed()[0]["revoked"] is True


def test_by_a_revoked_version(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    status = forum.push("alder", sign | {"revoked": True, "modified": "2026-11-03T00:00:00.000Z"})
    assert outcomes(status) == ["withdrawn"]
    assert forum.feed()[0]["revoked"] is True


def test_another_contributor_keeps_it_without_a_visible_change(forum: Forum) -> None:
    mine, theirs = indicator(PATTERN), indicator(PATTERN)
    forum.push("alder", mine)
    forum.push("birch", theirs)
    before = forum.feed(versions="all")
    forum.retract("alder", mine["id"])
    assert forum.feed(versions="all") == before
    forum.retract("birch", theirs["id"])
    assert forum.feed()[0]["revoked"] is True


def test_two_ids_of_one_lab_are_two_contributions_of_one_contributor(forum: Forum) -> None:
    one, other = indicator(PATTERN), indicator(PATTERN)
    forum.push("alder", one, other)
    assert len(forum.feed()) == 1
    forum.retract("alder", one["id"])
    assert "revoked" not in forum.feed()[0]
    forum.retract("alder", other["id"])
    assert forum.feed()[0]["revoked"] is True


def test_relationships_fall_with_their_end(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    sign = indicator(PATTERN)
    forum.push("alder", domain, sign, relationship(sign, "based-on", domain))
    observable = next(each for each in forum.feed() if each["type"] == "domain-name")
    forum.retract("alder", domain["id"])
    live = {each["type"]: each for each in forum.feed()}
    assert "domain-name" not in live
    assert live["relationship"]["revoked"] is True
    assert "revoked" not in live["indicator"]
    assert observable["id"] not in json.dumps(forum.feed(versions="all"))
    notes = [each["object_refs"][0] for each in forum.feed("distillation-withdrawn")]
    assert set(notes) == {observable["id"], live["relationship"]["id"]}


def test_the_same_content_may_come_again_as_a_new_object(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    [old] = forum.feed()
    forum.retract("alder", sign["id"])
    forum.push("birch", indicator(PATTERN))
    live = [each for each in forum.feed() if not each.get("revoked")]
    assert len(live) == 1
    assert live[0]["id"] != old["id"]


def test_an_observable_may_come_again(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    forum.push("alder", domain)
    before = forum.feed()
    forum.retract("alder", domain["id"])
    assert forum.feed() == []
    forum.push("birch", stix("domain-name", value="gw-2.meadowexit.example"))
    assert forum.feed() == before


def test_what_was_taken_back_does_not_return_by_a_resend(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign)
    forum.retract("alder", sign["id"])
    status = forum.push("alder", sign, stix("domain-name", value="b.example"))
    assert outcomes(status) == ["withdrawn", "published"]
    assert forum.feed()[0]["revoked"] is True
    status = forum.push("alder", sign | {"modified": "2026-11-09T00:00:00.000Z"})
    assert outcomes(status) == ["published"]


def test_what_is_held_can_be_taken_back(forum: Forum) -> None:
    tool = stix("software", name="abacus-runner")
    status = forum.push("alder", tool)
    assert forum.retract("alder", tool["id"])
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]
    assert not forum.retract("alder", tool["id"])


def test_nothing_of_ones_own_is_not_found(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN) | {"revoked": True})
    assert outcomes(status) == ["rejected"]
    assert "NOT_YOURS" in messages(status)[0]
