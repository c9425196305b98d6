"""Bands are found in their collection and epoch, under a key, and whatever else stands beside."""

from __future__ import annotations

import base64
from random import Random
from typing import Any

import pytest

from indicators.matching.epochs import live_epochs
from indicators.models.family import Band, Skeleton
from indicators.models.publication import Publication
from indicators.pipeline import bands as looked_up
from tests.forum import Forum, messages, now, outcomes
from tests.pipeline.prompting import bands, families_of, family_with, group, mixed


ELSEWHERE = "exercise"


@pytest.fixture
def random() -> Random:
    return Random(7)


@pytest.fixture
def epoch(forum: Forum) -> str:
    forum.add_collection(ELSEWHERE, accepts_reserved=True)
    beside = {"kind": "tokens", "parent": forum.collections[ELSEWHERE]}
    forum.add_collection(f"{ELSEWHERE}-tokens", **beside)
    return min(live_epochs(now()))


@pytest.fixture
def one_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    """A band is compared with one skeleton alone."""
    monkeypatch.setattr(looked_up, "_OLDEST", 1)


def push(forum: Forum, lab: str, family: dict[str, object]) -> str:
    status = forum.push(lab, family)
    assert outcomes(status) == ["published"], messages(status)
    return str(family["id"])


def two_variants(forum: Forum, first: list[str], random: Random, epoch: str) -> frozenset[str]:
    one = push(forum, "alder", family_with(first, epoch))
    other = push(forum, "birch", family_with(mixed(random, (first, range(28))), epoch))
    return frozenset({one, other})


@pytest.mark.usefixtures("one_is_enough")
def test_what_stands_in_another_collection_hides_nothing(
    forum: Forum, random: Random, epoch: str
) -> None:
    first = bands(random)
    forum.push("cedar", family_with(first, epoch), into=ELSEWHERE)
    group()
    both = two_variants(forum, first, random, epoch)
    group()
    assert families_of(forum) == {both}


@pytest.mark.usefixtures("one_is_enough")
def test_tokens_that_begin_alike_hide_nothing(forum: Forum, random: Random, epoch: str) -> None:
    first = bands(random)
    begun = [base64.urlsafe_b64decode(f"{each}=")[:24] for each in first]
    decoy = [base64.urlsafe_b64encode(each + random.randbytes(8)) for each in begun]
    alone = push(forum, "cedar", family_with([each[:43].decode() for each in decoy], epoch))
    group()
    both = two_variants(forum, first, random, epoch)
    group()
    assert families_of(forum) == {both, frozenset({alone})}


def test_equal_tokens_of_two_epochs_never_meet(forum: Forum, random: Random, epoch: str) -> None:
    first = bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    group()
    Skeleton.objects.update(epoch="2026Q1")  # a lab may say of any tokens of which epoch they are
    other = push(forum, "birch", family_with(mixed(random, (first, range(28))), epoch))
    group()
    assert families_of(forum) == {frozenset({one}), frozenset({other})}


def test_what_an_older_hub_kept_is_found_again(forum: Forum, random: Random, epoch: str) -> None:
    """It stands under no key: a migration has none."""
    first = bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    group()
    Skeleton.objects.update(band_key="")
    old = [int.from_bytes(base64.urlsafe_b64decode(f"{each}=")[:7]) for each in first]
    for each in Band.objects.all():
        Band.objects.filter(pk=each.pk).update(token_prefix=old[each.band_no])
    other = push(forum, "birch", family_with(mixed(random, (first, range(28))), epoch))
    group()
    assert families_of(forum) == {frozenset({one, other})}
    assert Band.objects.count() == 64


def test_a_new_key_in_front_hides_nothing(
    forum: Forum, random: Random, epoch: str, settings: Any
) -> None:
    first = bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    group()
    settings.FORUM_KEYS = (("new", bytes(32)), *settings.FORUM_KEYS)
    other = push(forum, "birch", family_with(mixed(random, (first, range(28))), epoch))
    group()
    assert families_of(forum) == {frozenset({one, other})}


def test_a_large_family_that_loses_its_first_stays_one(
    forum: Forum, random: Random, epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looked_up, "_TOGETHER", 2)
    first = bands(random)
    alike = [family_with(mixed(random, (first, range(20))), epoch) for _ in range(7)]
    other = push(forum, "cedar", family_with(mixed(random, (first, range(3))), epoch))
    ids = [push(forum, "alder", each) for each in alike]
    group()
    assert families_of(forum) == {frozenset(ids), frozenset({other})}
    forum.retract("alder", ids[0])
    group()
    assert families_of(forum) == {frozenset(ids[1:]), frozenset({other})}


def test_a_collection_that_fails_leaves_the_others_their_turn(
    forum: Forum, random: Random, epoch: str, caplog: pytest.LogCaptureFixture
) -> None:
    forum.push("cedar", family_with(bands(random), epoch), into=ELSEWHERE)
    home = forum.collections[f"{ELSEWHERE}-tokens"]
    broken = '{"type": "prompt-family", "epoch": "2026Q4"}'
    Publication.objects.filter(collection=home, type="prompt-family").update(body=broken)
    both = two_variants(forum, bands(random), random, epoch)
    group()
    assert families_of(forum) == {both}
    assert [each.getMessage() for each in caplog.records if each.exc_info] == [
        f"families of {home.alias} are not up to date"
    ]
