"""What pages read of the feed: live objects by type, by id, and by what they speak of."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

import pytest

from indicators.feed import objects
from indicators.feed.objects import Live
from indicators.models.campaign import Campaign
from tests.forum import Forum, indicator, now, relationship, stix


@pytest.fixture
def forum(db: None) -> Forum:
    return Forum.make()


def address(number: int) -> str:
    return f"[ipv4-addr:value = '198.51.100.{number}']"


def ids(found: Iterable[Live]) -> list[str]:
    return [each.body["id"] for each in found]


def published(forum: Forum, type_: str = "indicator") -> list[str]:
    return [each["id"] for each in forum.feed() if each["type"] == type_]


def test_the_newest_of_a_type_come_first_and_no_more_than_asked_for(forum: Forum) -> None:
    forum.push("alder", *(indicator(address(n)) for n in range(1, 5)))
    forum.push("alder", stix("domain-name", value="gw-2.meadowexit.example"))
    home = forum.collections["distillation"].pk
    assert ids(objects.newest([home], "indicator", most=3)) == published(forum)[:0:-1]
    assert objects.newest([], "indicator", most=3) == []


def test_an_object_is_found_by_id_where_it_may_be_read_alone(forum: Forum) -> None:
    other = forum.add_collection("other", accepts_reserved=True)
    forum.push("alder", indicator(address(1)))
    [found] = published(forum)
    home = forum.collections["distillation"].pk
    assert ids(objects.by_id([home, other.pk], [found])) == [found]
    assert objects.by_id([other.pk], [found]) == []


def test_what_was_taken_back_or_overtaken_is_not_found(forum: Forum) -> None:
    thing = indicator(address(1))
    forum.push("alder", thing)
    [found] = published(forum)
    home = forum.collections["distillation"].pk
    later = {**thing, "modified": "2026-11-02T09:14:00.000Z", "confidence": 40}
    forum.push("alder", later)
    assert len(objects.by_id([home], [found])) == 1
    forum.retract("alder", thing["id"])
    assert not [each for each in objects.by_id([home], [found]) if not each.body.get("revoked")]


def test_what_speaks_of_an_object_comes_last_first_and_cut(forum: Forum) -> None:
    of = stix("infrastructure", name="Egress")
    signs = [indicator(address(n)) for n in range(1, 5)]
    said = [relationship(each, "indicates", of) for each in signs]
    forum.push("alder", of, *signs, *said)
    [target] = published(forum, "infrastructure")
    home = forum.collections["distillation"].pk
    whole = ids(objects.speaking_of([home], [target], most=9))
    assert whole == published(forum, "relationship")[::-1]
    assert len(whole) == 4
    assert set(ids(objects.speaking_of([home], [target], most=2))) <= set(whole)
    assert len(objects.speaking_of([home], [target], most=2)) == 2
    assert objects.speaking_of([home], [whole[0]], most=9) == []


def test_what_joined_an_object_is_told_by_its_moments(forum: Forum) -> None:
    of = stix("infrastructure", name="Egress")
    signs = [indicator(address(n)) for n in range(1, 4)]
    said = [relationship(each, "indicates", of) for each in signs]
    before = now() - timedelta(minutes=5)
    forum.push("alder", of, *signs, *said)
    forum.push("alder", stix("note", content="Aside.", object_refs=[of["id"]]))
    [target] = published(forum, "infrastructure")
    homes = [each.pk for each in forum.collections.values()]
    [first, *rest] = objects.joined(homes, {target: before}, most=9)[target]
    assert len(rest) == 2
    assert objects.joined(homes, {target: first}, most=9) == {target: rest}
    assert len(objects.joined(homes, {target: before}, most=2)[target]) == 2
    forum.retract("alder", said[0]["id"])
    assert len(objects.joined(homes, {target: before}, most=9)[target]) == 2
    assert objects.joined([], {target: before}, most=9) == {target: []}


def test_campaigns_of_several_views_are_those_that_the_forum_made(forum: Forum) -> None:
    forum.push("alder", *(stix("campaign", name=f"Quiet {n}") for n in range(3)))
    place = forum.collections["distillation"]
    campaigns = published(forum, "campaign")
    for number, each in enumerate(campaigns[:2]):
        Campaign.objects.create(
            collection=place, stix_id=each, founded_at=now() + timedelta(minutes=number)
        )
    assert objects.forums_campaigns([place.pk]) == set(campaigns[:2])
    assert ids(objects.latest_campaigns([place.pk], most=1)) == [campaigns[1]]


def test_what_is_new_is_counted_by_type(forum: Forum) -> None:
    forum.push("alder", indicator(address(1)), indicator(address(2)))
    forum.push("alder", stix("domain-name", value="gw-2.meadowexit.example"))
    home = forum.collections["distillation"].pk
    before = now() - timedelta(minutes=5)
    assert objects.counted([home], since=before) == [("indicator", 2), ("domain-name", 1)]
    assert objects.counted([home], since=now() + timedelta(minutes=5)) == []
