"""The feedback call: the same path as over TAXII, and what a contributor reads of its own."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from indicators.models.feedback import Feedback
from indicators.models.member import Grant
from indicators.models.submission import Submission
from tests.forum import Forum, indicator, messages, outcomes, stix
from tests.pipeline.governing import PATTERN
from tests.pipeline.saying import dispute, published, rows, sighting
from tests.rest.lab import caller, post


PATH = "/api/v1/feedback/"
OPEN = {"collection": "distillation", "verdict": "sighted"}


@pytest.fixture
def forum(db: None) -> Forum:
    forum = Forum.make()
    forum.add_member("dogwood")
    forum.grant("dogwood")
    return forum


def say(forum: Forum, lab: str, stix_id: str, **said: Any) -> Any:
    answer = post(caller(lab), PATH, {**OPEN, "object": stix_id, **said})
    assert answer.status == 202, answer.json
    forum.work()
    [accepted] = answer.json["accepted"]
    return accepted


def test_one_call_counts_as_a_sighting_over_taxii_does(forum: Forum) -> None:
    stix_id = published(forum)
    accepted = say(forum, "alder", stix_id, count=71)
    assert rows(stix_id=stix_id) == [("sighted", "own-telemetry", 10)]
    assert accepted["collection"] == "distillation"
    status = forum.status("alder", Submission.objects.get(pk=accepted["status"]).id)
    assert outcomes(status) == ["unshared"]
    assert [each.original_id for each in status.entries] == accepted["ids"]


@pytest.mark.parametrize(
    ("said", "row"),
    [
        ({"verdict": "not-sighted"}, ("not-sighted", "own-telemetry", 0)),
        ({"verdict": "published-benchmark", "basis": "public"},
         ("published-benchmark", "public", None)),
        ({"verdict": "not-reviewed"}, ("not-reviewed", "own-telemetry", None)),
        ({"basis": "from-feed"}, ("sighted", "from-feed", None)),
    ],
)  # fmt: skip
def test_it_says_what_can_be_said(
    forum: Forum, said: dict[str, str], row: tuple[str, str, int | None]
) -> None:
    say(forum, "alder", published(forum), **said)
    assert rows() == [row]


def test_several_go_in_one_call_and_into_several_collections(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.push("birch", indicator(PATTERN), into="payments")
    elsewhere = forum.feed("payments")[0]["id"]
    said = [
        {**OPEN, "object": published(forum)},
        {"collection": "payments", "object": elsewhere, "verdict": "stale"},
    ]
    answer = post(caller("alder"), PATH, {"feedback": said})
    forum.work()
    assert [each["collection"] for each in answer.json["accepted"]] == ["distillation", "payments"]
    assert sorted(each[0] for each in rows()) == ["sighted", "stale"]


def test_the_same_call_again_counts_once_and_another_verdict_takes_its_place(
    forum: Forum,
) -> None:
    stix_id = published(forum)
    first, again = (say(forum, "alder", stix_id, count=5) for _ in range(2))
    assert first["ids"] == again["ids"]
    assert rows() == [("sighted", "own-telemetry", 1)]
    say(forum, "alder", stix_id, verdict="not-sighted")
    assert rows() == [("not-sighted", "own-telemetry", 0)]


def test_two_labs_words_over_one_object_are_two(forum: Forum) -> None:
    stix_id = published(forum)
    ids = [say(forum, lab, stix_id)["ids"] for lab in ("alder", "cedar")]
    assert ids[0] != ids[1]
    assert len(rows()) == 2


def test_a_lab_may_name_its_own_id_for_it(forum: Forum) -> None:
    own = stix("sighting")["id"]
    assert say(forum, "alder", published(forum), id=own)["ids"] == [own]


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (b"{", "JSON"),
        (b'{"verdict": "stale", "verdict": "sighted"}', "JSON"),
        ({"feedback": []}, "feedback"),
        ({"feedback": "much"}, "feedback"),
        ({"feedback": [OPEN] * 1001}, "feedback"),
        ({"feedback": [7]}, "feedback[0]"),
        ({"who": "alder"}, "who is not known"),
        ({"verdict": "malicious"}, "verdict: must be one of sighted"),
        ({"verdict": ["stale"]}, "verdict"),
        ({"collection": 7}, "collection"),
        ({"object": ""}, "object"),
        ({"object": "the second one"}, "object"),
        ({"object": "ipv4-addr--1b7c1f5e-8a3d-4c3d-9d7c-0c8a3d6f2f11"}, "no sighting of"),
        ({"count": -1}, "count"),
        ({"count": 0}, "count"),
        ({"count": True}, "count"),
        ({"count": 1.5}, "count"),
        ({"count": 10**9}, "count"),
        ({"count": 3, "verdict": "stale"}, "count"),
        ({"basis": "rumour"}, "basis"),
        ({"id": "opinion--1b7c1f5e-8a3d-4c3d-9d7c-0c8a3d6f2f11"}, "id"),
        ({"id": "x"}, "id"),
    ],
)
def test_what_cannot_be_read_is_refused_and_says_where(forum: Forum, said: Any, where: str) -> None:
    right = {**OPEN, "object": published(forum)}
    body = {**right, **said} if isinstance(said, dict) and "feedback" not in said else said
    answer = post(caller("alder"), PATH, body)
    assert (answer.status, answer.json["code"]) == (422, "bad-feedback")
    assert where in answer.json["detail"]
    assert Submission.objects.count() == 1, "birch's own"
    assert post(caller("alder", scopes=["submit"]), PATH, right).status == 202


def test_it_takes_json_of_a_bounded_length_alone(forum: Forum) -> None:
    lab = caller("alder")
    assert post(lab, PATH, {}, content_type="text/plain").status == 415
    assert post(lab, PATH, b" " * 1_048_577).status == 413


@pytest.mark.parametrize("wrong", ["nowhere", "distillation-tokens", "payments"])
def test_it_takes_the_right_to_write(forum: Forum, wrong: str) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    Grant.objects.filter(collection=forum.collections["payments"]).delete()
    said = {**OPEN, "object": published(forum), "collection": wrong}
    answer = post(caller("alder"), PATH, said)
    assert answer.status == (403 if wrong == "distillation-tokens" else 404)
    assert rows() == []


def test_who_may_only_read_cannot_say_anything(forum: Forum) -> None:
    said = {**OPEN, "object": published(forum)}
    assert post(caller("alder", scopes=["feed:read"]), PATH, said).status == 403


def test_without_a_credential_nobody_is_heard(forum: Forum) -> None:
    stix_id = published(forum)
    lab = caller("alder")
    refused = [lab.call(each, PATH, headers={"authorization": None}) for each in ("GET", "POST")]
    assert [each.status for each in refused] == [401, 401]
    assert stix_id not in json.dumps([each.json for each in refused])


def test_it_is_taken_back_by_its_id(forum: Forum) -> None:
    stix_id = published(forum)
    [own] = say(forum, "alder", stix_id)["ids"]
    path = f"{PATH}distillation/{own}/"
    assert caller("cedar").call("DELETE", path).status == 404
    assert caller("alder").call("DELETE", path).status == 200
    forum.work()
    assert rows() == []
    assert caller("alder").call("DELETE", path).status == 404


def test_this_door_takes_back_nothing_else(forum: Forum) -> None:
    stix_id = published(forum)
    assert caller("birch").call("DELETE", f"{PATH}distillation/{stix_id}/").status == 404
    assert len(forum.feed()) == 1


def read(lab: str, query: str = "") -> Any:
    answer = caller(lab).call("GET", PATH + query)
    assert answer.status == 200
    return answer.json


def test_a_contributor_reads_what_others_say_and_not_how_many(forum: Forum) -> None:
    stix_id = published(forum)
    say(forum, "birch", stix_id, verdict="true-positive")
    assert read("birch") == {"feedback": []}, "its own words are no news"
    for lab in ("alder", "cedar"):
        say(forum, lab, stix_id)
        [told] = read("birch")["feedback"]
        assert told == {
            "collection": "distillation",
            "object": stix_id,
            "members_say": {"sighted": None},
            "suspended": False,
        }
    say(forum, "dogwood", stix_id)
    assert read("birch")["feedback"][0]["members_say"] == {"sighted": 3}


def test_nobody_else_reads_it(forum: Forum) -> None:
    stix_id = published(forum)
    say(forum, "alder", stix_id)
    assert read("alder") == read("cedar") == {"feedback": []}
    forum.retract("birch", stix_id)
    assert read("birch") == {"feedback": []}
    reader = caller("birch", scopes=["feed:read"])
    assert reader.call("GET", PATH).status == 403


def test_a_suspension_is_said(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, "alder", "cedar", "dogwood")
    [told] = read("birch")["feedback"]
    assert (told["suspended"], told["members_say"]) == (True, {"published-benchmark": 3})


def test_it_comes_in_pages(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("indicators.rest.feedback._PAGE", 2)
    signs = [indicator(f"[domain-name:value = 'gw-{each}.example']") for each in range(5)]
    forum.push("birch", *signs)
    ids = [each["id"] for each in forum.feed()]
    forum.push("alder", *(sighting(each) for each in ids))
    found, query = [], ""
    while page := read("birch", query):
        found += [each["object"] for each in page["feedback"]]
        if "next" not in page:
            break
        query = f"?after={page['next']}"
        told = base64.urlsafe_b64decode(page["next"])
        assert not any(each.encode() in told for each in ids)
    assert found == sorted(ids)


def test_what_is_said_of_others_objects_is_passed_by_in_pages_that_tell_nothing(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("indicators.intake.feedback._LOOKS", 1)
    say(forum, "alder", published(forum))
    page = read("cedar")
    assert page["feedback"] == []
    assert read("cedar", f"?after={page['next']}") == {"feedback": []}
    taken = caller("alder").call("GET", f"{PATH}?after={page['next']}")
    assert taken.status == 422, "a place is one member's"


@pytest.mark.parametrize("after", ["%00", "AAAA", "_____w==", "indicator--x", "'", "AmsxAAAA"])
def test_a_page_begins_where_a_page_said(forum: Forum, after: str) -> None:
    answer = caller("birch").call("GET", f"{PATH}?after={after}")
    assert (answer.status, answer.json["code"]) == (422, "bad-feedback")


@pytest.mark.parametrize("own", ["%00", "sighting--%00", "sighting--x", "'"])
def test_what_is_no_id_is_missing(forum: Forum, own: str) -> None:
    assert caller("birch").call("DELETE", f"{PATH}distillation/{own}/").status == 404


def test_over_taxii_it_is_taken_back_as_well(forum: Forum) -> None:
    [own] = say(forum, "alder", published(forum))["ids"]
    assert forum.retract("alder", own)
    assert not Feedback.objects.filter(state="active").exists()


def test_what_it_names_may_be_missing_and_the_status_says_so(forum: Forum) -> None:
    missing = indicator(PATTERN)["id"]
    accepted = say(forum, "alder", missing)
    status = forum.status("alder", Submission.objects.get(pk=accepted["status"]).id)
    assert "REFERENCE_WAITING" in messages(status)[0]
