"""Nothing that anybody can read tells which member sent something, or how many did before k."""

from __future__ import annotations

import random
import secrets
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection, transaction

from indicators.domain.disclosure import current_policy
from indicators.models.lineage import Contribution
from indicators.models.publication import Publication
from indicators.pipeline import corroborate, expiry, tasks
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


def test_what_others_said_goes_with_them(forum: Forum) -> None:
    first = shared(confidence=10, until="2026-12-01T09:30:00Z")
    forum.push("alder", *first)
    [before] = [each for each in forum.feed() if each["type"] == "indicator"]
    other = shared(confidence=80, until="2026-12-09T00:00:00Z")
    forum.push("birch", *other)
    forum.push("cedar", *shared(confidence=10, until="2026-12-05T00:00:00Z"))
    run(forum)
    forum.retract("birch", other[0]["id"])
    run(forum)
    [after] = [each for each in forum.feed() if each["type"] == "indicator"]
    assert {**after, "modified": ""} == {**before, "modified": ""}


def test_nor_do_they_stay_when_the_first_has_gone_too(forum: Forum) -> None:
    ends = {"alder": "2026-12-01", "birch": "2026-12-03", "cedar": "2026-12-20"}
    sent = {lab: shared(until=f"{day}T00:00:00Z") for lab, day in ends.items()}
    for lab, objects in sent.items():
        forum.push(lab, *objects)
    run(forum)
    for lab in ("alder", "cedar"):
        forum.retract(lab, sent[lab][0]["id"])
    run(forum)
    [said] = [each for each in forum.feed() if each["type"] == "indicator"]
    assert said["valid_until"] == "2026-12-03T00:00:00.000Z"


def test_the_latest_end_is_one_that_somebody_said(forum: Forum) -> None:
    for lab in ("alder", "birch", "cedar"):
        forum.push(lab, *shared(until="2026-12-01T09:30:00Z"))
    run(forum)
    [said] = [each for each in forum.feed() if each["type"] == "indicator"]
    assert said["valid_until"] == "2026-12-01T10:00:00.000Z"


def test_before_k_a_second_contributor_does_not_make_it_stand_longer(forum: Forum) -> None:
    for name in ("gw-1", "gw-2"):
        forum.push("alder", stix("domain-name", value=f"{name}.meadowexit.example"))
    Contribution.objects.update(first_day="2026-01-01", last_day="2026-01-01")
    forum.push("birch", stix("domain-name", value="gw-1.meadowexit.example"))
    expiry.expire(policy=current_policy(), now=now())
    assert [each for each in forum.feed() if not each.get("revoked")] == []


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
