"""What three independent members dispute is suspended at once, and somebody decides over it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from indicators.domain.feedback import feedback_policy
from indicators.domain.leads import follow
from indicators.domain.stix.check import problems
from indicators.domain.stix.times import parse_time
from indicators.models.appeal import Appeal
from indicators.models.barred import Barred
from indicators.models.feedback import Feedback
from indicators.models.publication import ForumObject
from indicators.models.submission import HeldObject
from indicators.pipeline import appeals, bulk, corroborate, expiry, hearing, review, suspension
from tests.forum import Forum, indicator, messages, now, outcomes, relationship, stix
from tests.pipeline.governing import PATTERN, POLICY, acts, clerk, live
from tests.pipeline.meanwhile import WAITS_FOR_US, together
from tests.pipeline.saying import (
    NORDVALE,
    close,
    dispute,
    governance,
    later,
    opinion,
    published,
    show,
    sighting,
    with_basis,
)


OTHERS = ("alder", "cedar", "dogwood")
"""All but birch, who reports it."""


@pytest.fixture
def forum(forum: Forum) -> Forum:
    forum.add_member("dogwood")
    forum.grant("dogwood")
    return forum


def state(stix_id: str) -> str:
    return ForumObject.objects.get(stix_id=stix_id).state


def test_two_disputes_change_no_byte(forum: Forum) -> None:
    stix_id = published(forum)
    before = forum.feed(versions="all")
    dispute(forum, stix_id, "alder", "cedar")
    assert forum.feed(versions="all") == before
    assert not Appeal.objects.exists()


def test_the_third_suspends_it_so_that_machines_stop(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    first, second = forum.feed(versions="all")
    assert second["id"] == first["id"] == stix_id
    assert governance(second)["disputed"] is True
    assert governance(second)["action_tier"] == "context"
    assert "appealed" not in governance(second)
    assert second["labels"] == ["under-dispute"]
    assert parse_time(second["valid_until"]) <= now() < parse_time(first["valid_until"])
    assert second["pattern"] == first["pattern"]
    assert not problems(second)
    assert state(stix_id) == "suspended"


def test_it_is_put_to_staff_without_a_name(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    [appeal] = Appeal.objects.all()
    assert (appeal.stix_id, appeal.ground, appeal.state) == (stix_id, "members-dispute", "open")
    assert appeal.opened_by == "pipeline"
    assert [each.actor for each in acts("appeal opened")] == ["pipeline"]


@pytest.mark.parametrize("verdict", sorted(feedback_policy().disputes))
def test_every_disputing_verdict_counts(forum: Forum, verdict: str) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, "alder", "cedar", verdict=verdict)
    dispute(forum, stix_id, "dogwood", verdict="stale")
    assert state(stix_id) == "suspended"


@pytest.mark.parametrize("verdict", ["true-positive", "duplicate", "already-known", "not-reviewed"])
def test_no_other_verdict_does(forum: Forum, verdict: str) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, "alder", "cedar")
    dispute(forum, stix_id, "dogwood", verdict=verdict)
    forum.push("dogwood", sighting(stix_id, count=0))
    assert state(stix_id) == "live"


def contributor(forum: Forum, stix_id: str) -> None:
    forum.push("dogwood", indicator(NORDVALE))
    dispute(forum, stix_id, "dogwood")


def the_first_again(forum: Forum, stix_id: str) -> None:
    dispute(forum, stix_id, "alder", verdict="stale")
    dispute(forum, stix_id, "cedar")


def hearsay(forum: Forum, stix_id: str) -> None:
    forum.push("dogwood", with_basis(opinion(stix_id, "stale"), "from-feed"))


@pytest.mark.parametrize("third", [contributor, the_first_again, hearsay])
def test_it_takes_three_who_are_independent(
    forum: Forum, third: Callable[[Forum, str], None]
) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, "alder", "cedar")
    third(forum, stix_id)
    show()
    assert state(stix_id) == "live"
    assert not Appeal.objects.exists()


def test_a_dispute_that_was_taken_back_does_not_count(forum: Forum) -> None:
    stix_id = published(forum)
    said = opinion(stix_id, "stale")
    forum.push("alder", said)
    forum.retract("alder", said["id"])
    dispute(forum, stix_id, "cedar", "dogwood")
    assert state(stix_id) == "live"


def test_the_night_finds_what_has_become_a_dispute(forum: Forum) -> None:
    stix_id, own = published(forum), indicator(NORDVALE)
    forum.push("dogwood", own)
    dispute(forum, stix_id, *OTHERS)
    assert suspension.open_due(policy=POLICY, now=now()) == 0
    forum.retract("dogwood", own["id"])
    assert state(stix_id) == "live"
    assert suspension.open_due(policy=POLICY, now=now()) == 1
    show()
    assert state(stix_id) == "suspended"
    assert suspension.open_due(policy=POLICY, now=now()) == 0


def test_taking_a_dispute_back_does_not_lift_it(forum: Forum) -> None:
    stix_id, said = published(forum), None
    for lab in OTHERS:
        forum.push(lab, said := opinion(stix_id, "stale"))
    show()
    assert said
    forum.retract("dogwood", said["id"])
    show()
    assert state(stix_id) == "suspended"


def test_a_collection_may_ask_for_more_than_three(forum: Forum) -> None:
    forum.collections["distillation"].k = 4
    forum.collections["distillation"].save()
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    assert state(stix_id) == "live"


def test_dismissed_it_stands_again_as_before(forum: Forum) -> None:
    stix_id = published(forum)
    [before] = forum.feed()
    dispute(forum, stix_id, *OTHERS)
    close(upheld=False)
    [after] = forum.feed()
    assert after | {"modified": ""} == before | {"modified": ""}
    assert state(stix_id) == "live"


def test_what_was_heard_suspends_it_no_more(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    close(upheld=False)
    dispute(forum, stix_id, *OTHERS, verdict="stale")
    assert state(stix_id) == "live"
    for lab in ("elm", "fir", "gorse"):
        forum.add_member(lab)
        forum.grant(lab)
    dispute(forum, stix_id, "elm", "fir")
    assert state(stix_id) == "live", "two who were not heard"
    dispute(forum, stix_id, "gorse")
    assert state(stix_id) == "suspended"


def test_upheld_it_is_gone_and_does_not_come_again(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    close(upheld=True)
    assert live(forum) == []
    assert Barred.objects.exists()
    [note] = forum.feed("distillation-withdrawn")
    assert stix_id in str(note)
    status = forum.push("birch", indicator(NORDVALE))
    assert messages(status)[0].startswith("rejected: APPEAL_UPHELD")


def test_its_contributor_may_take_it_back_meanwhile(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    assert forum.retract("birch", stix_id)
    assert live(forum) == []
    assert [each["revoked"] for each in forum.feed()] == [True]
    again = forum.push("birch", indicator(NORDVALE))
    assert messages(again)[0].startswith("held: DISPUTED")


def test_it_does_not_expire_while_somebody_decides(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    expiry.expire(policy=POLICY, now=now() + timedelta(days=20))
    assert state(stix_id) == "suspended"
    close(upheld=False)
    expiry.expire(policy=POLICY, now=now() + timedelta(days=400))
    assert live(forum) == []


def test_nothing_that_a_lab_sends_brings_it_back_to_force(forum: Forum) -> None:
    sign = indicator(NORDVALE)
    forum.push("birch", sign)
    stix_id = forum.feed()[0]["id"]
    dispute(forum, stix_id, *OTHERS)
    suspended = forum.feed()[0]
    assert outcomes(forum.push("birch", later(sign))) == ["held"]
    item = HeldObject.objects.get(part="object")
    review.release(item.id, by="rowan", policy=POLICY, now=now())
    forum.work()
    assert outcomes(forum.push("cedar", indicator(NORDVALE, confidence=80))) == ["published"]
    [latest] = forum.feed()
    assert governance(latest) == governance(suspended)
    assert latest["valid_until"] == suspended["valid_until"]


def test_the_daily_run_leaves_it_alone(forum: Forum) -> None:
    stix_id = published(forum)
    for lab in ("alder", "cedar"):
        forum.push(lab, indicator(NORDVALE))
    for lab in ("elm", "fir", "gorse"):
        forum.add_member(lab)
        forum.grant(lab)
    dispute(forum, stix_id, "elm", "fir", "gorse")
    before = forum.feed(versions="all")
    corroborate.run(policy=POLICY, now=now() + timedelta(days=1))
    assert forum.feed(versions="all") == before
    close(upheld=False)
    corroborate.run(policy=POLICY, now=now() + timedelta(days=2))
    assert forum.feed()[0]["labels"] == ["corroborated"]


def test_a_persons_appeal_is_said_beside_it(forum: Forum) -> None:
    stix_id = published(forum)
    [before] = forum.feed()
    terms = governance(before)
    appeals.open_appeal(
        clerk(), forum.collections["distillation"], stix_id, ground="bystanders", reference="A-1"
    )
    show()
    assert governance(forum.feed()[0]) == terms | {"appealed": True}
    dispute(forum, stix_id, *OTHERS)
    both = {"appealed": True, "disputed": True, "action_tier": "context"}
    assert governance(forum.feed()[0]) == terms | both
    close(upheld=False)
    assert governance(forum.feed()[0]) == terms | {"appealed": True}
    assert forum.feed()[0]["labels"] == ["under-dispute"]
    close(upheld=False, ground="bystanders")
    [after] = forum.feed()
    assert after | {"modified": ""} == before | {"modified": ""}


def test_of_an_observable_a_note_says_it(forum: Forum) -> None:
    forum.push("birch", stix("domain-name", value="nordvale.example"))
    [domain] = forum.feed()
    dispute(forum, domain["id"], *OTHERS)
    after, note = forum.feed()
    assert after == domain
    assert (note["labels"], note["object_refs"]) == (["under-dispute"], [domain["id"]])
    close(upheld=False)
    assert live(forum) == [domain]


@pytest.mark.parametrize("lane", ["immediate", "batched"])
def test_the_flag_reaches_every_reader_at_once_in_whatever_lane(forum: Forum, lane: str) -> None:
    stix_id = published(forum)
    if lane == "batched":
        forum.batch("distillation")
    dispute(forum, stix_id, *OTHERS)
    assert governance(forum.feed()[0])["disputed"] is True


def test_what_refers_to_it_still_comes_in(forum: Forum) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, *OTHERS)
    sign = indicator(PATTERN)
    link = relationship(sign, "related-to", {"id": stix_id})
    assert outcomes(forum.push("alder", sign, link)) == ["published", "published"]


def test_the_contributor_is_told(forum: Forum) -> None:
    status = forum.push("birch", indicator(NORDVALE))
    dispute(forum, forum.feed()[0]["id"], *OTHERS)
    [message] = messages(forum.status("birch", status.id))
    assert "members say: published-benchmark (at least 3 members); suspended" in message


@pytest.mark.django_db(transaction=True)
def test_disputes_of_one_moment_see_each_other(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, "alder")
    real, overtaken, calls = suspension.open_over, threading.Event(), count()

    def slow(*given: Any, **named: Any) -> Any:
        """The first comes back once the second has overtaken it, or waits for what it holds."""
        first, found = next(calls) == 0, real(*given, **named)
        deadline = time.monotonic() + 10
        while first and not overtaken.wait(0.02) and time.monotonic() < deadline:
            if bulk.rows(WAITS_FOR_US):
                break
        overtaken.set()
        return found

    monkeypatch.setattr(suspension, "open_over", slow)
    assert together(
        lambda: forum.push("cedar", opinion(stix_id, "stale")),
        lambda: forum.push("dogwood", opinion(stix_id, "stale")),
    ) == []  # fmt: skip
    show()
    assert state(stix_id) == "suspended"
    assert Appeal.objects.count() == 1


def test_the_third_dispute_in_the_moment_of_a_retraction(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    stix_id = published(forum)
    dispute(forum, stix_id, "alder", "cedar")
    looks = count()

    def look(*tags: Any, **known: Any) -> Any:
        """Between the first look at it and the lock, birch takes it back."""
        found = follow(*tags, **known)
        if next(looks) == 0:
            assert forum.retract("birch", stix_id)
        return found

    monkeypatch.setattr(hearing, "follow", look)
    status = forum.push("dogwood", opinion(stix_id, "stale"))
    assert messages(status)[0].startswith("rejected: REFERENCE_REFUSED")
    show()
    assert live(forum) == []
    assert not Feedback.objects.filter(state="active").exists()
    assert not Appeal.objects.exists()
