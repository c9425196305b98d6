"""Staff are asked whether two prompt families are one: few questions, and no contrary answers."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest
from django.db import transaction

from indicators.domain.families import FEW
from indicators.matching.epochs import live_epochs
from indicators.models.audit import AuditEntry
from indicators.models.family import Skeleton
from indicators.models.family_proposal import FamilyProposal
from indicators.pipeline.family_proposals import ProposalError, decide
from tests.admin.desk import new_clerk
from tests.forum import Forum, messages, now, outcomes
from tests.pipeline.meanwhile import running, until_it_waits
from tests.pipeline.prompting import BESIDE, bands, families_of, family_with, group, mixed, said


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


def proposed(forum: Forum, random: Random, epoch: str) -> tuple[str, str, FamilyProposal]:
    first = bands(random)
    one = push(forum, "alder", family_with(first, epoch))
    other = push(forum, "birch", family_with(mixed(random, (first, range(3))), epoch))
    group()
    return one, other, FamilyProposal.objects.get()


def test_what_staff_accept_is_joined(forum: Forum, random: Random, epoch: str) -> None:
    one, other, proposal = proposed(forum, random, epoch)
    assert not said(forum, "relationship")
    decide(new_clerk(), proposal.id, accepted=True)
    group()
    assert families_of(forum) == {frozenset({one, other})}
    [variant] = said(forum, "relationship")
    assert (variant["source_ref"], variant["target_ref"]) == (other, one)
    entry = AuditEntry.objects.get(act="prompt families joined")
    assert entry.subject == f"{BESIDE}/{other}"
    with pytest.raises(ProposalError, match="no such proposal that is open"):
        decide(new_clerk(), proposal.id, accepted=False)


def test_what_staff_reject_stays_apart(forum: Forum, random: Random, epoch: str) -> None:
    one, other, proposal = proposed(forum, random, epoch)
    decide(new_clerk(), proposal.id, accepted=False)
    group()
    both = [bytes(each.tokens) for each in Skeleton.objects.order_by("id")]
    texts = [family["bands"] for family in said(forum, "prompt-family")]
    assert len(both) == len(texts) == 2
    between = mixed(random, (texts[0], range(6)), (texts[1], range(20, 28)))
    third = push(forum, "cedar", family_with(between, epoch))
    group()
    assert families_of(forum) == {frozenset({one}), frozenset({other, third})}
    assert FamilyProposal.objects.get().state == "rejected"


def three_in_a_ring(forum: Forum, random: Random, epoch: str) -> list[FamilyProposal]:
    """Three families each two of which are proposed as one: first and second, first and third, …"""
    first = bands(random)
    second = mixed(random, (first, range(3)))
    third = mixed(random, (first, range(10, 13)), (second, range(20, 23)))
    for lab, each in zip(("alder", "birch", "cedar"), (first, second, third), strict=True):
        push(forum, lab, family_with(each, epoch))
    group()
    return list(FamilyProposal.objects.order_by("older_id", "newer_id"))


def test_what_was_kept_apart_is_not_joined_over_a_third(
    forum: Forum, random: Random, epoch: str
) -> None:
    first_second, first_third, second_third = three_in_a_ring(forum, random, epoch)
    decide(new_clerk(), first_second.id, accepted=False)
    decide(new_clerk(), first_third.id, accepted=True)
    with pytest.raises(ProposalError, match="kept apart"):
        decide(new_clerk(), second_third.id, accepted=True)
    second_third.refresh_from_db()
    assert second_third.state == "open"
    group()
    assert len(families_of(forum)) == 2
    assert not FamilyProposal.objects.filter(state="open").exists(), "the first answer holds for it"


def test_what_was_joined_over_a_third_is_not_kept_apart(
    forum: Forum, random: Random, epoch: str
) -> None:
    first_second, first_third, second_third = three_in_a_ring(forum, random, epoch)
    for each in (first_third, second_third):
        decide(new_clerk(), each.id, accepted=True)
    with pytest.raises(ProposalError, match="one already"):
        decide(new_clerk(), first_second.id, accepted=False)
    group()
    assert len(families_of(forum)) == 1


@pytest.mark.django_db(transaction=True)
def test_what_is_decided_while_the_worker_settles_it_stays_decided() -> None:
    forum, random = Forum.make(), Random(7)
    beside = three_in_a_ring(forum, random, min(live_epochs(now())))
    decide(new_clerk(), beside[2].id, accepted=True)
    # With second and third one, the other two stand between the same families: one of them goes.
    going = min(beside[:2], key=lambda each: (each.bands, each.id))
    with transaction.atomic():
        decide(new_clerk(), going.id, accepted=False)
        worker = running(group)
        until_it_waits()
    worker.join()
    assert FamilyProposal.objects.get(pk=going.pk).state == "rejected"


def test_one_lab_asks_no_more_than_a_few_questions_with_each_skeleton(
    forum: Forum, random: Random, epoch: str
) -> None:
    """Lines of a plane: any two have three bands in common, or none."""
    points = {(x, y): bands(random)[:3] for x in range(5) for y in range(5)}
    lines = [
        [each for x in range(5) for each in points[x, (slope * x + start) % 5]]
        for slope in range(5)
        for start in range(5)
    ]
    forum.push("alder", *[family_with([*each, *bands(random)[:17]], epoch) for each in lines])
    group()
    assert len(families_of(forum)) == 25
    asked = FamilyProposal.objects.values_list("newer", flat=True)
    assert max(Counter(asked).values()) == FEW


def test_a_proposal_falls_with_either_of_its_two(forum: Forum, random: Random, epoch: str) -> None:
    one, other, _ = proposed(forum, random, epoch)
    forum.retract("birch", other)
    assert not FamilyProposal.objects.exists()
    group()
    assert families_of(forum) == {frozenset({one})}
