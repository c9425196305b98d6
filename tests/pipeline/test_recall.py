"""A compromised source is recalled: two people, a look, an order; readers see what, never whose."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from indicators.domain.disclosure import current_policy
from indicators.members.registry import Clerk
from indicators.models.audit import AuditEntry
from indicators.models.member import Member
from indicators.models.recall import Recall, RecalledObject
from indicators.pipeline import recall, recalling
from indicators.pipeline.recall import RecallError
from indicators.pipeline.recall_source import Source
from tests.forum import HOUSEHOLD, Forum, indicator, messages, now, outcomes, stix
from tests.pipeline.reviewing import PATTERN, ROWAN, WREN
from tests.pipeline.saying import opinion


OTHER = "[domain-name:value = 'gw-7.meadowexit.example']"
HOUR, MOMENT = timedelta(hours=1), timedelta(milliseconds=5)


def clerk(login: str) -> Clerk:
    return Clerk(login, current_policy(), now())


def source(forum: Forum, lab: str = "alder", **changes: Any) -> Source:
    terms = {"key": "", "since": now() - HOUR, "until": now() - MOMENT, **changes}
    return Source(forum.principals[lab].member_id, **terms)


def ask(forum: Forum, *, why: str = "Its key lay in a public repository.", **of: Any) -> Recall:
    return recall.request(clerk(ROWAN), source(forum, **of), why=why, stop=False)


def approved(forum: Forum, **of: Any) -> Recall:
    return recall.approve(clerk(WREN), ask(forum, **of).id)


def recalled(forum: Forum, **of: Any) -> Recall:
    asked = approved(forum, **of)
    recall.preview(clerk(ROWAN), asked.id)
    recall.order(clerk(ROWAN), asked.id)
    assert recalling.apply(asked.id, policy=current_policy(), now=now())
    return Recall.objects.get(pk=asked.id)


def test_what_only_the_source_sent_falls_and_says_recalled(forum: Forum) -> None:
    sent = forum.push("alder", indicator(PATTERN), stix("domain-name", value="a.example"))
    assert recalled(forum).state == Recall.State.DONE
    assert outcomes(forum.status("alder", sent.id)) == ["withdrawn", "withdrawn"]
    [gone] = forum.feed()
    assert (gone["revoked"], gone["labels"]) == (True, ["recalled"])
    notes = forum.feed("distillation-withdrawn")
    assert [each["labels"] for each in notes] == [["recalled", "withdrawn"]] * 2


def test_what_others_sent_too_stays_and_not_a_byte_changes(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    forum.push("birch", indicator(PATTERN))
    before = forum.feed()
    done = recalled(forum)
    assert forum.feed() == before
    assert not RecalledObject.objects.filter(recall=done).exists()


def test_other_labs_and_other_times_are_left_alone(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    forum.push("birch", indicator(OTHER))
    recalled(forum, lab="birch", until=now() - timedelta(minutes=5))
    recalled(forum, since=now() - 3 * HOUR, until=now() - HOUR)
    assert [each.get("revoked", False) for each in forum.feed()] == [False, False]


def test_one_key_of_a_lab_is_recalled_without_its_others(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    forum.principals["alder"] = forum.principals["alder"].__class__(
        forum.principals["alder"].member_id, "alder", "id-second", ("feed:read", "submit")
    )
    forum.push("alder", indicator(OTHER))
    asked = Recall(state="approved", decided_by=WREN, requested_by=ROWAN, requested_at=now(),
                   expires_at=now() + HOUR, viewed_at=now())  # fmt: skip
    asked.source_ct = source(forum, key="id-second").sealed(asked.id.bytes)
    asked.reason_ct = b""
    asked.save()
    recall.order(clerk(ROWAN), asked.id)
    recalling.apply(asked.id, policy=current_policy(), now=now())
    fallen = {each["id"]: "revoked" in each for each in forum.feed()}
    assert sorted(fallen.values()) == [False, True]


def test_tokens_go_too_and_what_was_held_or_said(forum: Forum) -> None:
    home = indicator("[ipv4-addr:value = '203.0.113.77']", extensions=HOUSEHOLD)
    held = forum.push("alder", stix("identity", name="MeadowExit", identity_class="organization"))
    forum.push("alder", home)
    forum.push("birch", indicator(PATTERN))
    forum.push("alder", opinion(forum.feed()[0]["id"], "stale"))
    assert forum.feed("distillation-tokens")
    recalled(forum)
    assert [each["revoked"] for each in forum.feed("distillation-tokens")] == [True]
    [said] = messages(forum.status("alder", held.id))
    assert "Taken back by the Forum" in said
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT state FROM feedback")
        assert cursor.fetchall() == [("withdrawn",)]


def test_the_look_says_what_falls_and_what_stays(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN), indicator(OTHER))
    forum.push("birch", indicator(PATTERN))
    forum.push("alder", stix("identity", name="MeadowExit", identity_class="organization"))
    found = recall.preview(clerk(ROWAN), approved(forum).id)
    assert (len(found.stands), found.falls, found.undecided) == (2, 1, 1)
    assert {each.collection for each in found.stands} == {"distillation"}


def test_a_recall_waits_for_what_is_still_worked_on(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN), work=False)
    asked = approved(forum)
    recall.preview(clerk(ROWAN), asked.id)
    recall.order(clerk(ROWAN), asked.id)
    assert not recalling.apply(asked.id, policy=current_policy(), now=now())
    assert recalling.due(10) == [asked.id]
    forum.work()
    assert recalling.apply(asked.id, policy=current_policy(), now=now())
    assert forum.feed()[0]["revoked"]
    assert recalling.due(10) == []


def test_it_is_carried_out_once(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    done = recalled(forum)
    forum.push("alder", indicator(PATTERN))
    assert not recalling.apply(done.id, policy=current_policy(), now=now())
    assert [each.get("revoked", False) for each in forum.feed()] == [True, False]


def test_nobody_approves_what_they_asked_for(forum: Forum) -> None:
    asked = ask(forum)
    with pytest.raises(RecallError, match="second, different person"):
        recall.approve(clerk(ROWAN.upper()), asked.id)
    with pytest.raises(IntegrityError), transaction.atomic():
        Recall.objects.filter(pk=asked.id).update(state="approved", decided_by=ROWAN.upper())


def test_nothing_is_ordered_that_nobody_looked_at(forum: Forum) -> None:
    asked = approved(forum)
    with pytest.raises(RecallError, match="Look at what it would take back"):
        recall.order(clerk(ROWAN), asked.id)
    with pytest.raises(RecallError, match=f"Only {ROWAN}"):
        recall.preview(clerk(WREN), asked.id)


@pytest.mark.parametrize("state", ["requested", "refused"])
def test_what_is_not_approved_shows_nothing(forum: Forum, state: str) -> None:
    asked = ask(forum)
    if state == "refused":
        recall.refuse(clerk(WREN), asked.id)
    with pytest.raises(RecallError, match=state):
        recall.preview(clerk(ROWAN), asked.id)


def test_an_approval_lapses(forum: Forum) -> None:
    asked = approved(forum)
    Recall.objects.filter(pk=asked.id).update(expires_at=now() - HOUR)
    with pytest.raises(RecallError, match="lapsed"):
        recall.preview(clerk(ROWAN), asked.id)
    assert recall.standing(Recall.objects.get(pk=asked.id), now=now()) == "lapsed"


def test_the_source_can_be_stopped_in_the_same_step(forum: Forum) -> None:
    recall.request(clerk(ROWAN), source(forum), why="Taken over.", stop=True)
    assert Member.objects.get(slug="alder").state == Member.State.SUSPENDED


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"why": " "}, "Say why"),
        ({"key": "nosuchkey"}, "no key"),
        ({"until": now() - 2 * HOUR}, "end after it begins"),
        ({"since": now() + HOUR, "until": now() + 2 * HOUR}, "before now"),
        ({"until": now() + HOUR}, "in the future"),
    ],
)
def test_what_cannot_be_asked_for(forum: Forum, changes: dict[str, Any], said: str) -> None:
    with pytest.raises(RecallError, match=said):
        ask(forum, **changes)


def test_rows_and_journal_name_no_member_and_no_object(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    [published] = forum.feed()
    done = recalled(forum)
    entries = AuditEntry.objects.filter(subject=f"recall/{done.id}")
    assert {each.act: json.loads(each.body) for each in entries} == {
        "recall requested": {},
        "recall approved": {},
        "recall looked into": {},
        "recall ordered": {},
        "recall done": {"withdrawn": 1},
    }
    said = "".join(each.body for each in entries)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(r)::text FROM recall r")
        said += str(cursor.fetchall())
    assert "alder" not in said
    assert str(forum.principals["alder"].member_id) not in said
    assert published["id"] not in said
