"""What at least k members say of an object the Forum says to all, once a day and in buckets."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import connections

from indicators.catalogue.contents import contents
from indicators.domain.disclosure import read_policy
from indicators.domain.feedback import ANONYMOUS_MEMBER_ID
from indicators.domain.stix.check import problems
from indicators.domain.stix.extensions import BY_NAME
from indicators.models.feedback import Feedback
from indicators.pipeline import feedback_summary, rescreen, retention, takedown
from indicators.pipeline.standing import standing_bodies
from tests.forum import Forum, indicator, messages, now, outcomes
from tests.pipeline.governing import MAIL, POLICY, about_mail, acts, live
from tests.pipeline.saying import NORDVALE, later, opinion, published, sighting, with_basis


SIGHTERS = ("alder", "cedar", "dogwood", "elm", "fir")
"""All but birch, who reports it."""


@pytest.fixture
def forum(forum: Forum) -> Forum:
    for lab in SIGHTERS[2:]:
        forum.add_member(lab)
        forum.grant(lab)
    return forum


def daily(after: int = 1) -> int:
    return feedback_summary.run(policy=POLICY, now=now() + timedelta(days=after))


def summaries(forum: Forum, alias: str = "distillation") -> list[dict[str, Any]]:
    return [each for each in live(forum, alias) if each["type"] in ("sighting", "opinion")]


def sight(forum: Forum, stix_id: str, *labs: str, **properties: Any) -> list[dict[str, Any]]:
    said = [sighting(stix_id, **properties) for _ in labs]
    for lab, each in zip(labs, said, strict=True):
        assert outcomes(forum.push(lab, each)) == ["unshared"]
    return said


def test_one_or_two_change_no_byte(forum: Forum) -> None:
    stix_id = published(forum)
    before = forum.feed(versions="all")
    sight(forum, stix_id, "alder", "cedar", count=500)
    for lab in ("alder", "cedar"):
        forum.push(lab, opinion(stix_id, "duplicate"))
    assert daily() == 0
    assert forum.feed(versions="all") == before


def test_from_three_on_the_forum_says_it_at_the_daily_run_and_not_before(forum: Forum) -> None:
    stix_id = published(forum)
    before = forum.feed()
    sight(forum, stix_id, *SIGHTERS[:3], first_seen="2026-11-04T10:00:00Z",
          last_seen="2026-11-12T10:00:00Z", count=7)  # fmt: skip
    assert forum.feed() == before
    assert daily() == 1
    [said] = summaries(forum)
    assert not problems(said)
    assert (said["sighting_of_ref"], said["count"]) == (stix_id, 1)
    assert said["first_seen"] == "2026-11-02T00:00:00.000Z", "the week, which begins on a Monday"
    assert said["last_seen"] == "2026-11-09T00:00:00.000Z"
    assert said["where_sighted_refs"] == [ANONYMOUS_MEMBER_ID]
    assert said["created_by_ref"] == before[0]["created_by_ref"]
    assert len(acts("feedback summed up")) == 1


def test_the_anonymous_member_stands_in_the_reference_collection() -> None:
    found = {each["id"]: each for each in contents(identity_id="identity--x", title="Forum")}
    assert found[ANONYMOUS_MEMBER_ID]["name"] == "Anonymous member"


@pytest.mark.parametrize("verdict", ["true-positive", "duplicate", "published-benchmark"])
def test_an_opinion_that_k_share_is_said_with_its_verdict(forum: Forum, verdict: str) -> None:
    stix_id = published(forum)
    for lab in SIGHTERS[:3]:
        forum.push(lab, opinion(stix_id, verdict, explanation="Robin says so"))
    daily()
    [said] = summaries(forum)
    assert not problems(said)
    assert said["extensions"][BY_NAME["feedback-verdict"].id]["verdict"] == verdict
    assert said["object_refs"] == [stix_id]
    assert "explanation" not in said
    assert "Robin" not in json.dumps(forum.feed(versions="all"))


def test_a_verdict_that_the_policy_does_not_list_is_not_said(forum: Forum) -> None:
    stix_id = published(forum)
    for lab in SIGHTERS[:3]:
        forum.push(lab, opinion(stix_id, "not-reviewed"))
    assert daily() == 0


def test_that_nobody_found_it_is_a_sighting_of_none(forum: Forum) -> None:
    sight(forum, published(forum), *SIGHTERS[:3], count=0)
    daily()
    [said] = summaries(forum)
    assert said["count"] == 0
    assert not problems(said)
    assert "first_seen" not in said


def not_the_contributor(forum: Forum, stix_id: str) -> None:
    sight(forum, stix_id, "birch")


def not_twice(forum: Forum, stix_id: str) -> None:
    sight(forum, stix_id, "alder")


def not_hearsay(forum: Forum, stix_id: str) -> None:
    forum.push("dogwood", with_basis(sighting(stix_id), "from-feed"))


def not_from_public_sources(forum: Forum, stix_id: str) -> None:
    forum.push("dogwood", with_basis(sighting(stix_id), "public"))


def not_one_who_found_nothing(forum: Forum, stix_id: str) -> None:
    sight(forum, stix_id, "dogwood", count=0)


@pytest.mark.parametrize(
    "third",
    [
        not_the_contributor,
        not_twice,
        not_hearsay,
        not_from_public_sources,
        not_one_who_found_nothing,
    ],
)
def test_it_takes_three_others_who_saw_it_themselves(forum: Forum, third: Any) -> None:
    stix_id = published(forum)
    sight(forum, stix_id, "alder", "cedar")
    third(forum, stix_id)
    assert daily() == 0
    sight(forum, stix_id, "dogwood", "elm")
    assert daily() == 1, "the same arrangement with one who did"


@pytest.mark.parametrize(
    ("counts", "bucket"),
    [((1, 1, 1), 1), ((1000, 1, 1), 1), ((10, 10, 10), 10), ((2000, 2000, 1, 1), 1),
     ((300, 400, 500, 1), 100)],
)  # fmt: skip
def test_no_member_alone_moves_the_bucket(
    forum: Forum, counts: tuple[int, ...], bucket: int
) -> None:
    stix_id = published(forum)
    for lab, count in zip(SIGHTERS, counts, strict=False):
        sight(forum, stix_id, lab, count=count)
    daily()
    assert summaries(forum)[0]["count"] == bucket


def test_nor_the_times(forum: Forum) -> None:
    stix_id = published(forum)
    sight(forum, stix_id, "alder", first_seen="1970-01-02T00:00:00Z")
    sight(forum, stix_id, "cedar", "dogwood", "elm", first_seen="2026-11-10T00:00:00Z",
          last_seen="2026-11-12T00:00:00Z")  # fmt: skip
    daily()
    assert summaries(forum)[0]["first_seen"] == "2026-11-09T00:00:00.000Z"


def test_without_a_time_that_k_share_none_is_said(forum: Forum) -> None:
    stix_id = published(forum)
    for month, lab in zip(("01", "05", "09"), SIGHTERS, strict=False):
        sight(forum, stix_id, lab, first_seen=f"2026-{month}-10T00:00:00Z")
    daily()
    [said] = summaries(forum)
    assert "first_seen" not in said
    assert not problems(said)


def test_it_is_said_anew_only_when_the_bucket_changes(forum: Forum) -> None:
    stix_id = published(forum)
    sight(forum, stix_id, *SIGHTERS[:3])
    daily()
    before = forum.feed(versions="all")
    sight(forum, stix_id, "elm")
    assert daily(2) == 0
    assert forum.feed(versions="all") == before
    sight(forum, stix_id, *SIGHTERS[:4], count=30)
    assert daily(3) == 1
    [said] = summaries(forum)
    assert said["id"] == before[-1]["id"]
    assert said["count"] == 10
    assert said["modified"] > before[-1]["modified"]


def test_with_fewer_than_k_it_is_revoked(forum: Forum) -> None:
    stix_id = published(forum)
    first, *_ = sight(forum, stix_id, *SIGHTERS[:3])
    daily()
    [said] = summaries(forum)
    forum.retract("alder", first["id"])
    assert summaries(forum) == [said], "not before the daily run"
    assert daily(2) == 1
    [revoked] = [each for each in forum.feed() if each["id"] == said["id"]]
    assert revoked["revoked"] is True
    assert not problems(revoked)
    sight(forum, stix_id, "elm")
    daily(3)
    assert summaries(forum)[0]["id"] != said["id"]


def test_it_falls_with_its_object(forum: Forum) -> None:
    stix_id = published(forum)
    sight(forum, stix_id, *SIGHTERS[:3])
    for lab in SIGHTERS[:3]:
        forum.push(lab, opinion(stix_id, "duplicate"))
    daily()
    assert len(summaries(forum)) == 2
    forum.retract("birch", stix_id)
    assert live(forum) == []
    assert daily(2) == 0
    assert not [each for each in forum.feed() if problems(each)]


def test_it_stands_where_its_object_stands(forum: Forum) -> None:
    forum.push("birch", about_mail(MAIL))
    [token] = [each for each in live(forum, "distillation-tokens") if each["type"] == "indicator"]
    sight(forum, token["id"], *SIGHTERS[:3])
    daily()
    assert summaries(forum) == []
    assert len(summaries(forum, "distillation-tokens")) == 1


def test_posted_back_it_is_an_echo_and_nothing_is_said_of_it(forum: Forum) -> None:
    sight(forum, published(forum), *SIGHTERS[:3])
    daily()
    [said] = summaries(forum)
    assert outcomes(forum.push("fir", said)) == ["echo"]
    status = forum.push("fir", opinion(said["id"], "stale"))
    assert messages(status)[0].startswith("rejected: REFERENCE_REFUSED")


@pytest.mark.django_db(transaction=True)
def test_two_runs_at_once_say_it_once(forum: Forum) -> None:
    stix_id = published(forum)
    sight(forum, stix_id, *SIGHTERS[:3])

    def run(_: int) -> None:
        daily()
        connections.close_all()

    with ThreadPoolExecutor(4) as workers:
        list(workers.map(run, range(4)))
    assert len(summaries(forum)) == 1


def test_each_part_reads_only_what_is_said_of_it(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    others = [
        forum.push("birch", indicator(f"[domain-name:value = 'gw-{n}.meadowexit.example']"))
        for n in range(2)
    ]
    for stix_id in [each.entries[0].message.split()[-1] for each in others]:
        sight(forum, stix_id, *SIGHTERS[:3])
    assert daily() == 2
    read: list[int] = []

    def counted(*given: Any) -> Any:
        found = standing_bodies(*given)
        read.append(len(found))
        return found

    monkeypatch.setattr(takedown, "AT_ONCE", 1)
    monkeypatch.setattr(feedback_summary, "standing_bodies", counted)
    assert daily(2) == 0
    assert [each for each in read if each] == [2, 1, 1], "all once, then those of each part"


def test_a_second_run_changes_nothing(forum: Forum) -> None:
    sight(forum, published(forum), *SIGHTERS[:3])
    assert (daily(), daily(2)) == (1, 0)


def test_the_look_back_at_a_changed_policy_leaves_it_alone(forum: Forum) -> None:
    sight(forum, published(forum), *SIGHTERS[:3])
    daily()
    before = forum.feed()
    rescreen.remember(POLICY, now=now())
    drop = POLICY.text.replace('count = "magnitude"', 'count = "drop"')
    later_policy = read_policy(drop.replace(POLICY.version, "2199-01-01.1"))
    assert rescreen.run(policy=later_policy, now=now()).checked == 2
    assert forum.feed() == before


def test_what_was_taken_back_is_forgotten_like_other_links(forum: Forum) -> None:
    stix_id = published(forum)
    first, second = sight(forum, stix_id, "alder", "cedar")
    forum.retract("alder", first["id"])
    retention.forget_links(now=now())
    assert Feedback.objects.count() == 2
    retention.forget_links(now=now() + timedelta(days=400))
    assert [each.state for each in Feedback.objects.all()] == ["active"]
    assert outcomes(forum.push("cedar", later(second))) == ["unshared"]


def test_the_contributors_own_sightings_stay_out_after_it_left(forum: Forum) -> None:
    stix_id = published(forum)
    forum.push("fir", indicator(NORDVALE))
    sight(forum, stix_id, "birch", "alder", "cedar")
    forum.retract("birch", stix_id)
    assert daily() == 1, "now birch is one who saw it and stands behind nothing"
