"""Bulletins: two people, no member named, and read by members once they are published."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indicators.members import bulletins as told
from indicators.models.audit import AuditEntry
from indicators.models.bulletin import Bulletin
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline import bulletins
from indicators.pipeline.bulletins import BulletinError
from indicators.roles import speaking_for
from tests.forum import now
from tests.labs import acting_as, grant, new_collection, new_lab
from tests.pipeline.governing import clerk


pytestmark = pytest.mark.django_db
TEXT = "The hub stands still on Sunday from 02:00 to 03:00 UTC."


def written(**words: str) -> Bulletin:
    return bulletins.write(clerk("ash"), **{"title": "Work on the hub", "text": TEXT, **words})


def published(**words: str) -> Bulletin:
    made = written(**words)
    bulletins.publish(clerk("elm"), made.pk)
    return Bulletin.objects.get(pk=made.pk)


def titles() -> list[str]:
    return [each.title for each in told.published(begin=0, most=10)[0]]


def test_it_is_read_once_a_second_person_has_published_it() -> None:
    made = written()
    assert titles() == []
    with pytest.raises(BulletinError, match="wrote it yourself"):
        bulletins.publish(clerk("Ash"), made.pk)
    bulletins.publish(clerk("elm"), made.pk)
    assert titles() == ["Work on the hub"]
    with pytest.raises(BulletinError, match="that is draft"):
        bulletins.publish(clerk("elm"), made.pk)


def test_the_database_refuses_one_person_twice() -> None:
    made = published()
    with pytest.raises(IntegrityError), transaction.atomic():
        Bulletin.objects.filter(pk=made.pk).update(decided_by="ASH")


def test_refused_and_withdrawn_ones_are_not_read() -> None:
    refused, withdrawn = written(title="One"), published(title="Two")
    bulletins.refuse(clerk("elm"), refused.pk, why="Too early.")
    bulletins.withdraw(clerk("ash"), withdrawn.pk, why="The day has changed.")
    assert titles() == []
    with pytest.raises(BulletinError, match="that is published"):
        bulletins.withdraw(clerk("ash"), refused.pk, why="Once more.")


@pytest.mark.parametrize("step", [bulletins.refuse, bulletins.withdraw])
def test_both_need_a_reason(step: Any) -> None:
    made = published() if step is bulletins.withdraw else written()
    with pytest.raises(BulletinError, match="Say why"):
        step(clerk("elm"), made.pk, why=" ")


@pytest.mark.parametrize("words", [{"title": "What Quiet Abacus sent"}, {"text": "As q-abacus."}])
def test_a_member_is_named_in_none(words: dict[str, str]) -> None:
    Member.objects.create(slug="q-abacus", name="Quiet Abacus", joined_day=now().date())
    with pytest.raises(BulletinError, match="names a member"):
        written(**words)
    assert not Bulletin.objects.exists()


def test_the_forums_own_publisher_is_no_source_and_can_be_named() -> None:
    publisher, lab = new_lab("forum"), new_lab("alder")
    reference = new_collection("reference", Collection.Kind.VERBATIM)
    for each in (publisher, lab):
        grant(each, reference, can_write=True)
    grant(lab, new_collection("distillation"), can_write=True)
    assert written(text="Write to the Forum.").text == "Write to the Forum."
    with pytest.raises(BulletinError, match="names a member: Alder, alder"):
        written(text="Write to alder.")


def test_whoever_left_is_not_named() -> None:
    new_lab("alder")
    with pytest.raises(BulletinError, match="names a member"):
        written(text="Alder is not here any more.")


def test_whoever_joined_since_it_was_written_is_not_named_either() -> None:
    made = written(text="As we say at a quiet abacus.")
    Member.objects.create(slug="q-abacus", name="Quiet Abacus", joined_day=now().date())
    with pytest.raises(BulletinError, match="names a member"):
        bulletins.publish(clerk("elm"), made.pk)


def test_a_secret_is_not_kept_and_the_rest_is_shown_to_who_decides() -> None:
    with pytest.raises(BulletinError, match="not kept: a card number"):
        written(text="It was paid with 4111 1111 1111 1111.")
    assert "an e-mail address" in bulletins.seen_in(written(text="Write to robin@forum.example."))
    assert bulletins.seen_in(written()) == []


@pytest.mark.parametrize("words", [{"title": " "}, {"text": ""}])
def test_both_parts_are_needed(words: dict[str, str]) -> None:
    with pytest.raises(BulletinError, match="a title and a text"):
        written(**words)


def test_members_read_what_is_published_and_write_nothing() -> None:
    lab = new_lab("alder")
    written(title="One")
    published(title="Two")
    with acting_as("forum_web"):
        assert titles() == []
        with speaking_for(lab.id):
            assert titles() == ["Two"]
            assert [each.title for each in told.new(since=now() - timedelta(days=1))] == ["Two"]
            assert not told.new(since=now() + timedelta(days=1))
            assert Bulletin.objects.count() == 1
            assert Bulletin.objects.update(state="withdrawn") == 0


def test_the_newest_comes_first_in_parts() -> None:
    for number in range(3):
        made = written(title=f"Number {number}")
        bulletins.publish(clerk("elm", after=timedelta(minutes=number)), made.pk)
    rows, total = told.published(begin=0, most=2)
    assert ([each.title for each in rows], total) == (["Number 2", "Number 1"], 3)


def test_every_step_is_journalled_without_a_word() -> None:
    made = published()
    bulletins.withdraw(clerk("ash"), made.pk, why="The day has changed.")
    entries = AuditEntry.objects.filter(subject=f"bulletin/{made.pk}").order_by("at")
    assert {(each.act, each.actor, each.body) for each in entries} == {
        ("bulletin written", "ash", "{}"),
        ("bulletin published", "elm", "{}"),
        ("bulletin withdrawn", "ash", "{}"),
    }


def test_one_that_is_not_there_is_not_published() -> None:
    with pytest.raises(BulletinError, match="no such bulletin"):
        bulletins.publish(clerk("elm"), uuid.uuid4())
