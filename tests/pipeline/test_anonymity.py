"""Nothing that anybody can read tells which member sent something, or how many did before k."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction

from indicators.domain.disclosure import current_policy
from indicators.models.publication import Publication
from indicators.pipeline import corroborate, tasks
from tests.forum import STATES_NEXUS, Forum, indicator, now, relationship, stix


FEEDS = ("distillation", "distillation-tokens", "distillation-withdrawn")
FROZEN = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)


def everything(forum: Forum) -> list[tuple[object, ...]]:
    """All that any reader of any collection can get, with positions and dates."""
    return list(
        Publication.objects.order_by("collection_id", "position").values_list(
            "collection_id", "position", "date_added", "stix_id", "version", "body"
        )
    )


def shared(confidence: int = 80, until: str = "2026-12-01T00:00:00Z") -> list[dict[str, Any]]:
    """The same warnings, each time under ids of its own."""
    domain = indicator(
        "[domain-name:value = 'gw-2.meadowexit.example']", confidence=confidence, valid_until=until
    )
    mail = indicator(
        "[email-addr:value = 'a.b@kestrelmail.example']",
        confidence=confidence,
        valid_until=until,
        extensions=STATES_NEXUS,
    )
    return [domain, mail, stix("domain-name", value="gw-2.meadowexit.example")]


def run(forum: Forum) -> int:
    return corroborate.run(policy=current_policy(), now=now())


def test_before_k_a_second_contributor_changes_no_byte(forum: Forum) -> None:
    alder = forum.push("alder", *shared())
    before, told = everything(forum), forum.status("alder", alder.id)
    forum.push("birch", *shared(confidence=10, until="2026-12-09T00:00:00Z"))
    assert run(forum) == 0
    assert everything(forum) == before
    assert forum.status("alder", alder.id) == told


def test_from_k_on_the_daily_run_says_so_and_nothing_earlier_does(forum: Forum) -> None:
    forum.push("alder", *shared(confidence=10))
    forum.push("birch", *shared(confidence=80, until="2026-12-09T00:00:00Z"))
    before = everything(forum)
    forum.push("cedar", *shared())
    assert everything(forum) == before
    assert run(forum) == 2
    for alias in FEEDS[:2]:
        [said] = [each for each in forum.feed(alias) if each["type"] == "indicator"]
        assert said["labels"] == ["corroborated"]
        assert said["confidence"] == 85
        assert said["valid_until"] == "2026-12-09T00:00:00.000Z"
    assert run(forum) == 0


def test_it_is_said_until_fewer_than_k_stand_behind_it(forum: Forum) -> None:
    sent = {lab: shared() for lab in ("alder", "birch", "cedar")}
    for lab, objects in sent.items():
        forum.push(lab, *objects)
    run(forum)
    before = everything(forum)
    forum.retract("cedar", sent["cedar"][0]["id"])
    assert everything(forum) == before
    assert run(forum) == 1
    [said] = [each for each in forum.feed() if each["type"] == "indicator"]
    assert "labels" not in said


def test_one_member_counts_once_and_what_it_read_elsewhere_not_at_all(forum: Forum) -> None:
    for lab in ("alder", "birch", "birch", "birch"):
        forum.push(lab, *shared())
    from_feed = {key: value | {"basis": "from-feed"} for key, value in STATES_NEXUS.items()}
    read = indicator("[domain-name:value = 'gw-2.meadowexit.example']", extensions=from_feed)
    forum.push("cedar", read)
    assert run(forum) == 0


def test_a_new_version_of_the_first_lab_keeps_what_all_say(forum: Forum) -> None:
    first = shared(confidence=80)
    forum.push("alder", *first)
    forum.push("birch", *shared())
    forum.push("cedar", *shared())
    run(forum)
    first[0] |= {"modified": "2026-11-02T00:00:00.000Z", "confidence": 10}
    forum.push("alder", first[0])
    [said] = [each for each in forum.feed() if each["type"] == "indicator"]
    assert (said["labels"], said["confidence"]) == (["corroborated"], 85)


@pytest.fixture
def frozen(monkeypatch: pytest.MonkeyPatch) -> None:
    """One clock for every run; what it shows does not matter."""
    freeze(monkeypatch)


def freeze(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tasks, "_now", lambda: FROZEN)
    monkeypatch.setattr("tests.forum.now", lambda: FROZEN)


@pytest.mark.usefixtures("frozen")
def test_the_same_content_of_two_labs_gives_equal_feeds(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    feeds = []
    objects = shared()
    objects.append(stix("infrastructure", name="ours", infrastructure_types=["anonymization"]))
    objects.append(relationship(objects[0], "indicates", objects[3]))
    for lab in ("alder", "birch"):
        with seeded(monkeypatch), undone():
            forum.push(lab, *objects)
            feeds.append([forum.feed(alias, versions="all") for alias in FEEDS])
    assert feeds[0] == feeds[1]
    assert [len(each) for each in feeds[0]] == [4, 1, 0]


class seeded:  # noqa: N801  reads as the word it is
    """Ids and chance from one seed: Python's and PostgreSQL's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.monkeypatch = monkeypatch

    def __enter__(self) -> None:
        chance = random.Random(7)
        drawn: Iterator[uuid.UUID] = iter(
            lambda: uuid.UUID(int=chance.getrandbits(128), version=4), None
        )
        self.monkeypatch.setattr(uuid, "uuid4", lambda: next(drawn))
        self.monkeypatch.setattr(secrets, "SystemRandom", lambda: random.Random(7))
        with connection.cursor() as cursor:
            cursor.execute("SELECT setseed(0.5)")

    def __exit__(self, *_: object) -> None:
        self.monkeypatch.undo()
        freeze(self.monkeypatch)


