"""The two-person, reasoned, audited way from one object to the members behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from indicators.models.audit import AuditEntry
from indicators.models.lineage import Contribution
from indicators.models.reveal import Reveal
from indicators.pipeline import reveal
from indicators.pipeline.reveal import RevealError
from tests.forum import Forum, indicator, now
from tests.labs import acting_as
from tests.pipeline.reviewing import PATTERN, ROWAN, WREN, as_
from tests.pipeline.saying import opinion


WHY = "The same false report came three times."


@pytest.fixture
def shared(forum: Forum) -> str:
    """The id of an object that alder brought first, then birch."""
    forum.push("alder", indicator(PATTERN))
    forum.push("birch", indicator(PATTERN))
    [published] = forum.feed()
    return str(published["id"])


def ask(forum: Forum, stix_id: str, **changes: Any) -> Reveal:
    collection = forum.collections["distillation"]
    terms = {"reason": "abuse", "text": WHY, **as_(ROWAN), **changes}
    return reveal.request(collection, stix_id, **terms)


def approved(forum: Forum, stix_id: str) -> Reveal:
    return reveal.approve(ask(forum, stix_id).id, **as_(WREN))


def acts() -> list[tuple[str, str]]:
    entries = AuditEntry.objects.filter(subject__startswith="reveal/").order_by("at")
    return list(entries.values_list("actor", "act"))


def test_two_people_open_one_object_once(forum: Forum, shared: str) -> None:
    asked = approved(forum, shared)
    found = reveal.open_once(asked.id, **as_(ROWAN))
    assert {each.member for each in found} == {"alder (Alder)", "birch (Birch)"}
    assert [each.member for each in found if each.is_first] == ["alder (Alder)"]
    assert {each.state for each in found} == {"active"}
    assert acts() == [
        (ROWAN, "reveal requested"), (WREN, "reveal approved"), (ROWAN, "reveal opened"),
    ]  # fmt: skip
    with pytest.raises(RevealError, match="opened before"):
        reveal.open_once(asked.id, **as_(ROWAN))


def test_the_journal_says_what_was_opened_and_why_but_not_what_was_found(
    forum: Forum, shared: str
) -> None:
    reveal.open_once(approved(forum, shared).id, **as_(ROWAN))
    for entry in AuditEntry.objects.filter(subject__startswith="reveal/"):
        body = json.loads(entry.body)
        assert (body["object"], body["reason"]) == (shared, "abuse")
        assert "alder" not in entry.body.replace(shared, "")
        assert WHY not in entry.body


def test_who_said_something_of_it_is_among_them(forum: Forum, shared: str) -> None:
    forum.push("cedar", opinion(shared, "stale"))
    found = reveal.open_once(approved(forum, shared).id, **as_(ROWAN))
    [speaker] = [each for each in found if each.member == "cedar (Cedar)"]
    assert (speaker.state, speaker.is_first) == ("active feedback: stale", False)


def test_who_took_it_back_is_still_known(forum: Forum, shared: str) -> None:
    forum.retract("birch", shared)
    found = reveal.open_once(approved(forum, shared).id, **as_(ROWAN))
    assert {each.member: each.state for each in found} == {
        "alder (Alder)": "active", "birch (Birch)": "withdrawn",
    }  # fmt: skip


@pytest.mark.parametrize("login", [ROWAN, "Rowan"])
@pytest.mark.parametrize("step", [reveal.approve, reveal.refuse])
def test_nobody_decides_what_they_asked_for(
    forum: Forum, shared: str, login: str, step: Callable[..., Reveal]
) -> None:
    asked = ask(forum, shared)
    with pytest.raises(RevealError, match="a second, different person"):
        step(asked.id, **as_(login))


def test_only_who_asked_opens_and_only_what_is_approved(forum: Forum, shared: str) -> None:
    asked = ask(forum, shared)
    with pytest.raises(RevealError, match="Nobody has approved"):
        reveal.open_once(asked.id, **as_(ROWAN))
    reveal.approve(asked.id, **as_(WREN))
    with pytest.raises(RevealError, match="Only rowan, who asked"):
        reveal.open_once(asked.id, **as_(WREN))
    assert "reveal opened" not in [act for _, act in acts()]


def test_what_is_refused_or_decided_stays_so(forum: Forum, shared: str) -> None:
    asked = ask(forum, shared)
    reveal.refuse(asked.id, **as_(WREN))
    with pytest.raises(RevealError, match="decided already"):
        reveal.approve(asked.id, **as_(WREN))
    with pytest.raises(RevealError, match="it is refused"):
        reveal.open_once(asked.id, **as_(ROWAN))


def test_a_request_and_an_approval_lapse(forum: Forum, shared: str) -> None:
    asked = ask(forum, shared)
    a_tick = timedelta(seconds=1)  # the database's clock, and ours cut to milliseconds
    assert timedelta(hours=23) < asked.expires_at - now() <= timedelta(hours=24) + a_tick
    lapse(asked)
    with pytest.raises(RevealError, match="lapsed"):
        reveal.approve(asked.id, **as_(WREN))
    other = approved(forum, shared)
    assert timedelta(minutes=59) < other.expires_at - now() <= timedelta(minutes=60) + a_tick
    lapse(other)
    with pytest.raises(RevealError, match="lapsed"):
        reveal.open_once(other.id, **as_(ROWAN))
    other.refresh_from_db()
    assert reveal.standing(other, now=now()) == "lapsed"


def lapse(asked: Reveal) -> None:
    Reveal.objects.filter(pk=asked.id).update(expires_at=now() - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"reason": "curiosity"}, "only: abuse"),
        ({"text": " "}, "Say why"),
    ],
)
def test_a_request_needs_a_reason(
    forum: Forum, shared: str, changes: dict[str, str], message: str
) -> None:
    with pytest.raises(RevealError, match=message):
        ask(forum, shared, **changes)


@pytest.mark.parametrize(
    "stix_id", ["%", "*", "indicator--%", "", "indicator--1, indicator--2", "indicator"]
)
def test_there_is_no_reveal_of_many(forum: Forum, shared: str, stix_id: str) -> None:
    with pytest.raises(RevealError, match="a reveal is for one"):
        ask(forum, stix_id)


def test_an_object_that_is_not_there_cannot_be_asked_for(forum: Forum, shared: str) -> None:
    with pytest.raises(RevealError, match="has no object"):
        ask(forum, "indicator--00000000-0000-4000-8000-000000000000")


def test_the_entry_of_the_opening_stands_even_if_nothing_can_be_shown(
    forum: Forum, shared: str
) -> None:
    Contribution.objects.filter(is_first=True).update(member_ct=b"\x02k1" + bytes(40))
    found = reveal.open_once(approved(forum, shared).id, **as_(ROWAN))
    assert {each.member.partition(":")[0] for each in found} == {
        "(cannot be opened", "birch (Birch)",
    }  # fmt: skip
    assert (ROWAN, "reveal opened") in acts()


@pytest.mark.django_db(transaction=True)
def test_the_entry_is_committed_before_anything_is_looked_up(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    forum.push("alder", indicator(PATTERN))
    asked = approved(forum, forum.feed()[0]["id"])
    monkeypatch.setattr(Contribution, "objects", None)
    with pytest.raises(AttributeError):
        reveal.open_once(asked.id, **as_(ROWAN))
    assert not connection.in_atomic_block
    assert (ROWAN, "reveal opened") in acts()
    assert Reveal.objects.get().state == "opened"


@pytest.mark.django_db(transaction=True)
def test_an_opening_inside_another_transaction_is_refused(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    asked = approved(forum, forum.feed()[0]["id"])
    with transaction.atomic(), pytest.raises(RuntimeError, match="durable"):
        reveal.open_once(asked.id, **as_(ROWAN))
    assert Reveal.objects.get().state == "approved"


def test_the_database_refuses_one_person_and_an_opening_without_approval(
    forum: Forum, shared: str
) -> None:
    rows = Reveal.objects.filter(pk=ask(forum, shared).id)
    for changes in (
        {"state": "approved", "decided_by": "ROWAN"},
        {"state": "approved"},
        {"state": "opened", "opened_at": now()},
        {"state": "requested", "opened_at": now()},
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)


def test_only_staff_screens_see_requests_and_the_worker_none(forum: Forum, shared: str) -> None:
    ask(forum, shared)
    with acting_as("forum_web"):
        assert not Reveal.objects.exists()
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            ask(forum, shared)
    with (
        acting_as("forum_worker"),
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
    ):
        Reveal.objects.exists()


def test_the_reason_in_words_is_sealed(forum: Forum, shared: str) -> None:
    asked = ask(forum, shared)
    assert reveal.reason_text(asked) == WHY
    assert WHY.encode() not in bytes(asked.reason_ct)
