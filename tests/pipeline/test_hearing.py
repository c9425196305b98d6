"""Sightings and opinions are counted for what they speak of, and leave in no form of their own."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from indicators.models.feedback import Feedback
from indicators.models.member import Grant
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.forum import Forum, indicator, messages, now, outcomes, relationship, stix
from tests.pipeline.governing import MAIL, PATTERN, POLICY, about_mail, acts
from tests.pipeline.saying import later, opinion, published, rows, sighting, with_basis


def test_a_sighting_of_the_forums_object_is_counted_and_not_published(forum: Forum) -> None:
    stix_id = published(forum)
    before = forum.feed(versions="all")
    status = forum.push("alder", sighting(stix_id, count=71))
    assert outcomes(status) == ["unshared"]
    assert messages(status) == ["unshared: COUNTED; counted as sighted"]
    assert status.as_taxii()["success_count"] == 1
    assert rows(stix_id=stix_id) == [("sighted", "own-telemetry", 10)]
    assert forum.feed(versions="all") == before


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ({}, ("sighted", "own-telemetry", None)),
        ({"count": 0}, ("not-sighted", "own-telemetry", 0)),
        ({"count": 9}, ("sighted", "own-telemetry", 1)),
        ({"count": 999_999_999}, ("sighted", "own-telemetry", 1000)),
    ],
)
def test_how_often_is_kept_in_a_bucket(
    forum: Forum, said: dict[str, Any], row: tuple[str, str, int | None]
) -> None:
    stix_id = published(forum)
    forum.push("alder", sighting(stix_id, **said))
    assert rows() == [row]


@pytest.mark.parametrize(
    ("body", "verdict"),
    [
        ({"verdict": "stale"}, "stale"),
        ({"verdict": "not-reviewed", "opinion": "strongly-agree"}, "not-reviewed"),
        ({"opinion": "strongly-disagree"}, "false-positive"),
        ({"opinion": "neutral"}, "not-reviewed"),
        ({"opinion": "agree"}, "true-positive"),
    ],
)
def test_the_extension_says_it_or_else_the_five_steps(
    forum: Forum, body: dict[str, str], verdict: str
) -> None:
    stix_id = published(forum)
    forum.push("alder", opinion(stix_id, **body))
    assert [each[0] for each in rows()] == [verdict]


def test_what_else_it_says_is_left_behind_and_named(forum: Forum) -> None:
    stix_id = published(forum)
    own = stix("identity", name="Alder", identity_class="organization")
    status = forum.push(
        "alder",
        sighting(stix_id, where_sighted_refs=[own["id"]], description="at our Reading site"),
        opinion(stix_id, explanation="Robin at alder knows them", authors=["Robin"]),
    )
    assert outcomes(status) == ["unshared", "unshared"]
    assert messages(status)[0].endswith("left behind: description, where_sighted_refs")
    assert messages(status)[1].endswith("left behind: authors, explanation")
    assert not HeldObject.objects.exists()


def test_its_days_are_kept_and_none_lies_ahead(forum: Forum) -> None:
    stix_id = published(forum)
    forum.push("alder", sighting(stix_id, first_seen="2026-11-02T10:11:12Z"))
    forum.push("cedar", sighting(stix_id, last_seen="2099-01-01T00:00:00Z"))
    days = set(Feedback.objects.values_list("first_day", "last_day"))
    assert days == {(date(2026, 11, 2), date(2026, 11, 2)), (now().date(), now().date())}


@pytest.mark.parametrize("basis", ["public", "from-feed"])
def test_it_may_state_on_what_it_rests(forum: Forum, basis: str) -> None:
    forum.push("alder", with_basis(opinion(published(forum), "stale"), basis))
    assert rows() == [("stale", basis, None)]


def test_it_may_name_what_the_lab_sent_itself(forum: Forum) -> None:
    sign = indicator(PATTERN)
    forum.push("alder", sign, sighting(sign["id"]))
    [row] = Feedback.objects.all()
    assert row.stix_id == forum.feed()[0]["id"]


def test_it_may_name_what_stands_among_the_tokens(forum: Forum) -> None:
    forum.push("alder", about_mail(MAIL))
    [token] = [each for each in forum.feed("distillation-tokens") if each["type"] == "indicator"]
    assert outcomes(forum.push("birch", sighting(token["id"]))) == ["unshared"]
    [row] = Feedback.objects.all()
    assert row.collection_id == forum.collections["distillation-tokens"].id


def test_an_opinion_may_be_over_an_observable_and_over_several(forum: Forum) -> None:
    domain, sign = stix("domain-name", value="gw-2.meadowexit.example"), indicator(PATTERN)
    forum.push("alder", domain, sign, relationship(sign, "based-on", domain))
    ids = sorted(each["id"] for each in forum.feed())
    said = opinion(ids[0], "stale", object_refs=ids)
    forum.push("birch", said)
    assert sorted(Feedback.objects.values_list("stix_id", flat=True)) == ids
    forum.push("birch", later(said, object_refs=ids[:1]))
    active = Feedback.objects.filter(state="active")
    assert list(active.values_list("stix_id", flat=True)) == ids[:1]


def test_what_it_names_may_come_later(forum: Forum) -> None:
    sign = indicator(PATTERN)
    status = forum.push("alder", sighting(sign["id"]))
    assert outcomes(status) == ["waiting"]
    forum.push("alder", sign)
    assert outcomes(forum.status("alder", status.id)) == ["unshared"]
    assert len(rows()) == 1


def test_what_waits_is_overtaken_by_a_newer_word_that_counts(forum: Forum) -> None:
    stix_id, missing = published(forum), indicator(PATTERN)
    said = sighting(missing["id"])
    status = forum.push("alder", said)
    forum.push("alder", later(said, sighting_of_ref=stix_id))
    assert "a newer version; that one counts" in messages(forum.status("alder", status.id))[0]
    forum.push("alder", missing)
    assert list(Feedback.objects.values_list("stix_id", flat=True)) == [stix_id]


def test_what_is_gone_is_not_waited_for(forum: Forum) -> None:
    stix_id = published(forum)
    forum.retract("birch", stix_id)
    status = forum.push("alder", sighting(stix_id))
    assert outcomes(status) == ["rejected"]
    assert "REFERENCE_REFUSED" in messages(status)[0]
    assert rows() == []


def test_what_was_said_of_it_goes_with_an_object(forum: Forum) -> None:
    stix_id = published(forum)
    status = forum.push("alder", sighting(stix_id))
    forum.retract("birch", stix_id)
    assert rows() == []
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]


def test_nothing_is_said_of_what_another_sharing_group_sees(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.push("alder", indicator(PATTERN), into="payments")
    [elsewhere] = forum.feed("payments")
    status = forum.push("birch", sighting(elsewhere["id"]))
    assert outcomes(status) == ["waiting"], "as of an id that does not exist"
    assert rows() == []


def test_nor_of_reference_data(forum: Forum) -> None:
    reference = forum.add_collection("reference", kind="verbatim")
    technique = stix("attack-pattern", name="Extract a model")
    forum.push("alder", technique, into=reference.alias)
    status = forum.push("birch", sighting(technique["id"]))
    assert outcomes(status) == ["rejected"]
    assert "reference collection" in messages(status)[0]


def test_the_same_again_changes_nothing(forum: Forum) -> None:
    said = sighting(published(forum))
    forum.push("alder", said)
    status = forum.push("alder", said, stix("domain-name", value="other.example"))
    assert messages(status)[0] == "unshared: UNCHANGED"
    assert len(rows()) == 1


def test_a_newer_version_takes_its_place_and_an_older_one_does_not(forum: Forum) -> None:
    said = opinion(published(forum), "stale")
    forum.push("alder", later(said))
    forum.push("alder", later(opinion(said["object_refs"][0], "false-positive"), 6, id=said["id"]))
    assert rows() == [("false-positive", "own-telemetry", None)]
    status = forum.push("alder", said)
    assert messages(status)[0].startswith("unshared: OLDER_VERSION")
    assert rows() == [("false-positive", "own-telemetry", None)]


def test_other_words_under_the_same_version_are_refused(forum: Forum) -> None:
    said = opinion(published(forum), "stale")
    forum.push("alder", said)
    status = forum.push("alder", said | {"opinion": "agree"})
    assert outcomes(status) == ["rejected"]
    assert [each[0] for each in rows()] == ["stale"]


@pytest.mark.parametrize("way", ["DELETE", "revoked"])
def test_it_can_be_taken_back(forum: Forum, way: str) -> None:
    said = sighting(published(forum))
    status = forum.push("alder", said)
    assert not forum.retract("cedar", said["id"]), "another member's is nobody's to take back"
    if way == "DELETE":
        assert forum.retract("alder", said["id"])
    else:
        forum.push("alder", later(said, revoked=True))
    assert rows() == []
    assert outcomes(forum.status("alder", status.id)) == ["withdrawn"]
    assert outcomes(forum.push("alder", said, indicator(PATTERN))) == ["withdrawn", "published"]
    forum.push("alder", later(said, 9))
    assert len(rows()) == 1


def test_no_sighting_of_a_sighting(forum: Forum) -> None:
    said = opinion(published(forum), "stale")
    status = forum.push("alder", said, opinion(said["id"], "stale"))
    assert outcomes(status) == ["unshared", "rejected"]


def test_who_may_not_write_says_nothing(forum: Forum) -> None:
    stix_id = published(forum)
    Grant.objects.filter(member_id=forum.principals["alder"].member_id).update(can_write=False)
    status = forum.push("alder", sighting(stix_id))
    assert messages(status)[0].startswith("rejected: GRANT_ENDED")
    assert rows() == []


def test_what_is_marked_for_fewer_readers_waits_for_a_person(forum: Forum) -> None:
    red = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
    status = forum.push("alder", sighting(published(forum), object_marking_refs=[red]))
    assert messages(status)[0].startswith("held: STRICTER_MARKING")
    assert rows() == []
    item = HeldObject.objects.get()
    review.release(item.id, by="rowan", policy=POLICY, now=now())
    review.confirm(item.id, by="wren", policy=POLICY, now=now())
    forum.work()
    assert len(rows()) == 1


@pytest.mark.parametrize(
    "broken",
    [
        {"count": -1},
        {"count": 10**12},
        {"count": "many"},
        {"sighting_of_ref": ["indicator--x"]},
        {"first_seen": "yesterday"},
        {"first_seen": "2026-11-05T00:00:00Z", "last_seen": "2026-11-01T00:00:00Z"},
    ],
)
def test_what_is_no_stix_is_refused(forum: Forum, broken: dict[str, Any]) -> None:
    status = forum.push("alder", sighting(published(forum)) | broken)
    assert messages(status)[0].startswith("rejected: INVALID_STIX")
    assert rows() == []


def test_the_journal_has_it_without_what_it_is_about(forum: Forum) -> None:
    stix_id = published(forum)
    forum.push("alder", sighting(stix_id))
    [entry] = acts("object unshared")
    assert "COUNTED" in entry.body
    assert stix_id not in entry.body + entry.subject


def test_the_contributor_reads_what_members_say_and_never_how_many(forum: Forum) -> None:
    said = forum.push("birch", indicator(PATTERN))
    stix_id = forum.feed()[0]["id"]
    forum.push("birch", opinion(stix_id, "true-positive"))
    assert messages(forum.status("birch", said.id)) == [f"published as {stix_id}"]
    for lab in ("alder", "cedar"):
        forum.push(lab, sighting(stix_id))
        [message] = messages(forum.status("birch", said.id))
        assert message == f"published as {stix_id}; members say: sighted"
    forum.add_member("dogwood")
    forum.grant("dogwood")
    forum.push("dogwood", sighting(stix_id), opinion(stix_id, "already-known"))
    assert messages(forum.status("birch", said.id))[0].endswith(
        "members say: already-known, sighted (at least 3 members)"
    )