class undone(transaction.Atomic):  # noqa: N801  reads as the word it is
    """What happens inside did not."""

    def __init__(self) -> None:
        super().__init__(using=None, savepoint=True, durable=False)

    def __exit__(self, *_: object) -> None:
        transaction.set_rollback(True)
        super().__exit__(None, None, None)


def test_what_waits_for_a_batch_is_on_no_feed_and_says_until_when(forum: Forum) -> None:
    batched(forum, batch_spread_minutes=0)
    status = forum.push("alder", *shared())
    assert forum.feed("distillation-tokens") == []
    [waits] = [each for each in status.entries if each.outcome == "waiting"]
    assert "BATCH" in waits.message
    assert "at the latest" in waits.message
    forum.release()
    assert forum.feed("distillation-tokens") == []

    forum.push("birch", indicator("[phone-number:value = '+12025550101']", extensions=STATES_NEXUS))
    forum.push("cedar", indicator("[phone-number:value = '+12025550102']", extensions=STATES_NEXUS))
    forum.release()
    assert len(forum.feed("distillation-tokens")) == 3
    assert [each.outcome for each in forum.status("alder", status.id).entries] == ["published"] * 3


def test_a_batch_goes_out_after_the_longest_wait_however_few_sent(forum: Forum) -> None:
    batched(forum, batch_longest_hours=1, batch_spread_minutes=0)
    forum.push("alder", *shared())
    forum.release(after=timedelta(minutes=59))
    assert forum.feed("distillation-tokens") == []
    forum.release(after=timedelta(minutes=61))
    assert len(forum.feed("distillation-tokens")) == 1


def test_each_object_of_a_batch_takes_a_while_of_its_own(forum: Forum) -> None:
    batched(forum, batch_members=1, batch_soon_percent=0, batch_spread_minutes=60)
    phones = [
        indicator(f"[phone-number:value = '+120255501{number}']", extensions=STATES_NEXUS)
        for number in range(10, 40)
    ]
    forum.push("alder", *phones)
    forum.release()
    forum.release(after=timedelta(minutes=30))
    half = len(forum.feed("distillation-tokens"))
    assert 0 < half < 30
    forum.release(after=timedelta(minutes=61))
    assert len(forum.feed("distillation-tokens")) == 30


def test_what_refers_is_not_out_before_what_it_refers_to(forum: Forum) -> None:
    batched(forum, batch_members=1, batch_soon_percent=30, batch_spread_minutes=60)
    objects: list[dict[str, Any]] = []
    for number in range(10, 30):
        mail = indicator(f"[phone-number:value = '+120255501{number}']", extensions=STATES_NEXUS)
        token = stix("user-account", account_type="phone", account_login=f"+120255501{number}")
        data = stix(
            "observed-data",
            first_observed="2026-11-01T09:14:00Z",
            last_observed="2026-11-01T10:14:00Z",
            number_observed=7,
            object_refs=[token["id"]],
        )
        objects += [mail, token, data, relationship(mail, "based-on", data)]
    forum.push("alder", *objects)
    forum.release()
    out: set[str] = set()
    for minutes in range(0, 70, 5):
        forum.release(after=timedelta(minutes=minutes))
        out = {each["id"] for each in forum.feed("distillation-tokens")}
        for each in forum.feed("distillation-tokens"):
            if each["type"] in {"relationship", "observed-data"}:
                assert set(references(each)) <= out
    assert len(out) == 80


def references(body: dict[str, Any]) -> list[str]:
    if body["type"] == "relationship":
        return [body["source_ref"], body["target_ref"]]
    return list(body["object_refs"])


def test_what_is_taken_back_while_it_waits_was_never_there(forum: Forum) -> None:
    batched(forum, batch_members=1, batch_spread_minutes=0)
    sent = shared()
    forum.push("alder", *sent)
    assert forum.retract("alder", sent[1]["id"])
    forum.release()
    assert forum.feed("distillation-tokens", versions="all") == []


def test_a_newer_version_of_what_waits_takes_its_place(forum: Forum) -> None:
    batched(forum, batch_members=1, batch_spread_minutes=0)
    sent = shared(confidence=80)
    forum.push("alder", *sent)
    sent[1] |= {"modified": "2026-11-02T00:00:00.000Z", "confidence": 10}
    forum.push("alder", sent[1])
    forum.push("birch", *shared(confidence=0))
    forum.release()
    [said] = forum.feed("distillation-tokens", versions="all")
    assert said["confidence"] == 15


def batched(forum: Forum, **fields: Any) -> None:
    collection = forum.collections["distillation-tokens"]
    for name, value in {"lane": "batched", "batch_minutes": 0, **fields}.items():
        setattr(collection, name, value)
    collection.save()


def test_the_daily_run_keeps_the_newer_version_that_waits(forum: Forum) -> None:
    sent = {lab: shared(confidence=80) for lab in ("alder", "birch", "cedar")}
    for lab, objects in sent.items():
        forum.push(lab, *objects)
    batched(forum, batch_spread_minutes=0)
    newer = sent["alder"][1] | {"modified": "2026-11-02T00:00:00.000Z"}
    forum.push("alder", newer | {"indicator_types": ["compromised"]})
    run(forum)
    forum.release(after=timedelta(hours=73))
    [said] = forum.feed("distillation-tokens")
    assert (said["labels"], said["indicator_types"]) == (["corroborated"], ["compromised"])
