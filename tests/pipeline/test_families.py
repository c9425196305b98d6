"""Prompt families in the river: variants join, strangers do not, and what falls lets go."""

from __future__ import annotations

import json
from datetime import timedelta
from random import Random

import pytest

from indicators.domain.disclosure import current_policy
from indicators.matching.epochs import live_epochs
from indicators.models.audit import AuditEntry
from indicators.models.family import Band, FamilyLink, Skeleton
from indicators.models.family_proposal import FamilyProposal
from indicators.models.publication import ReleaseItem
from indicators.pipeline import disputes, expiry, families
from indicators.pipeline.family_proposals import decide
from indicators.pipeline.takedown import take_down
from tests.admin.desk import new_clerk
from tests.forum import Forum, messages, now, outcomes
from tests.labkit.prompt_corpus import FAMILIES, prompts
from tests.pipeline.meanwhile import slowly, together
from tests.pipeline.prompting import (
    BESIDE,
    bands,
    families_of,
    family_of,
    family_with,
    group,
    mixed,
    publisher_of,
    said,
)


__all__ = ["slowly"]  # a fixture

VARIANTS = (
    FAMILIES[0],
    (*FAMILIES[0], "Keep the names of people and places as they are."),
    ("Read this twice before you begin.", *FAMILIES[0]),
)
# Cedar's prompts are in another language: the same request, and not one word sequence in common.
ELSEWHERE = (
    "Haz el papel de una tutora paciente que corrige los deberes de una clase nocturna numerosa.",
    "Expón cada idea que lleva a la respuesta, en orden, sin dejar hueco entre dos de ellas.",
)
WORDS = ("agua", "barro", "cielo", "duna", "eco", "faro")


@pytest.fixture
def random() -> Random:
    return Random(7)


@pytest.fixture
def epoch(forum: Forum) -> str:
    return min(live_epochs(now()))


def push(forum: Forum, lab: str, family: dict[str, object]) -> str:
    status = forum.push(lab, family)
    assert outcomes(status) == ["published"], messages(status)
    return str(family["id"])


def test_variants_of_two_labs_are_one_family_and_strangers_are_not(
    forum: Forum, random: Random
) -> None:
    alder = push(forum, "alder", family_of(prompts(FAMILIES[0], 10, random)))
    birch = push(forum, "birch", family_of(prompts(VARIANTS[1], 10, random)))
    other = push(forum, "birch", family_of(prompts(FAMILIES[1], 10, random)))
    spanish = [
        f"{' '.join(ELSEWHERE)} {each}"
        for each in ["agua", "barro", "cielo", "duna", "eco", "faro"]
    ]
    cedar = push(forum, "cedar", family_of(spanish, template="translation"))
    group()
    assert families_of(forum) == {
        frozenset({alder, birch}), frozenset({other}), frozenset({cedar})
    }  # fmt: skip
    [variant] = said(forum, "relationship")
    assert variant["relationship_type"] == "variant-of"
    assert (variant["source_ref"], variant["target_ref"]) == (birch, alder)
    assert families.representatives(forum.collections["distillation"])[birch] == alder


def test_it_is_said_once(forum: Forum, random: Random) -> None:
    for lab, variant in zip(("alder", "birch", "cedar"), VARIANTS, strict=True):
        push(forum, lab, family_of(prompts(variant, 10, random)))
    assert group() == 2
    before = forum.feed(BESIDE, versions="all")
    assert group() == 0
    assert forum.feed(BESIDE, versions="all") == before


def test_what_waits_for_its_batch_is_in_no_family(forum: Forum, random: Random) -> None:
    forum.batch(batch_soon_percent=100)
    forum.push("alder", family_of(prompts(VARIANTS[0], 10, random)))
    forum.push("birch", family_of(prompts(VARIANTS[1], 10, random)))
    assert ReleaseItem.objects.count() == 2
    assert group() == 0
    assert not Skeleton.objects.exists()
    forum.release(after=timedelta(days=4))
    assert group() == 1
    assert len(families_of(forum)) == 1


def test_four_equal_bands_join_and_three_are_proposed(
    forum: Forum, random: Random, epoch: str
) -> None:
    first = bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    near = push(forum, "birch", family_with(mixed(random, (first, range(4))), epoch))
    perhaps = push(forum, "cedar", family_with(mixed(random, (first, range(3))), epoch))
    push(forum, "cedar", family_with(mixed(random, (first, range(2))), epoch))
    moved = [*first[1:], first[0]]  # equal tokens in other places are not equal bands
    push(forum, "cedar", family_with(moved, epoch))
    group()
    assert frozenset({one, near}) in families_of(forum)
    assert len(families_of(forum)) == 4
    proposal = FamilyProposal.objects.get()
    assert (proposal.older.stix_id, proposal.newer.stix_id) == (one, perhaps)
    assert (proposal.bands, proposal.state) == (3, "open")
    told = AuditEntry.objects.get(act="prompt families proposed as one")
    assert json.loads(told.body) == {"bands": 3}


