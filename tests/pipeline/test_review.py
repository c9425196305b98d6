"""What people decide over held things."""

from __future__ import annotations

import json

import pytest

from indicators.domain import tlp
from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject
from indicators.pipeline import enrich, review
from tests.forum import HOUSEHOLD, Forum, indicator, messages, now, outcomes, relationship, stix


CAMPAIGN = "campaign--11111111-1111-4111-8111-111111111111"
PATTERN = "[domain-name:value = 'gw-2.meadowexit.example']"


def held(part: str) -> HeldObject:
    return HeldObject.objects.get(part=part, state="open")


def release(item: HeldObject) -> None:
    review.release(item.id, by="rowan", policy=current_policy(), now=now())


def release_by_two(item: HeldObject) -> None:
    release(item)
    review.confirm(item.id, by="wren", policy=current_policy(), now=now())


def reject(item: HeldObject, message: str) -> None:
    review.reject(item.id, by="rowan", message=message, policy=current_policy(), now=now())


def test_released_text_becomes_a_new_version(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, name="Gateway", description="A relay."))
    item = held("properties")
    release(item)
    assert enrich.apply(item.id, policy=current_policy(), now=now())

    [live] = forum.feed()
    first, second = forum.feed(versions="all")
    assert (live["name"], live["description"]) == ("Gateway", "A relay.")
    assert first["modified"] < second["modified"]
    assert "description, name released" in messages(forum.status("alder", status.id))[0]
    assert not enrich.apply(item.id, policy=current_policy(), now=now())


def test_rejected_text_never_leaves_and_the_lab_learns_why(forum: Forum) -> None:
    status = forum.push("alder", indicator(PATTERN, description="They pay $0.41 per million."))
    reject(held("properties"), "It names a price.")
    assert "It names a price." in messages(forum.status("alder", status.id))[0]
    assert "$0.41" not in json.dumps(forum.feed(versions="all"))


def test_released_text_survives_a_newer_version(forum: Forum) -> None:
    cluster = stix("infrastructure", name="Relay A", infrastructure_types=["botnet"])
    forum.push("alder", cluster)
    item = held("properties")
    release(item)
    enrich.apply(item.id, policy=current_policy(), now=now())
    forum.push("alder", cluster | {
        "modified": "2026-11-05T00:00:00.000Z", "infrastructure_types": ["anonymization"],
    })  # fmt: skip
    [live] = forum.feed()
    assert live["name"] == "Relay A"
    assert live["infrastructure_types"] == ["anonymization"]


def test_a_released_object_goes_down_the_same_river(forum: Forum) -> None:
    broad = indicator("[domain-name:value LIKE '%.meadowexit.example']", name="All of it")
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    link = relationship(broad, "based-on", domain)
    status = forum.push("alder", broad, domain, link)
    assert outcomes(status) == ["held", "published", "waiting"]
    release(held("object"))
    forum.work()
    assert outcomes(forum.status("alder", status.id)) == ["published"] * 3
    assert len(forum.feed()) == 3


def test_a_rejected_object_takes_with_it_what_waits_for_it(forum: Forum) -> None:
    broad = indicator("[domain-name:value LIKE '%.meadowexit.example']")
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    status = forum.push("alder", broad, domain, relationship(broad, "based-on", domain))
    reject(held("object"), "Too broad; send the hosts.")
    after = forum.status("alder", status.id)
    assert outcomes(after) == ["rejected", "published", "rejected"]
    assert "Too broad; send the hosts." in messages(after)[0]


def test_nobody_releases_a_personal_identifier(forum: Forum) -> None:
    home = indicator("[ipv4-addr:value != '203.0.113.77']", extensions=HOUSEHOLD)
    forum.push("alder", home)
    with pytest.raises(review.ReviewError, match="token"):
        release(held("object"))


def test_a_decision_is_taken_once(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN, description="x"))
    item = held("properties")
    release(item)
    with pytest.raises(review.ReviewError, match="already"):
        reject(item, "no")
    assert AuditEntry.objects.filter(act="held released", actor="rowan").count() == 1


def test_a_newer_version_overtakes_what_is_held(forum: Forum) -> None:
    broad = indicator("[domain-name:value LIKE '%.meadowexit.example']")
    forum.push("alder", broad)
    forum.push("alder", broad | {"modified": "2026-11-05T00:00:00.000Z", "pattern": PATTERN})
    assert not HeldObject.objects.filter(state="open", part="object").exists()


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        (stix("intrusion-set", name="x"), "ATTRIBUTION"),
        (stix("identity", name="MeadowExit Ltd", identity_class="organization"), "NAMED_ENTITY"),
        (stix("note", content="x", object_refs=[CAMPAIGN]), "FREE_TEXT"),
        (indicator("[ipv4-addr:value = '192.0.0.0/8']"), "BROAD_PATTERN"),
        (indicator("[ipv4-addr:value ISSUBSET '192.0.0.0/8']"), "BROAD_PATTERN"),
        (indicator("[url:value MATCHES '^https?://.*']"), "BROAD_PATTERN"),
        (indicator("alert tcp any any", pattern_type="snort"), "PATTERN_LANGUAGE"),
        (indicator("[software:name = 'abacus-runner']"), "NEEDS_REVIEW"),
        (indicator(PATTERN, object_marking_refs=[tlp.Level.RED.marking_id]), "STRICTER_MARKING"),
    ],
)  # fmt: skip
def test_what_a_person_decides_is_held(forum: Forum, sent: dict[str, object], reason: str) -> None:
    status = forum.push("alder", sent)
    assert outcomes(status) == ["held"], messages(status)
    assert reason in messages(status)[0]
    assert forum.feed() == []


def test_the_first_objects_of_a_new_member_are_held(forum: Forum) -> None:
    forum.add_member("dogwood", review_first_n=1)
    forum.add_collection("second", accepts_reserved=True)
    status = forum.push("dogwood", indicator(PATTERN), into="second")
    assert "FIRST_OBJECTS" in messages(status)[0]
    release(held("object"))
    forum.work()
    second = forum.push("dogwood", indicator("[domain-name:value = 'b.example']"), into="second")
    assert outcomes(second) == ["published"]


def test_attributing_relationships_are_held(forum: Forum) -> None:
    campaign, other = stix("campaign", name="x"), stix("campaign", name="y")
    status = forum.push("alder", campaign, other, relationship(campaign, "attributed-to", other))
    assert outcomes(status) == ["published", "published", "held"]
    assert "ATTRIBUTION" in messages(status)[2]


def test_who_releases_an_object_has_read_its_text(forum: Forum) -> None:
    entity = stix("identity", name="MeadowExit", identity_class="organization")
    cluster = stix("infrastructure", name="x")
    note = stix("note", content="Rotates at 18:00 UTC.", object_refs=[cluster["id"]])
    status = forum.push("alder", entity, cluster, note)
    assert outcomes(status) == ["held", "published", "held"]
    release_by_two(HeldObject.objects.get(reasons=["NAMED_ENTITY"]))
    release(HeldObject.objects.get(reasons=["FREE_TEXT"], part="object"))
    forum.work()
    assert outcomes(forum.status("alder", status.id)) == ["published"] * 3
    by_type = {each["type"]: each for each in forum.feed()}
    assert by_type["identity"]["name"] == "MeadowExit"
    assert by_type["note"]["content"] == "Rotates at 18:00 UTC."
