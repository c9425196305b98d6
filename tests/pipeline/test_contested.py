"""What says again what is disputed and gone waits, and tells nobody what it could not know."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from indicators.models.member import Grant
from indicators.models.publication import Publication, ReleaseItem
from indicators.models.submission import HeldObject
from indicators.pipeline import chunks, commit, lineage, review, work
from tests.forum import STATES_NEXUS, Forum, indicator, messages, now, outcomes, stix
from tests.pipeline.governing import MAIL, PATTERN, POLICY, about_mail, live, seen
from tests.pipeline.meanwhile import together
from tests.pipeline.test_appeals import TOKENS, close, open_over, published


IN_REVIEW = "[software:name = 'abacus-runner']"


def both(other: str) -> dict[str, Any]:
    pattern = f"[email-addr:value IN ('{other}', 'sam@kestrelmail.example')]"
    return indicator(pattern, extensions=STATES_NEXUS)


def release(forum: Forum, **words: Any) -> None:
    """Let the last whole object go that is held."""
    held = HeldObject.objects.filter(part="object", state="open").latest("held_at")
    review.release(held.id, by="rowan", policy=POLICY, now=now(), **words)
    forum.work()


def test_taking_it_back_and_sending_it_anew_does_not_shed_the_flag(forum: Forum) -> None:
    sign = indicator(PATTERN)
    appeal = open_over(forum, published(forum, sign))
    forum.retract("alder", sign["id"])
    for lab in ("alder", "birch"):
        status = forum.push(lab, indicator(PATTERN), indicator("[domain-name:value='b.example']"))
        assert outcomes(status) == ["held", "published"]
        assert "An appeal over what it says is open" in messages(status)[0]
    assert PATTERN not in {each["pattern"] for each in live(forum)}
    held = HeldObject.objects.filter(part="object").first()
    assert held
    review.release(held.id, by="rowan", policy=POLICY, now=now())
    forum.work()
    assert PATTERN in {each["pattern"] for each in live(forum)}
    assert outcomes(forum.push("cedar", indicator(PATTERN))) == ["published"]  # it joins that one
    close(appeal, upheld=True)
    assert PATTERN not in {each["pattern"] for each in live(forum)}


def test_who_sees_what_is_disputed_joins_it(forum: Forum) -> None:
    open_over(forum, published(forum, indicator(PATTERN)))
    assert outcomes(forum.push("birch", indicator(PATTERN))) == ["published"]
    assert [each["labels"] for each in live(forum)] == [["under-dispute"]]


def test_a_disputed_token_waits_in_another_pattern_too(forum: Forum) -> None:
    first = about_mail()
    forum.push("alder", first)
    appeal = open_over(forum, forum.feed(TOKENS)[0]["id"], TOKENS)
    pattern = f"[email-addr:value IN ('{MAIL}', 'sam@kestrelmail.example')]"
    both = indicator(pattern, extensions=STATES_NEXUS)
    assert outcomes(forum.push("birch", both, about_mail("sam@kestrelmail.example"))) == [
        "held", "published",
    ]  # fmt: skip
    close(appeal, upheld=False)
    assert outcomes(forum.push("cedar", both)) == ["published"]


def test_upheld_after_it_fell_what_says_the_same_goes_everywhere(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.add_collection("payments-tokens", kind="tokens", parent=forum.collections["payments"])
    first = about_mail()
    forum.push("alder", first)
    forum.push("birch", about_mail(), indicator(PATTERN), into="payments")
    appeal = open_over(forum, forum.feed(TOKENS)[0]["id"], TOKENS)
    forum.retract("alder", first["id"])
    Publication.objects.update(date_added=F("date_added") - timedelta(days=30))
    close(appeal, upheld=True)
    assert live(forum, "payments-tokens") == []
    assert len(live(forum, "payments")) == 1


def test_an_observable_of_which_only_one_token_stands_waits(forum: Forum) -> None:
    """A mailbox becomes two tokens: of one spelling the exact one is new."""
    mail = stix("email-addr", value="robin@gmail.com")
    forum.push("alder", mail, seen(mail, extensions=STATES_NEXUS))
    exact, canonical = sorted(
        (each for each in live(forum, TOKENS) if each["type"] == "match-token"),
        key=lambda each: str(each["kind"]),
    )
    assert (exact["kind"], canonical["kind"]) == ("email-addr", "email-canon")
    open_over(forum, canonical["id"], TOKENS)
    other = stix("email-addr", value="robin+x@gmail.com")
    assert outcomes(forum.push("birch", other, seen(other, extensions=STATES_NEXUS)))[0] == "held"
    assert (
        outcomes(forum.push("cedar", mail, seen(mail, extensions=STATES_NEXUS)))
        == ["published"] * 2
    )


def test_a_waiver_of_something_else_waives_no_dispute(forum: Forum) -> None:
    sign = indicator(IN_REVIEW)
    forum.push("alder", sign)
    release(forum)
    open_over(forum, live(forum)[0]["id"])
    forum.retract("alder", sign["id"])
    again = forum.push("alder", indicator(IN_REVIEW))
    assert "NEEDS_REVIEW" in messages(again)[0]
    release(forum)
    assert live(forum) == []
    assert "DISPUTED" in messages(forum.status("alder", again.id))[0]
    release(forum)
    assert len(live(forum)) == 1


def test_what_falls_between_the_look_and_the_commit_is_not_joined(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign = indicator(PATTERN)
    open_over(forum, published(forum, sign))
    real, came = commit.commit, list[bool]()

    def late(*everything: Any, **named: Any) -> None:
        if not came:
            came.append(True)
            forum.retract("alder", sign["id"])
        real(*everything, **named)

    monkeypatch.setattr(work, "commit", late)
    assert outcomes(forum.push("birch", indicator(PATTERN))) == ["held"]
    assert live(forum) == []


def test_what_is_disputed_where_a_lab_cannot_read_says_nothing(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    payments = forum.collections["payments"]
    Grant.objects.filter(collection=payments).exclude(member__slug="alder").delete()
    forum.push("alder", indicator(PATTERN), into="payments")
    open_over(forum, live(forum, "payments")[0]["id"], "payments")
    assert outcomes(forum.push("birch", indicator(PATTERN))) == ["published"]


def test_a_dispute_over_what_waits_tells_nobody_that_it_waits(forum: Forum) -> None:
    forum.batch(batch_members=3)
    mail = stix("email-addr", value=MAIL)
    forum.push("alder", mail, seen(mail, extensions=STATES_NEXUS))
    [token] = ReleaseItem.objects.filter(type="match-token", body__contains='"email-canon"')
    open_over(forum, token.stix_id, TOKENS)
    status = forum.push("birch", both(MAIL), both("pat@kestrelmail.example"))
    assert outcomes(status) == ["waiting", "waiting"]
    assert forum.feed(TOKENS) == []

    # The token's while is drawn; its note draws none, and goes out in the same moment.
    forum.batch(batch_members=1, batch_soon_percent=0, batch_spread_minutes=600)
    forum.release()
    token.refresh_from_db()
    assert token.not_before
    assert forum.feed(TOKENS) == []
    ReleaseItem.objects.exclude(stix_id=token.stix_id).exclude(type="note").delete()
    forum.release(after=token.not_before - now() + timedelta(seconds=1))
    assert [each["type"] for each in forum.feed(TOKENS)] == ["match-token", "note"]


def test_the_note_does_not_pass_a_token_that_waits_for_the_look_back(forum: Forum) -> None:
    forum.batch(batch_members=3)
    mail = stix("email-addr", value=MAIL)
    forum.push("alder", mail, seen(mail, extensions=STATES_NEXUS))
    token = ReleaseItem.objects.filter(type="match-token").first()
    assert token
    past = now() - timedelta(seconds=5)
    ReleaseItem.objects.update(not_before=past, policy_version="2026-01-01.1")
    open_over(forum, token.stix_id, TOKENS)
    assert forum.feed(TOKENS) == []


def test_a_flag_does_not_hurry_what_waits_for_something_else(forum: Forum) -> None:
    forum.batch("distillation", batch_members=1, batch_soon_percent=100)
    first, late = (stix("domain-name", value=f"{name}.example") for name in "ab")
    bundle = stix("grouping", context="suspicious-activity", object_refs=[first["id"]])
    forum.push("alder", first, bundle)
    forum.release()
    forum.batch("distillation", batch_members=3)
    newer = {"modified": "2026-11-02T00:00:00.000Z", "object_refs": [first["id"], late["id"]]}
    forum.push("alder", late, bundle | newer)
    before = live(forum)
    open_over(forum, before[1]["id"])
    assert live(forum) == before
    forum.batch("distillation", batch_members=1, batch_soon_percent=100)
    forum.release()
    assert [each["labels"] for each in live(forum) if each["type"] == "grouping"] == [
        ["under-dispute"]
    ]


def test_what_was_let_go_and_waits_tells_nobody_either(forum: Forum) -> None:
    first = about_mail()
    forum.push("alder", first)
    open_over(forum, forum.feed(TOKENS)[0]["id"], TOKENS)
    forum.retract("alder", first["id"])
    forum.batch(batch_members=3)
    forum.push("birch", about_mail())
    personal = review.PersonalData(directly_related=frozenset({review.ALL}))
    release(forum, personal=personal)
    assert ReleaseItem.objects.count() == 1
    assert outcomes(forum.push("cedar", about_mail())) == ["held"]
    assert outcomes(forum.push("birch", about_mail())) == ["waiting"]


def test_dismissed_it_goes_on_by_itself(forum: Forum) -> None:
    sign = indicator(PATTERN)
    appeal = open_over(forum, published(forum, sign))
    forum.retract("alder", sign["id"])
    held = forum.push("birch", indicator(PATTERN))
    assert outcomes(held) == ["held"]
    close(appeal, upheld=False)
    forum.work()
    assert outcomes(forum.status("birch", held.id)) == ["published"]


@pytest.mark.django_db(transaction=True)
def test_dismissing_and_working_on_what_it_holds_do_not_stop_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    forum = Forum.make()
    sign = indicator(PATTERN)
    appeal = open_over(forum, published(forum, sign))
    monkeypatch.setattr(chunks, "CHUNK", 1)
    real, calls = lineage.standing, list[bool]()

    def slow(tags: Sequence[bytes]) -> Any:
        """In the second chunk, once it has the submission and before it has an object."""
        found = real(tags)
        calls.append(True)
        if len(calls) == 2:
            time.sleep(1)
        return found

    monkeypatch.setattr(lineage, "standing", slow)
    newer = sign | {"modified": "2026-11-05T00:00:00.000Z", "confidence": 40}
    bundle = stix("grouping", context="unspecified", object_refs=[live(forum)[0]["id"]])
    errors = together(
        lambda: forum.push("alder", newer, bundle),
        lambda: close(appeal, upheld=False),
    )
    assert errors == []


def test_upheld_after_it_fell_what_waits_elsewhere_does_not_go_out(forum: Forum) -> None:
    forum.add_collection("payments", accepts_reserved=True)
    forum.add_collection("payments-tokens", kind="tokens", parent=forum.collections["payments"])
    forum.batch("payments-tokens", batch_members=3)
    first = about_mail()
    forum.push("alder", first)
    forum.push("birch", about_mail(), into="payments")
    appeal = open_over(forum, forum.feed(TOKENS)[0]["id"], TOKENS)
    forum.retract("alder", first["id"])
    assert ReleaseItem.objects.count() == 1
    close(appeal, upheld=True)
    assert not ReleaseItem.objects.exists()


def test_upheld_after_it_fell_what_never_merges_is_taken_down_by_its_labs_own_id(
    forum: Forum,
) -> None:
    cluster = stix("infrastructure", name="x", infrastructure_types=["botnet"])
    appeal = open_over(forum, published(forum, cluster))
    forum.retract("alder", cluster["id"])
    forum.push("alder", cluster | {"modified": "2026-11-05T00:00:00.000Z"})
    release(forum)
    assert len(live(forum)) == 1
    close(appeal, upheld=True)
    assert live(forum) == []
