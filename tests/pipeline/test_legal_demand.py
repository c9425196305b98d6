"""Counsel's gate: a scope that only gets smaller, a member that is told, a hold, an answer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indicators.members import notices
from indicators.models.audit import AuditEntry
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_demand import LegalDemand
from indicators.models.submission import Submission
from indicators.pipeline import government, legal_demand, legal_hold, nightly
from indicators.pipeline.government import RequestError
from indicators.pipeline.legal_demand import LegalDemandError, Scope
from indicators.roles import speaking_for
from tests.architecture.test_at_rest import private_rows
from tests.forum import Forum, indicator, now
from tests.labs import acting_as
from tests.pipeline.demanding import (
    COUNSEL,
    WHY,
    decided,
    fresh,
    granted,
    left,
    registered,
    scope,
    today,
)
from tests.pipeline.governing import PATTERN, POLICY, clerk, facts


IDS = frozenset({"indicator--1", "indicator--2"})


@pytest.mark.parametrize(
    ("changes", "is_less"),
    [
        ({"first_day": -3}, True),
        ({"last_day": -1}, True),
        ({"types": {"indicator"}}, True),
        ({"ids": {"indicator--1"}}, True),
        ({}, False),
        ({"first_day": -7}, False),
        ({"first_day": -3, "types": {"indicator", "url"}}, False),
        ({"ids": set()}, False),
        ({"ids": {"indicator--3"}}, False),
        ({"member": "birch"}, False),
    ],
)
def test_a_narrower_scope_is_a_part_and_less(
    forum: Forum, changes: dict[str, Any], *, is_less: bool
) -> None:
    whole = scope("alder", "indicator", "email-addr", ids=IDS)
    given: dict[str, Any] = {
        "member": "alder", "types": whole.types, "first_day": -6, "last_day": 0, "ids": IDS,
    } | changes  # fmt: skip
    part = scope(
        given["member"], *given["types"], first_day=today(given["first_day"]),
        last_day=today(given["last_day"]), ids=frozenset(given["ids"]),
    )  # fmt: skip
    assert part.is_less_than(whole) is is_less


def test_counsel_narrows_and_what_was_asked_for_first_is_gone(forum: Forum) -> None:
    demand = registered(scope("alder", "indicator", "url"))
    less = scope("alder", "url", ids=frozenset({"url--1"}))
    decided(demand, "narrow", less)
    assert Scope.of(fresh(demand)) == less
    with pytest.raises(LegalDemandError, match="and less"):
        decided(demand, "narrow", scope("alder", "indicator", "url"))
    assert Scope.of(fresh(demand)) == less


def test_a_decision_gets_stricter_and_never_looser(forum: Forum) -> None:
    demand = registered()
    decided(demand)
    with pytest.raises(LegalDemandError, match="only something stricter"):
        decided(demand)
    decided(demand, "refuse")
    assert GovernmentRequest.objects.get().answer == "refused"
    with pytest.raises(LegalDemandError, match="It is over"):
        decided(demand, "narrow", scope(first_day=today()))


@pytest.mark.parametrize("decision", ["open", "perhaps", ""])
def test_counsel_decides_in_three_words_and_says_why(forum: Forum, decision: str) -> None:
    demand = registered()
    with pytest.raises(LegalDemandError, match="refuses, narrows or complies"):
        decided(demand, decision)
    with pytest.raises(LegalDemandError, match="Say why"):
        legal_demand.decide(clerk(), demand.pk, decision="comply", why=" ")
    decided(demand)
    assert legal_demand.why(fresh(demand)) == WHY


def test_nothing_is_answered_before_counsel_has_decided(forum: Forum) -> None:
    demand = registered()
    with pytest.raises(RequestError, match="before counsel has decided"):
        government.record_answer(clerk(), demand.pk, answer="answered")
    decided(demand)
    government.record_answer(clerk(), demand.pk, answer="answered")
    assert GovernmentRequest.objects.get().answer == "answered"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"types": frozenset()}, "Name types"),
        ({"types": frozenset({"All of it"})}, "Name types"),
        ({"first_day": today(1), "last_day": today(1)}, "to come"),
        ({"last_day": today(-30)}, "first and the last day"),
    ],
)
def test_a_scope_names_types_and_days(forum: Forum, changes: dict[str, Any], said: str) -> None:
    given = {"types": frozenset({"url"}), "first_day": today(-6), "last_day": today(), **changes}
    with pytest.raises(LegalDemandError, match=said):
        registered(Scope(None, **given))
    assert not GovernmentRequest.objects.exists()


def test_a_request_of_the_register_gets_its_scope_once(forum: Forum) -> None:
    request = government.record_request(
        clerk(), received_on=today(), jurisdiction="US", authority="court",
        instrument="warrant", reference="G-8",
    )  # fmt: skip
    legal_demand.give_scope(clerk(), request.pk, scope())
    with pytest.raises(LegalDemandError, match="has a scope already"):
        legal_demand.give_scope(clerk(), request.pk, scope("birch"))


def test_its_hold_keeps_what_lies_within_it_once_another_approved(forum: Forum) -> None:
    mine = forum.push("alder", indicator(PATTERN)).id
    theirs = forum.push("birch", indicator("[domain-name:value = 'b.example']")).id
    demand = registered()
    legal_demand.ask_for_hold(clerk(COUNSEL), demand.pk)
    hold = fresh(demand).hold
    assert hold is not None
    assert hold.matter == "G-7"
    with pytest.raises(LegalDemandError, match="has a hold"):
        legal_demand.ask_for_hold(clerk(COUNSEL), demand.pk)
    legal_hold.approve(clerk("operator-c"), hold.pk)
    kept = [
        legal_hold.takes_in(Submission.objects.get(pk=each), now=now()) for each in (mine, theirs)
    ]
    assert kept == [True, False]
    legal_hold.release(clerk(COUNSEL), hold.pk)
    legal_demand.ask_for_hold(clerk(COUNSEL), demand.pk)
    assert fresh(demand).hold != hold


def test_what_is_published_needs_no_hold_and_nobody_is_told(forum: Forum) -> None:
    demand = registered(scope(""))
    with pytest.raises(LegalDemandError, match="what is published"):
        legal_demand.ask_for_hold(clerk(), demand.pk)
    assert not legal_demand.is_due(demand, now=now())
    with pytest.raises(LegalDemandError, match="nobody who is to be told"):
        legal_demand.tell(clerk(), demand.pk, text="A court demands it.")


def test_a_member_reads_what_it_is_told_and_no_other_does(forum: Forum) -> None:
    demand = registered()
    alder, birch = (forum.principals[lab].member_id for lab in ("alder", "birch"))
    with acting_as("forum_web"), speaking_for(alder):
        assert not LegalDemand.objects.exists()
    legal_demand.tell(clerk(COUNSEL), demand.pk, text="A court demands it.")
    with acting_as("forum_web"):
        with speaking_for(alder):
            assert [each.text for each in notices.of(alder)] == ["A court demands it."]
            assert LegalDemand.objects.update(notice="due") == 0
        with speaking_for(birch):
            assert not LegalDemand.objects.exists()
    with pytest.raises(LegalDemandError, match="nobody who is to be told"):
        legal_demand.tell(clerk(COUNSEL), demand.pk, text="Again.")


def test_a_prohibition_has_a_ground_and_an_end_and_then_the_notice_is_due(forum: Forum) -> None:
    demand = registered()
    with pytest.raises(LegalDemandError, match="Give the ground"):
        legal_demand.prohibit(clerk(), demand.pk, ground=" ", until=today(5))
    legal_demand.prohibit(clerk(), demand.pk, ground="18 U.S.C. 2705(b)", until=today(5))
    with pytest.raises(LegalDemandError, match="Telling is prohibited until"):
        legal_demand.tell(clerk(), demand.pk, text="A court demands it.")
    found = fresh(demand)
    ends = [legal_demand.is_due(found, now=now() + timedelta(days=days)) for days in (0, 5, 6)]
    assert ends == [False, False, True]
    legal_demand.tell(clerk(after=timedelta(days=6)), demand.pk, text="A court demanded it.")
    assert fresh(demand).notice == "given"


def test_the_night_counts_what_has_left_and_was_not_told(forum: Forum) -> None:
    demand = registered()
    decided(demand)
    legal_demand.prohibit(clerk(), demand.pk, ground="An order.", until=today(5))
    left(demand)
    counts = [
        nightly.run(policy=POLICY, now=now() + timedelta(days=days)).counts["legal_notices_overdue"]
        for days in (5, 6)
    ]
    assert counts == [0, 1]


@pytest.mark.parametrize(
    "changed",
    [
        {"exported_by": COUNSEL.upper(), "exported_sha256": "00"},
        {"exported_by": "elm", "exported_sha256": "00", "decision": "refuse"},
        {"exported_by": "elm", "exported_sha256": "00", "notice": "due"},
        {"exported_by": "elm"},
        {"decided_by": ""},
        {"notice": "prohibited"},
        {"first_day": today(1)},
    ],
)
def test_the_database_holds_the_gate(forum: Forum, changed: dict[str, Any]) -> None:
    demand = granted()
    with pytest.raises(IntegrityError), transaction.atomic():
        LegalDemand.objects.filter(pk=demand.pk).update(**changed)
    sound = {"exported_by": "elm", "exported_sha256": "00"}
    assert LegalDemand.objects.filter(pk=demand.pk).update(**sound) == 1


def test_ids_and_reasons_lie_sealed_and_no_step_is_journalled_with_them(forum: Forum) -> None:
    word = "heronwatch"
    demand = registered(scope(ids=frozenset({f"indicator--{word}"})))
    legal_demand.decide(clerk(), demand.pk, decision="comply", why=f"{word} is sound.")
    legal_demand.tell(clerk(), demand.pk, text=f"{word} is demanded.")
    assert Scope.of(fresh(demand)).ids == {f"indicator--{word}"}
    assert [row for row in private_rows() if word in row or word.encode().hex() in row] == []
    assert facts("legal demand scoped") == {
        "types": ["indicator"], "days": f"{today(-6)} to {today()}", "ids": 1, "of": "submissions",
    }  # fmt: skip


def test_every_step_is_in_the_journal(forum: Forum) -> None:
    demand = registered()
    decided(demand)
    decided(demand, "narrow", scope(first_day=today()))
    legal_demand.tell(clerk(), demand.pk, text="A court demands it.")
    left(demand)
    acts = AuditEntry.objects.filter(subject=f"government-request/{demand.pk}")
    assert set(acts.values_list("act", flat=True)) == {
        "government request recorded", "legal demand scoped", "legal demand granted",
        "legal demand scope narrowed", "legal demand narrowed", "legal demand told to member",
        "legal demand exported",
    }  # fmt: skip
