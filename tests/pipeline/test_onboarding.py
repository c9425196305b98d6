"""Nobody shares before everything is in order and two people say so."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indicators.members import registry
from indicators.members.registry import RegistryError
from indicators.models.audit import AuditEntry
from indicators.models.member import Grant, Member, PollMark
from indicators.models.onboarding import Onboarding
from indicators.pipeline.membership import onboarding
from indicators.pipeline.membership.onboarding import Rights
from indicators.pipeline.membership.step import MembershipError
from tests.forum import Forum, indicator, now, outcomes
from tests.pipeline.governing import PATTERN, clerk, facts
from tests.pipeline.joining import ADDRESSES, PURPOSE, Newcomer
from tests.pipeline.saying import sighting


@pytest.fixture
def newcomer(forum: Forum) -> Newcomer:
    return Newcomer.of(forum)


def rights(newcomer: Newcomer) -> dict[str, tuple[bool, bool]]:
    found = Grant.objects.filter(member=newcomer.member).select_related("collection")
    return {each.collection.alias: (each.can_read, each.can_write) for each in found}


def test_it_begins_with_rights_in_the_exercise_alone(newcomer: Newcomer) -> None:
    assert rights(newcomer) == {"exercise": (True, True)}
    assert facts("onboarding opened") == {}
    with pytest.raises(RegistryError, match="exercise"):
        give(newcomer, "distillation")
    give(newcomer, "exercise")


def give(newcomer: Newcomer, alias: str) -> None:
    place = newcomer.place(alias)
    registry.grant(clerk(), newcomer.member, place, can_read=True, can_write=False, purpose=PURPOSE)


def test_without_an_exercise_nobody_is_entered(forum: Forum) -> None:
    member = Member(slug="dogwood", name="Dogwood")
    with pytest.raises(MembershipError, match="exercise"):
        onboarding.begin(clerk(), member, purpose=PURPOSE, threat_nexus=[])
    assert not Member.objects.filter(slug="dogwood").exists()


STEPS = {
    "sign": ["Agreement"],
    "reach": ["Contacts"],
    "agree": ["Rights", "Lane"],
    "equip": ["Logins of its people", "A key that reads and sends"],
    "push": ["Exercise push"],
    "pull": ["Exercise pull"],
    "match": ["Canary matched"],
}
"""What each step meets; the key comes before the pull, which is written down beside it."""


def test_each_step_meets_its_line_and_no_other(newcomer: Newcomer) -> None:
    every = [title for titles in STEPS.values() for title in titles]
    assert sorted(newcomer.unmet()) == sorted(every)
    for step, titles in STEPS.items():
        before = newcomer.unmet()
        getattr(newcomer, step)()
        assert [each for each in before if each not in newcomer.unmet()] == titles
    assert newcomer.unmet() == []


@pytest.mark.parametrize("left_out", STEPS)
def test_one_line_that_is_not_met_keeps_it_from_going_live(
    newcomer: Newcomer, left_out: str
) -> None:
    without = {left_out, "pull"} if left_out == "equip" else {left_out}  # a pull takes a key
    for step in [each for each in STEPS if each not in without]:
        getattr(newcomer, step)()
    with pytest.raises(MembershipError, match=STEPS[left_out][0]):
        onboarding.propose(clerk("ash"), newcomer.row.pk)
    assert rights(newcomer) == {"exercise": (True, True)}


def test_what_others_did_or_what_was_done_elsewhere_is_not_seen(newcomer: Newcomer) -> None:
    forum = newcomer.forum
    forum.push("alder", indicator(PATTERN), into="exercise")
    forum.grant("dogwood")  # as no register would
    forum.push("dogwood", indicator(PATTERN))
    assert "Exercise push" in newcomer.unmet()
    forum.push("dogwood", {"type": "indicator", "id": "no id at all"}, into="exercise")
    assert "Exercise push" in newcomer.unmet()
    newcomer.equip()
    newcomer.pull()
    PollMark.objects.update(collection=newcomer.place("distillation"))
    assert "Exercise pull" in newcomer.unmet()


def test_a_sighting_of_something_else_is_no_match_of_the_canary(newcomer: Newcomer) -> None:
    forum = newcomer.forum
    forum.push("alder", indicator(PATTERN), into="exercise")
    [said] = forum.feed("exercise")
    assert outcomes(forum.push("dogwood", sighting(said["id"]), into="exercise")) == ["unshared"]
    assert "Canary matched" in newcomer.unmet()
    newcomer.match()
    assert "Canary matched" not in newcomer.unmet()


def test_who_agreed_to_batches_does_not_write_where_things_go_out_at_once(
    newcomer: Newcomer,
) -> None:
    newcomer.agree("batched")
    assert "Lane" in newcomer.unmet()
    newcomer.forum.batch("distillation")
    assert "Lane" not in newcomer.unmet()


def test_two_different_people_let_it_go_live(newcomer: Newcomer) -> None:
    newcomer.do_all()
    with pytest.raises(MembershipError, match="Nobody"):
        onboarding.confirm(clerk("elm"), newcomer.row.pk)
    onboarding.propose(clerk("ash"), newcomer.row.pk)
    with pytest.raises(MembershipError, match="different"):
        onboarding.confirm(clerk("ASH"), newcomer.row.pk)
    assert rights(newcomer) == {"exercise": (True, True)}
    onboarding.confirm(clerk("elm"), newcomer.row.pk)

    assert rights(newcomer) == {"exercise": (True, True), "distillation": (True, True)}
    given = Grant.objects.get(member=newcomer.member, collection__alias="distillation")
    assert {given.granted_by, given.second_by} == {"ash", "elm"}
    assert facts("went live") == {"proposed_by": "ash"}
    assert outcomes(newcomer.forum.push("dogwood", indicator(PATTERN))) == ["published"]
    with pytest.raises(MembershipError, match="open"):
        newcomer.sign()


def test_the_database_refuses_one_person_twice(newcomer: Newcomer) -> None:
    row = Onboarding.objects.filter(pk=newcomer.row.pk)
    both = {"first_by": "ash", "state": "live", "live_at": now()}
    for second in ("Ash", ""):
        with pytest.raises(IntegrityError), transaction.atomic():
            row.update(second_by=second, **both)
    row.update(second_by="elm", **both)


CHANGES = ("sign", "reach", "agree")


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_takes_the_first_persons_word_back(newcomer: Newcomer, change: str) -> None:
    newcomer.do_all()
    onboarding.propose(clerk("ash"), newcomer.row.pk)
    getattr(newcomer, change)()
    with pytest.raises(MembershipError, match="Nobody"):
        onboarding.confirm(clerk("elm"), newcomer.row.pk)


def test_what_is_gone_again_before_the_second_person_agrees_keeps_it_out(
    newcomer: Newcomer,
) -> None:
    newcomer.do_all()
    onboarding.propose(clerk("ash"), newcomer.row.pk)
    PollMark.objects.all().delete()
    with pytest.raises(MembershipError, match="Exercise pull"):
        onboarding.confirm(clerk("elm"), newcomer.row.pk)


def test_addresses_lie_sealed_and_in_no_entry(newcomer: Newcomer) -> None:
    newcomer.reach()
    row = Onboarding.objects.get(pk=newcomer.row.pk)
    assert onboarding.contacts_of(row) == ADDRESSES
    assert b"dogwood.example" not in bytes(row.contacts_ct or b"")
    bodies = " ".join(AuditEntry.objects.values_list("body", flat=True))
    assert "dogwood.example" not in bodies
    assert json.loads(AuditEntry.objects.get(act="contacts recorded").body)["roles"]


REFUSED: list[dict[str, Any]] = [
    {"lane": "express", "reads": ["distillation"], "writes": []},
    {"lane": "immediate", "reads": [], "writes": []},
    {"lane": "immediate", "reads": ["distillation-tokens"], "writes": []},
]


@pytest.mark.parametrize("wanted", REFUSED)
def test_rights_that_nobody_can_have_are_not_agreed(
    newcomer: Newcomer, wanted: dict[str, Any]
) -> None:
    reads, writes = (
        [newcomer.place(each) for each in wanted[name]] for name in ("reads", "writes")
    )
    with pytest.raises((MembershipError, RegistryError)):
        onboarding.agree(clerk(), newcomer.row.pk, Rights(wanted["lane"], reads, writes))
    assert "Rights" in newcomer.unmet()


def test_an_address_or_a_version_that_is_missing_is_refused(newcomer: Newcomer) -> None:
    for contacts in ({}, ADDRESSES | {"privacy": " "}, ADDRESSES | {"abuse": "x" * 121}):
        with pytest.raises(MembershipError, match="give an address"):
            onboarding.reach(clerk(), newcomer.row.pk, contacts=contacts)
    for version in ("", "x" * 41):
        with pytest.raises(MembershipError, match="version"):
            onboarding.sign(clerk(), newcomer.row.pk, version=version)