def test_what_lies_between_two_families_joins_the_nearer_and_proposes_the_other(
    forum: Forum, random: Random, epoch: str
) -> None:
    first, second = bands(random), bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    other = push(forum, "birch", family_with(second, epoch))
    between = mixed(random, (first, range(4)), (second, range(10, 17)))
    third = push(forum, "cedar", family_with(between, epoch))
    group()
    assert families_of(forum) == {frozenset({one}), frozenset({other, third})}
    proposal = FamilyProposal.objects.get()
    assert proposal.bands == 4
    decide(new_clerk(), proposal.id, accepted=True)
    group()
    assert families_of(forum) == {frozenset({one, other, third})}
    assert len(said(forum, "relationship")) == 2


def test_the_next_oldest_stands_for_a_family_whose_first_is_withdrawn(
    forum: Forum, random: Random, epoch: str
) -> None:
    first = bands(random)
    ids = [
        push(forum, lab, family_with(mixed(random, (first, range(20))), epoch))
        for lab in ("alder", "birch", "cedar")
    ]
    group()
    assert len(said(forum, "relationship")) == 2
    forum.retract("alder", ids[0])
    assert said(forum, "relationship") == []
    assert set(Skeleton.objects.values_list("stix_id", flat=True)) == set(ids[1:])
    assert Band.objects.count() == 64
    group()
    assert families.representatives(forum.collections["distillation"]) == {
        ids[1]: ids[1], ids[2]: ids[1]
    }  # fmt: skip
    [variant] = said(forum, "relationship")
    assert (variant["source_ref"], variant["target_ref"]) == (ids[2], ids[1])
    assert FamilyLink.objects.count() == 1


def test_what_only_a_withdrawn_one_held_together_goes_apart(
    forum: Forum, random: Random, epoch: str
) -> None:
    first, second = bands(random), bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    between = family_with(mixed(random, (first, range(5)), (second, range(10, 15))), epoch)
    bridge = push(forum, "birch", between)
    other = push(forum, "cedar", family_with(second, epoch))
    group()
    assert families_of(forum) == {frozenset({one, bridge, other})}
    forum.retract("birch", bridge)
    group()
    assert families_of(forum) == {frozenset({one}), frozenset({other})}
    assert said(forum, "relationship") == []


def test_nothing_of_a_family_outlives_its_epoch(forum: Forum, random: Random) -> None:
    for lab, variant in zip(("alder", "birch"), VARIANTS, strict=False):
        push(forum, lab, family_of(prompts(variant, 10, random)))
    group()
    expiry.end_epochs(policy=current_policy(), now=now() + timedelta(days=200))
    assert said(forum, "prompt-family") == said(forum, "relationship") == []
    group()
    assert not Skeleton.objects.exists()
    assert not Band.objects.exists()
    assert not FamilyLink.objects.exists()


def test_families_of_two_collections_do_not_meet(forum: Forum, random: Random) -> None:
    forum.add_collection("exercise", accepts_reserved=True)
    forum.add_collection("exercise-tokens", kind="tokens", parent=forum.collections["exercise"])
    family = family_of(prompts(FAMILIES[0], 10, random))
    push(forum, "alder", family)
    forum.push("alder", family, into="exercise")
    assert group() == 0
    assert families.representatives(forum.collections["exercise"]) == {family["id"]: family["id"]}


def test_who_is_met_before_its_turn_gets_its_family_in_its_turn(
    forum: Forum, random: Random, epoch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(families, "_AT_ONCE", 1)
    old, near = bands(random), bands(random)
    one = push(forum, "alder", family_with(old, epoch))
    group()
    met = push(forum, "birch", family_with(near, epoch))
    # It shares four bands with the one before it, and with an older one all others.
    late = mixed(random, (near, range(4)), (old, range(4, 32)))
    last = push(forum, "cedar", family_with(late, epoch))
    group()
    assert families_of(forum) == {frozenset({one, last}), frozenset({met})}
    assert FamilyProposal.objects.get().bands == 4


def test_a_family_that_is_suspended_when_it_is_read_is_compared_all_the_same(
    forum: Forum, random: Random, epoch: str
) -> None:
    first, publisher = bands(random), publisher_of(forum)
    one = push(forum, "alder", family_with(first, epoch))
    shown = disputes.flag(publisher, one, disputes.DISPUTED)
    group()
    other = push(forum, "birch", family_with(mixed(random, (first, range(9))), epoch))
    group()
    assert families_of(forum) == {frozenset({other})}, "it stands for no other"
    disputes.unflag(publisher, one, disputes.DISPUTED, shown, others=False)
    assert families_of(forum) == {frozenset({one, other})}


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("slowly")
@pytest.mark.parametrize("slow", ["withdrawal", "joining"])
def test_one_is_withdrawn_while_it_is_joined(slow: str) -> None:
    forum, random = Forum.make(), Random(7)
    epoch, first = min(live_epochs(now())), bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    other = push(forum, "birch", family_with(mixed(random, (first, range(9))), epoch))

    def withdraw() -> None:
        beside, policy = forum.collections[BESIDE], current_policy()
        take_down(beside, [one], act="object expired", policy=policy, now=now())

    acts = (withdraw, group)
    errors = together(*(acts if slow == "withdrawal" else reversed(acts)))
    assert errors == []
    group()
    assert families_of(forum) == {frozenset({other})}
    assert said(forum, "relationship") == []
    assert set(Skeleton.objects.values_list("stix_id", flat=True)) == {other}
