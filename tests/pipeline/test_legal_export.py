"""What leaves for a demand: by another person, after the gate, what the scope names and no more."""

from __future__ import annotations

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from indicators.models.submission import Submission
from indicators.pipeline import government, legal_demand, legal_export, retention
from indicators.pipeline.legal_demand import LegalDemandError
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.demanding import (
    ANALYST,
    COUNSEL,
    decided,
    fresh,
    granted,
    left,
    registered,
    scope,
    today,
)
from tests.pipeline.governing import about_mail, age, clerk, facts


def name(label: str, **properties: Any) -> dict[str, Any]:
    return indicator(f"[domain-name:value = '{label}.meadowexit.example']", **properties)


def test_a_members_objects_leave_as_they_were_sent_and_nothing_beside_them(forum: Forum) -> None:
    mine, mail = name("a", description="Seen by our night shift."), about_mail()
    forum.push("alder", mine, mail, stix("domain-name", value="b.meadowexit.example"))
    forum.push("birch", name("c"))
    assert left(granted()) == [mine, mail]
    assert [each["type"] for each in left(granted(scope("alder", "domain-name")))] == [
        "domain-name"
    ]


def test_ids_narrow_it_to_single_objects(forum: Forum) -> None:
    first, second = name("a"), name("b")
    forum.push("alder", first, second)
    assert left(granted(scope(ids=frozenset({second["id"], "indicator--of-nobody"})))) == [second]


@pytest.mark.parametrize(
    ("days", "found"),
    [((-6, 0), 0), ((-10, -10), 1), ((-10, -9), 1), ((-9, 0), 0), ((-30, -11), 0)],
)
def test_days_count_with_both_their_ends(forum: Forum, days: tuple[int, int], found: int) -> None:
    age(forum.push("alder", name("a")).id, days=10)
    first, last = (today(each) for each in days)
    assert len(left(granted(scope(first_day=first, last_day=last)))) == found


def test_of_what_is_published_the_forums_words_leave_and_no_member(forum: Forum) -> None:
    forum.push("alder", name("a", description="Seen by our night shift."))
    demand = granted(scope(""))
    file = legal_export.export(clerk(ANALYST), demand.pk).content
    [published] = forum.feed()
    found = json.loads(file)
    assert [each["object"] for each in found["objects"]] == [published]
    assert found["scope"]["of"] == "what is published"
    assert b"night shift" not in file
    assert b"lder" not in file


def test_what_was_withdrawn_cannot_be_read_there_any_more(forum: Forum) -> None:
    forum.push("alder", name("a"))
    [published] = forum.feed()
    forum.retract("alder", published["id"])
    assert [each.get("revoked") for each in left(granted(scope("")))] == [True]


def test_what_is_purged_does_not_leave(forum: Forum) -> None:
    sent = forum.push("alder", name("a")).id
    demand = granted(scope(first_day=today(-40)))
    assert len(left(demand)) == 1
    age(sent, days=31)
    retention.purge_bodies(now=now())
    assert Submission.objects.get().body_ct is None
    assert left(demand) == []


def test_the_gate_opens_by_decision_notice_and_a_second_person(forum: Forum) -> None:
    forum.push("alder", name("a"))
    demand = registered()
    with pytest.raises(LegalDemandError, match="before counsel has decided"):
        left(demand)
    decided(demand)
    with pytest.raises(LegalDemandError, match="Tell the member first"):
        left(demand)
    legal_demand.tell(clerk(COUNSEL), demand.pk, text="A court demands it.")
    with pytest.raises(LegalDemandError, match="second, different person"):
        left(demand, by=COUNSEL.upper())
    assert len(left(demand)) == 1


def test_a_prohibition_opens_it_until_it_ends(forum: Forum) -> None:
    forum.push("alder", name("a"))
    demand = registered()
    decided(demand)
    legal_demand.prohibit(clerk(COUNSEL), demand.pk, ground="An order.", until=today(3))
    assert len(left(demand)) == 1
    with pytest.raises(LegalDemandError, match="Tell the member first"):
        legal_export.export(clerk(ANALYST, after=timedelta(days=4)), demand.pk)


def test_nothing_leaves_for_what_is_refused_or_answered(forum: Forum) -> None:
    refused, answered = registered(), granted()
    decided(refused, "refuse")
    government.record_answer(clerk(COUNSEL), answered.pk, answer="answered")
    for demand in (refused, answered):
        with pytest.raises(LegalDemandError, match="It is over"):
            left(demand)


def test_after_it_nothing_is_decided_again(forum: Forum) -> None:
    demand = granted()
    left(demand)
    with pytest.raises(LegalDemandError, match="Something has left"):
        decided(demand, "refuse")


def test_who_made_it_and_its_digest_are_written_down_and_the_same_again_is_the_same(
    forum: Forum,
) -> None:
    forum.push("alder", name("a"))
    demand = granted()
    file = legal_export.export(clerk(ANALYST), demand.pk)
    digest = sha256(file.content).hexdigest()
    row = fresh(demand)
    assert (row.exported_by, row.exported_sha256, row.exported_objects) == (ANALYST, digest, 1)
    told = facts("legal demand exported")
    assert told == {"sha256": digest, "objects": 1, "bytes": len(file.content)}
    assert legal_export.export(clerk(ANALYST), demand.pk) == file


def test_a_file_has_an_end(forum: Forum, monkeypatch: pytest.MonkeyPatch) -> None:
    forum.push("alder", name("a"), name("b"))
    monkeypatch.setattr(legal_export, "_MOST", 2)
    assert len(left(granted())) == 2
    monkeypatch.setattr(legal_export, "_MOST", 1)
    with pytest.raises(LegalDemandError, match="narrow the scope"):
        left(granted())
