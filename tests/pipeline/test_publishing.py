"""From one lab's push to what every reader gets."""

from __future__ import annotations

import json

from django.conf import settings

from tests.forum import Forum, indicator, messages, outcomes, relationship, stix


def test_an_indicator_is_published_in_the_forums_words(forum: Forum) -> None:
    sent = indicator(
        "[ domain-name:value  =  'Gw-2.MeadowExit.example.' ]",
        name="Alder internal name zq47x",
        description="seen by Alder's night shift",
        labels=["alder-soc"],
        x_alder_case="A-1234",
        created_by_ref="identity--11111111-1111-4111-8111-111111111111",
        confidence=77,
    )
    status = forum.push("alder", sent)

    assert outcomes(status) == ["published"], messages(status)
    [published] = forum.feed()
    assert published["id"] != sent["id"]
    assert published["id"] in messages(status)[0]
    assert "description held: FREE_TEXT" in messages(status)[0]
    assert "x_alder_case" in messages(status)[0]
    assert published["created_by_ref"] == settings.FORUM_IDENTITY_ID
    assert published["pattern"] == "[domain-name:value = 'gw-2.meadowexit.example']"
    assert published["valid_from"] == "2026-11-01T00:00:00.000Z"
    assert published["confidence"] == 85
    text = json.dumps(published).lower()
    for trace in ("alder", "night", "a-1234", "soc", "zq47x", "09:14:33", "11111111"):
        assert trace not in text


def test_a_missing_valid_until_is_counted_from_receipt(forum: Forum) -> None:
    forum.push("alder", indicator("[domain-name:value = 'gw-2.meadowexit.example']"))
    [published] = forum.feed()
    assert published["valid_until"] > published["created"]
    assert published["valid_until"].endswith(":00:00.000Z")


def test_an_address_keeps_the_hour(forum: Forum) -> None:
    forum.push("alder", indicator("[ipv4-addr:value = '198.51.100.10']"))
    [published] = forum.feed()
    assert published["valid_from"] == "2026-11-01T09:00:00.000Z"


def test_spellings_of_two_labs_become_one_object(forum: Forum) -> None:
    forum.push(
        "alder", indicator("[ipv4-addr:value = '198.51.100.10' OR domain-name:value='A.example']")
    )
    before = forum.feed(versions="all")
    status = forum.push(
        "birch",
        indicator("[ domain-name:value IN ('a.example.') OR ipv4-addr:value = '198.51.100.10/32']"),
    )
    assert forum.feed(versions="all") == before
    assert outcomes(status) == ["published"]
    assert before[0]["id"] in messages(status)[0]


def test_equal_account_clusters_of_two_labs_stay_two(forum: Forum) -> None:
    for lab in ("alder", "birch"):
        forum.push(
            lab, stix("infrastructure", name=f"{lab}'s cluster", infrastructure_types=["botnet"])
        )
    published = forum.feed()
    assert len({each["id"] for each in published}) == 2
    assert not any(lab in json.dumps(published) for lab in ("alder", "birch"))


def test_a_relationship_is_published_with_forum_ids_whatever_the_order(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    sign = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
    link = relationship(sign, "based-on", domain)
    status = forum.push("alder", link, sign, domain)

    assert outcomes(status) == ["published"] * 3, messages(status)
    by_type = {each["type"]: each for each in forum.feed()}
    assert by_type["relationship"]["source_ref"] == by_type["indicator"]["id"]
    assert by_type["relationship"]["target_ref"] == by_type["domain-name"]["id"]


def test_a_relationship_waits_for_its_end_and_is_published_with_it(forum: Forum) -> None:
    domain = stix("domain-name", value="gw-2.meadowexit.example")
    sign = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
    waiting = forum.push("alder", sign, relationship(sign, "based-on", domain))
    assert outcomes(waiting) == ["published", "waiting"]
    assert domain["id"] in messages(waiting)[1]
    assert not forum.status("alder", waiting.id).complete

    forum.push("alder", domain)
    assert outcomes(forum.status("alder", waiting.id)) == ["published", "published"]
    assert {each["type"] for each in forum.feed()} == {"indicator", "domain-name", "relationship"}


def test_another_labs_object_of_the_same_id_is_not_an_end(forum: Forum) -> None:
    sign = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
    cluster = stix("infrastructure", name="x")
    forum.push("birch", cluster)
    status = forum.push("alder", sign, relationship(sign, "indicates", cluster))
    assert outcomes(status) == ["published", "waiting"]


def test_what_is_held_keeps_waiting_what_refers_to_it(forum: Forum) -> None:
    tool = stix("software", name="abacus-runner")
    sign = indicator("[software:name = 'abacus-runner']")
    link = relationship(sign, "based-on", tool)
    status = forum.push("alder", tool, sign, link)
    assert outcomes(status) == ["held", "held", "waiting"]
    assert "NAMED_ENTITY" in messages(status)[0]
    assert "NEEDS_REVIEW" in messages(status)[1]
    assert forum.feed() == []


def test_a_relationship_to_a_refused_object_is_refused(forum: Forum) -> None:
    sign = indicator("[domain-name:value = 'gw-2.meadowexit.example']")
    malware = stix("malware", name="x", is_family=False)
    status = forum.push("alder", sign, malware, relationship(sign, "indicates", malware))
    assert outcomes(status) == ["published", "rejected", "rejected"]
    assert "OUT_OF_SCOPE" in messages(status)[1]
    assert "REFERENCE_REFUSED" in messages(status)[2]
