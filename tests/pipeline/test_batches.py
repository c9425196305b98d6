"""The batched lane: what waits, in what order it goes out, and what never waits."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from indicators.domain.disclosure import current_policy
from indicators.models.publication import ForumObject, ReleaseItem
from indicators.pipeline import batches, corroborate
from tests.forum import STATES_NEXUS, Forum, indicator, messages, now, outcomes, relationship, stix
from tests.pipeline.governing import seen
from tests.pipeline.meanwhile import slowly, together


__all__ = ["slowly"]  # a fixture

TOKENS = "distillation-tokens"
MAIL = "a.b@kestrelmail.example"
NEWER = {"modified": "2026-11-02T00:00:00.000Z"}


def about_mail(address: str = MAIL, **fields: Any) -> dict[str, Any]:
    return indicator(f"[email-addr:value = '{address}']", extensions=STATES_NEXUS, **fields)


def about_phone(number: int) -> dict[str, Any]:
    pattern = f"[phone-number:value = '+120255501{number}']"
    return indicator(pattern, extensions=STATES_NEXUS)


def group(*objects: dict[str, Any], **fields: Any) -> dict[str, Any]:
    refs = [each["id"] for each in objects]
    named = {"context": "suspicious-activity", "object_refs": refs, "extensions": STATES_NEXUS}
    return stix("grouping", **{**named, **fields})


def references(body: dict[str, Any]) -> list[str]:
    if body["type"] == "relationship":
        return [body["source_ref"], body["target_ref"]]
    return list(body.get("object_refs", ()))


def dangling(forum: Forum) -> list[str]:
    """References to what is on no feed."""
    out = [each for alias in ("distillation", TOKENS) for each in forum.feed(alias)]
    ids = {each["id"] for each in out}
    return [ref for each in out for ref in references(each) if ref not in ids]


# --- waiting


def test_what_waits_for_a_batch_is_on_no_feed_and_says_until_when(forum: Forum) -> None:
    forum.batch(batch_spread_minutes=0)
    status = forum.push("alder", about_mail(), stix("domain-name", value="a.example"))
    assert forum.feed(TOKENS) == []
    assert outcomes(status) == ["waiting", "published"]
    assert "BATCH" in messages(status)[0]
    assert "at the latest" in messages(status)[0]
    forum.release()
    assert forum.feed(TOKENS) == []

    forum.push("birch", about_phone(10))
    forum.push("cedar", about_phone(11))
    forum.release()
    assert len(forum.feed(TOKENS)) == 3
    assert outcomes(forum.status("alder", status.id)) == ["published"] * 2


def test_a_batch_goes_out_after_the_longest_wait_however_few_sent(forum: Forum) -> None:
    forum.batch(batch_longest_hours=1, batch_spread_minutes=0)
    forum.push("alder", about_mail())
    forum.release(after=timedelta(minutes=59))
    assert forum.feed(TOKENS) == []
    forum.release(after=timedelta(minutes=61))
    assert len(forum.feed(TOKENS)) == 1


def test_each_object_of_a_batch_takes_a_while_of_its_own(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_soon_percent=0, batch_spread_minutes=60)
    forum.push("alder", *(about_phone(number) for number in range(10, 40)))
    forum.release()
    forum.release(after=timedelta(minutes=30))
    half = len(forum.feed(TOKENS))
    assert 0 < half < 30
    forum.release(after=timedelta(minutes=61))
    assert len(forum.feed(TOKENS)) == 30


def test_what_is_taken_back_while_it_waits_was_never_there(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_spread_minutes=0)
    sent = about_mail()
    forum.push("alder", sent)
    assert forum.retract("alder", sent["id"])
    forum.release()
    assert forum.feed(TOKENS, versions="all") == []


def test_a_newer_version_of_what_waits_takes_its_place(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_spread_minutes=0)
    sent = about_mail(confidence=80)
    forum.push("alder", sent)
    forum.push("alder", sent | NEWER | {"confidence": 10})
    forum.push("birch", about_mail(confidence=0))
    forum.release()
    [said] = forum.feed(TOKENS, versions="all")
    assert said["confidence"] == 15


def test_that_a_newer_version_waits_is_not_told_to_who_sent_the_same(forum: Forum) -> None:
    """Else a lab could tell when another changes what both sent, and that it came second."""
    forum.batch(batch_members=1, batch_spread_minutes=0)
    sent = about_mail(confidence=20)
    forum.push("alder", sent)
    forum.release()
    told = forum.push("birch", about_mail())
    assert outcomes(told) == ["published"]
    forum.push("alder", sent | NEWER | {"confidence": 90})
    assert forum.status("birch", told.id) == told


# --- order


def test_what_refers_is_not_out_before_what_it_refers_to(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_soon_percent=30, batch_spread_minutes=60)
    objects: list[dict[str, Any]] = []
    for number in range(10, 30):
        sign = about_phone(number)
        account = stix("user-account", account_type="phone", account_login=f"+120255501{number}")
        data = seen(account)
        inner = group(data)
        objects += [sign, account, data, relationship(sign, "based-on", data), inner, group(inner)]
    forum.push("alder", *objects)
    forum.release()
    for minutes in range(0, 70, 5):
        forum.release(after=timedelta(minutes=minutes))
        assert dangling(forum) == []
    assert len(forum.feed(TOKENS)) == 120


def test_what_waits_already_waits_for_what_its_newer_version_refers_to(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_soon_percent=0, batch_spread_minutes=600)
    first, second = (stix("email-addr", value=f"{each}@kestrelmail.example") for each in "ab")
    both = group(first)
    forum.push("alder", first, both)
    forum.release()
    forum.batch(batch_members=3, batch_spread_minutes=600)
    forum.push("alder", second, both | NEWER | {"object_refs": [first["id"], second["id"]]})
    forum.release(after=timedelta(hours=11))
    assert dangling(forum) == []
    forum.release(after=timedelta(hours=72, minutes=1))
    forum.release(after=timedelta(hours=82, minutes=2))
    assert [len(each["object_refs"]) for each in forum.feed(TOKENS) if "object_refs" in each] == [2]


def test_what_refers_across_waits_for_the_other_lane_but_not_for_ever(forum: Forum) -> None:
    forum.batch("distillation", batch_members=3, batch_longest_hours=1, batch_spread_minutes=0)
    forum.batch(batch_members=1, batch_longest_hours=1, batch_spread_minutes=0)
    sign = about_mail()
    proxy = stix("infrastructure", name="x", infrastructure_types=["anonymization"])
    forum.push("alder", sign, proxy, relationship(sign, "indicates", proxy))
    forum.release()
    assert [each["type"] for each in forum.feed(TOKENS)] == ["indicator"]
    forum.release(after=timedelta(minutes=61))
    forum.release(after=timedelta(minutes=61))
    assert {each["type"] for each in forum.feed(TOKENS)} == {"indicator", "relationship"}
    assert dangling(forum) == []


# --- what never waits


def test_what_is_taken_away_does_not_wait_behind_a_newer_version(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_spread_minutes=0)
    first, second = (stix("email-addr", value=f"{each}@kestrelmail.example") for each in "ab")
    both = group(first, second)
    forum.push("alder", first, second, both)
    forum.release()
    forum.batch(batch_members=3)
    forum.push("alder", both | NEWER | {"context": "unspecified"})
    assert forum.retract("alder", first["id"])
    assert dangling(forum) == []


def test_what_stands_falls_though_its_newer_version_refers_elsewhere(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_spread_minutes=0)
    first, second = (stix("email-addr", value=f"{each}@kestrelmail.example") for each in "ab")
    one = group(first)
    forum.push("alder", first, second, one, group(second))
    forum.release()
    forum.batch(batch_members=3)
    status = forum.push("alder", one | NEWER | {"object_refs": [second["id"]]})
    assert forum.retract("alder", first["id"])
    assert dangling(forum) == []
    assert outcomes(forum.status("alder", status.id)) == ["published"]


def test_a_label_that_is_true_no_more_does_not_wait_behind_a_newer_version(forum: Forum) -> None:
    sent = {lab: about_mail() for lab in ("alder", "birch", "cedar")}
    for lab, sign in sent.items():
        forum.push(lab, sign)
    corroborate.run(policy=current_policy(), now=now())
    forum.batch(batch_members=3)
    forum.push("alder", sent["alder"] | NEWER | {"indicator_types": ["compromised"]})
    forum.retract("birch", sent["birch"]["id"])
    assert corroborate.run(policy=current_policy(), now=now()) == 1
    [said] = forum.feed(TOKENS)
    assert "labels" not in said


def test_the_daily_run_does_not_hurry_the_newer_version_that_waits(forum: Forum) -> None:
    sent = {lab: about_mail(confidence=80) for lab in ("alder", "birch", "cedar")}
    for lab, sign in sent.items():
        forum.push(lab, sign)
    forum.batch(batch_spread_minutes=0)
    forum.push("alder", sent["alder"] | NEWER | {"indicator_types": ["compromised"]})
    [before] = forum.feed(TOKENS)
    assert corroborate.run(policy=current_policy(), now=now()) == 0
    assert forum.feed(TOKENS) == [before], "what waits is not hurried"
    assert not ForumObject.objects.filter(corroborated=True).exists()
    forum.release(after=timedelta(hours=73))
    assert corroborate.run(policy=current_policy(), now=now() + timedelta(hours=74)) == 1
    [said] = forum.feed(TOKENS)
    assert (said["labels"], said["indicator_types"]) == (["corroborated"], ["compromised"])


def test_what_was_reduced_once_is_not_touched_by_what_others_take_back(forum: Forum) -> None:
    domain, mail = stix("domain-name", value="gw.example"), stix("email-addr", value=MAIL)
    forum.push("alder", domain, mail, group(mail, domain))
    forum.retract("alder", domain["id"])
    before = forum.feed(TOKENS, versions="all")
    again = stix("domain-name", value="gw.example")
    forum.push("birch", again)
    forum.retract("birch", again["id"])
    assert forum.feed(TOKENS, versions="all") == before


# --- at the same time


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slowly")
def test_a_batch_is_formed_while_a_lab_changes_what_waits() -> None:
    forum = Forum.make()
    forum.batch(batch_members=1, batch_spread_minutes=0)
    sent = about_mail(confidence=10)
    forum.push("alder", sent)
    errors = together(
        lambda: forum.push("alder", sent | NEWER | {"confidence": 90}),
        lambda: batches.run(policy=current_policy(), now=now()),
    )
    assert errors == []
    forum.release()
    [said] = forum.feed(TOKENS)
    assert said["confidence"] == 85


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slowly")
def test_a_lab_joins_what_another_leaves_in_both_collections() -> None:
    forum = Forum.make()
    mail, domain = about_mail(), indicator("[domain-name:value = 'evil.example']")
    forum.push("alder", mail, domain)
    errors = together(
        lambda: forum.push("birch", about_mail()),
        lambda: forum.push(
            "alder",
            mail | NEWER | {"pattern": "[domain-name:value = 'other.example']"},
            domain | NEWER | {
                "pattern": "[email-addr:value = 'c@kestrelmail.example']",
                "extensions": STATES_NEXUS,
            },
        ),
    )  # fmt: skip
    assert errors == []
    assert sorted(each["pattern"] for each in forum.feed() if not each.get("revoked")) == [
        "[domain-name:value = 'other.example']"
    ]
    assert len([each for each in forum.feed(TOKENS) if not each.get("revoked")]) == 2


@pytest.mark.parametrize("taken_back", [False, True])
def test_nothing_tells_that_another_lab_s_token_waits_or_waited(
    forum: Forum, *, taken_back: bool
) -> None:
    """Anybody can have a guess evaluated, and knows the words that the Forum would use."""
    forum.batch()
    mail = stix("email-addr", value=MAIL)
    forum.push("alder", mail, group(mail))
    [words] = ReleaseItem.objects.filter(type="match-token", body__contains='"email-addr"')
    guess = json.loads(words.body)
    if taken_back:
        forum.retract("alder", mail["id"])

    referring = forum.push("birch", group(guess))
    assert outcomes(referring) == ["waiting"]
    assert "REFERENCE_WAITING" in messages(referring)[0]
    own = forum.push("birch", guess, group(guess))
    assert outcomes(own) == ["waiting", "waiting"]
    assert all("BATCH" in each for each in messages(own)), messages(own)


def test_what_a_lab_contributed_is_there_for_it_while_it_waits(forum: Forum) -> None:
    forum.batch()
    for lab in ("alder", "birch"):
        mail = stix("email-addr", value=MAIL)
        forum.push(lab, mail, group(mail))
        [words] = ReleaseItem.objects.filter(type="match-token", body__contains='"email-addr"')
        for named in (mail["id"], words.stix_id):
            assert "BATCH" in messages(forum.push(lab, group({"id": named})))[0]


def test_who_has_taken_back_what_waits_counts_for_no_batch(forum: Forum) -> None:
    forum.batch(batch_members=3, batch_soon_percent=100)
    taken, kept = about_mail(), about_mail("c.d@kestrelmail.example")
    forum.push("alder", taken)
    forum.push("birch", about_mail(), kept)
    forum.push("cedar", about_mail("e.f@kestrelmail.example"))
    forum.retract("alder", taken["id"])
    forum.release()
    assert forum.feed(TOKENS) == []


def test_no_moment_in_a_batch_says_what_came_together_and_when(forum: Forum) -> None:
    forum.batch(batch_members=1, batch_soon_percent=100)
    first = about_mail()
    forum.push("alder", first, about_mail("c.d@kestrelmail.example"))
    forum.push("birch", about_mail("e.f@kestrelmail.example"))
    forum.release()
    midnight = f"{now():%Y-%m-%d}T00:00:00.000Z"
    assert [each["created"] for each in forum.feed(TOKENS)] == [midnight] * 3
    assert [each["modified"] for each in forum.feed(TOKENS)] == [midnight] * 3
    forum.push("alder", first | NEWER | {"confidence": 90})
    forum.release()
    [newer] = [each for each in forum.feed(TOKENS) if each["modified"] > midnight]
    assert newer["modified"] == f"{now():%Y-%m-%d}T00:00:00.001Z"


def test_what_waits_goes_out_when_its_collection_leaves_the_lane(forum: Forum) -> None:
    forum.batch(batch_members=3, batch_soon_percent=100)
    forum.push("alder", about_mail())
    forum.release()
    assert forum.feed(TOKENS) == []
    collection = forum.collections[TOKENS]
    collection.lane = collection.Lane.IMMEDIATE
    collection.save()
    forum.release()
    assert len(forum.feed(TOKENS)) == 1
