"""Who pulled a thing, and who has since pulled the news that it is gone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from indicators.models.member import Credential, Member, Passage, PollMark
from indicators.models.publication import Publication
from indicators.pipeline import delivery
from tests.forum import Forum, indicator, now, stix
from tests.pipeline.reviewing import PATTERN


@pytest.fixture
def keys(forum: Forum) -> dict[str, Credential]:
    """A key for each lab."""
    return {
        lab: Credential.objects.create(
            id=f"key-{lab}",
            member=Member.objects.get(slug=lab),
            secret_sha256=b"",
            expires_at=now() + timedelta(days=1),
            created_day=now().date(),
        )
        for lab in forum.principals
    }


def read(
    forum: Forum, key: Credential, alias: str = "distillation", *, at: datetime | None = None
) -> None:
    """The key pulls all there is: what `polls` writes of it."""
    home = forum.collections[alias]
    rows = Publication.objects.filter(collection=home)
    position = max(rows.values_list("position", flat=True))
    when = {"minute": (at or now()).replace(second=0, microsecond=0)}
    Passage.objects.get_or_create(credential=key, collection=home, position=position, defaults=when)
    PollMark.objects.update_or_create(
        credential=key,
        collection=home,
        defaults={"last_position": position, "last_minute": when["minute"]},
    )


def lines(forum: Forum, body: Mapping[str, Any], alias: str = "distillation") -> dict[str, Any]:
    found = delivery.of([(forum.collections[alias].id, body["id"])])
    return {str(each.credential.member): (each.got, each.heard) for each in found}


def test_who_pulled_it_and_who_has_heard_that_it_is_gone(
    forum: Forum, keys: dict[str, Credential]
) -> None:
    forum.push("alder", indicator(PATTERN))
    [published] = forum.feed()
    read(forum, keys["birch"])
    read(forum, keys["cedar"])
    assert lines(forum, published) == {"birch": (1, 0), "cedar": (1, 0)}
    forum.retract("alder", published["id"])
    read(forum, keys["birch"])
    assert lines(forum, published) == {"birch": (1, 1), "cedar": (1, 0)}
    [behind, _] = delivery.of([(forum.collections["distillation"].id, published["id"])])
    assert (behind.credential.id, behind.is_behind) == ("key-cedar", True)


def test_who_came_when_it_was_gone_did_not_pull_it(
    forum: Forum, keys: dict[str, Credential]
) -> None:
    forum.push("alder", indicator(PATTERN))
    [published] = forum.feed()
    forum.retract("alder", published["id"])
    read(forum, keys["cedar"], at=now() + timedelta(minutes=2))
    assert lines(forum, published) == {"cedar": (0, 0)}


def test_an_observable_is_gone_for_whoever_reads_the_list_of_what_is_gone(
    forum: Forum, keys: dict[str, Credential]
) -> None:
    forum.push("alder", stix("domain-name", value="a.example"))
    [published] = forum.feed()
    read(forum, keys["birch"])
    forum.retract("alder", published["id"])
    read(forum, keys["cedar"], at=now() + timedelta(minutes=2))
    assert lines(forum, published) == {"birch": (1, 0), "cedar": (0, 0)}
    read(forum, keys["birch"], "distillation-withdrawn")
    assert lines(forum, published) == {"birch": (1, 1), "cedar": (0, 0)}


def test_an_observable_that_came_again_has_a_new_story(
    forum: Forum, keys: dict[str, Credential]
) -> None:
    domain = stix("domain-name", value="a.example")
    forum.push("alder", domain)
    [published] = forum.feed()
    forum.retract("alder", published["id"])
    read(forum, keys["birch"], "distillation-withdrawn")
    forum.push("birch", domain)
    read(forum, keys["birch"])
    assert lines(forum, published) == {"birch": (1, 0)}
    forum.retract("birch", published["id"])
    assert lines(forum, published) == {"birch": (1, 0)}
    read(forum, keys["birch"], "distillation-withdrawn")
    assert lines(forum, published) == {"birch": (1, 1)}


def test_a_newer_version_does_not_take_it_away_from_who_has_the_older(
    forum: Forum, keys: dict[str, Credential]
) -> None:
    sign = indicator(PATTERN, confidence=20)
    forum.push("alder", sign)
    [published] = forum.feed()
    read(forum, keys["birch"])
    changed = sign | {"confidence": 90, "modified": "2026-11-02T00:00:00.000Z"}
    forum.push("alder", changed)
    assert len(forum.feed(versions="all")) > 1
    assert lines(forum, published) == {"birch": (1, 0)}


def test_what_is_too_old_is_known_by_its_mark(forum: Forum, keys: dict[str, Credential]) -> None:
    forum.push("alder", indicator(PATTERN))
    [published] = forum.feed()
    read(forum, keys["birch"])
    Passage.objects.all().delete()
    assert lines(forum, published) == {"birch": (1, 0)}


def test_of_several_passages_the_first_that_went_past_it_counts(
    forum: Forum, keys: dict[str, Credential]
) -> None:
    begin = now().replace(second=0, microsecond=0)
    for number in range(4):
        forum.push("alder", indicator(f"[domain-name:value = 'n{number}.example']"))
        read(forum, keys["birch"], at=begin + timedelta(minutes=number))
        if number % 2:
            read(forum, keys["cedar"], at=begin + timedelta(minutes=number))
    home = forum.collections["distillation"].id
    first = {
        number: {
            str(line.credential.member): line.first_got
            for line in delivery.of([(home, published["id"])])
        }
        for number, published in enumerate(forum.feed())
    }
    assert first == {
        number: {
            "birch": begin + timedelta(minutes=number),
            "cedar": begin + timedelta(minutes=number | 1),
        }
        for number in range(4)
    }
    [both, _] = delivery.of((home, published["id"]) for published in forum.feed())
    assert (both.got, both.first_got, both.last_read) == (4, begin, begin + timedelta(minutes=3))
