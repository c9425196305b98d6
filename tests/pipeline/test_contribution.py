"""Give and get: a member learns of itself, staff of all, nobody of another."""

from __future__ import annotations

import json
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from indicators.domain.accountability import Get, Give, current_accountability, index_of
from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.collection import CollectionHead
from indicators.models.member import PollMark
from indicators.pipeline import appeals, concentration, corroborate, nightly
from indicators.pipeline.publish import Own, Publisher, speak
from indicators.roles import publishing
from tests.forum import STATES_NEXUS, Forum, indicator, now
from tests.pipeline.governing import clerk
from tests.pipeline.reading import reader
from tests.taxii.door import Caller


RULE = current_accountability().index


def name(number: int) -> str:
    return f"[domain-name:value = 'gw-{number}.meadowexit.example']"


def asked(caller: Caller) -> dict[str, Any]:
    answer = caller.get("/api/v1/me/contribution/", accept="application/json")
    assert answer.status == 200
    found: dict[str, Any] = answer.json
    return found


def test_a_member_is_told_what_it_gave(forum: Forum) -> None:
    mail = indicator("[email-addr:value = 'a.b@kestrelmail.example']", extensions=STATES_NEXUS)
    sent = [indicator(name(number)) for number in range(4)]
    forum.push("alder", *sent, mail)
    for lab in ("birch", "cedar"):
        forum.push(lab, indicator(name(0)))
    corroborate.run(policy=current_policy(), now=now())
    forum.retract("alder", sent[1]["id"])
    disputed = next(each for each in forum.feed() if name(2) == each["pattern"])
    appeal = appeals.open_appeal(
        clerk(), forum.collections["distillation"], disputed["id"],
        ground="wrong-value", reference="A-1",
    )  # fmt: skip
    appeals.close(clerk(), appeal.id, upheld=True, outcome="So it was.")
    appeals.apply(appeal.id, policy=current_policy(), now=now())

    assert asked(reader(forum, "alder"))["give"] == {
        "published": 3,
        "corroborated": 1,
        "withdrawn": 1,
        "disputed_upheld": 1,
    }
    given = asked(reader(forum, "birch"))["give"]
    assert (given["published"], given["withdrawn"]) == (1, 0)


def test_a_member_is_told_what_it_got(forum: Forum) -> None:
    forum.push("alder", *(indicator(name(number)) for number in range(4)))
    birch = reader(forum, "birch")
    assert asked(birch)["get"]["share_read"] == 0
    head = CollectionHead.objects.get(collection=forum.collections["distillation"])
    assert birch.lab is not None
    PollMark.objects.create(
        credential=birch.lab.credential,
        collection=forum.collections["distillation"],
        last_position=head.position // 2,
        last_minute=now() - timedelta(minutes=3),
    )
    found = asked(birch)
    assert found["get"]["share_read"] == 0.5
    assert found["get"]["credentials_reading"] == 1
    assert found["get"]["objects_of_others"] == 4
    assert found["index"] == 0


def test_neither_what_waits_for_its_batch_nor_the_forums_words_show_in_the_count(
    forum: Forum,
) -> None:
    birch = reader(forum, "birch")
    forum.batch("distillation", batch_spread_minutes=0)
    forum.push("birch", indicator(name(9)))
    before = asked(birch)["get"]
    forum.push("alder", *(indicator(name(number)) for number in range(4)))
    assert asked(birch)["get"] == before
    forum.release(after=timedelta(hours=73))
    publisher = Publisher(forum.collections["distillation"], current_policy(), now())
    with transaction.atomic(), publishing():
        speak(publisher, [Own("campaign", {"name": "FDA-2026-001"}, {})])
    assert len(forum.feed()) == 6
    assert asked(birch)["get"]["objects_of_others"] == 4


def test_nobody_is_told_without_a_credential(forum: Forum) -> None:
    assert Caller().get("/api/v1/me/contribution/", accept="application/json").status == 401


@pytest.mark.parametrize(
    ("give", "get", "index"),
    [
        (Give(0, 0, 0, 0), Get(0, None, 0.0, 0, 2), None),
        (Give(0, 0, 5, 0), Get(1, None, 1.0, 100, 2), 0.0),
        (Give(50, 0, 5, 0), Get(1, None, 1.0, 100, 2), 0.5),
        (Give(50, 0, 0, 0), Get(0, None, 0.0, 100, 2), 1.0),
        (Give(2, 0, 0, 1), Get(1, None, 1.0, 100, 2), 0.0),
        (Give(40, 10, 0, 0), Get(1, None, 1.0, 100, 2), 0.5),
    ],
)
def test_the_index_is_what_one_gives_beside_what_one_gets_of_one_other(
    give: Give, get: Get, index: float | None
) -> None:
    assert index_of(give, get, rule=RULE) == index


def test_staff_are_told_of_a_member_that_stands_for_too_much(forum: Forum) -> None:
    forum.push("alder", *(indicator(name(number)) for number in range(15)))
    forum.push("birch", *(indicator(name(number)) for number in range(5)))
    report = nightly.run(policy=current_policy(), now=now())
    assert report.failed == {}
    assert report.counts["concentration_alarms"] == 1
    [entry] = AuditEntry.objects.filter(act=concentration.ACT)
    assert entry.subject == "member/alder"
    assert json.loads(entry.body) == {"collection": "distillation", "percent": 75}
    assert concentration.alarms_over("alder", now=now()) == [entry.body]
    assert concentration.alarms_over("birch", now=now()) == []
    out = StringIO()
    call_command("contribution_index", stdout=out)
    assert "alder stands for 75 % of what distillation published." in out.getvalue()


@pytest.mark.parametrize("numbers", [(10, 10), (15, 3)])
def test_an_equal_share_or_few_objects_raise_no_alarm(
    forum: Forum, numbers: tuple[int, int]
) -> None:
    for lab, number in zip(("alder", "birch"), numbers, strict=True):
        forum.push(lab, *(indicator(name(each)) for each in range(number)))
    assert concentration.run(policy=current_policy(), now=now()) == 0
