"""A legal hold takes two people and an end, and keeps what lies within its scope."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from indicators.models.legal_hold import LegalHold
from indicators.models.member import Member
from indicators.models.submission import Submission
from indicators.pipeline import legal_hold, retention
from indicators.pipeline.legal_hold import LegalHoldError, Scope
from tests.forum import Forum, indicator, now
from tests.pipeline.governing import PATTERN, age, clerk, facts


def approved(scope: Scope, *, days: int = 90) -> LegalHold:
    asked = legal_hold.request(clerk("ash"), scope, matter="2026-17", days=days)
    return legal_hold.approve(clerk("elm"), asked.id)


def sent(forum: Forum, lab: str = "alder") -> uuid.UUID:
    found = forum.push(lab, indicator(PATTERN)).id
    age(found, days=31)
    return found


def is_kept(submission_id: uuid.UUID) -> bool:
    retention.purge_bodies(now=now())
    return Submission.objects.filter(pk=submission_id, body_ct__isnull=False).exists()


def member(slug: str) -> Member:
    return Member.objects.get(slug=slug)


def test_it_keeps_what_is_due_within_its_scope_and_nothing_else(forum: Forum) -> None:
    mine, theirs = sent(forum), sent(forum, "birch")
    approved(Scope(member=member("alder")))
    assert (is_kept(mine), is_kept(theirs)) == (True, False)


@pytest.mark.parametrize(
    ("scope", "kept"),
    [
        (lambda _forum, mine: Scope(submission=Submission.objects.get(pk=mine)), True),
        (lambda forum, _mine: Scope(collection=forum.collections["distillation"]), True),
        (lambda _forum, _mine: Scope(member=member("birch")), False),
        (lambda _forum, _mine: at(-40, -20), True),
        (lambda _forum, _mine: at(-20, 0), False),
        (lambda _forum, _mine: Scope(member("alder"), received_from=day(-20)), False),
    ],
)
def test_a_scope_is_all_of_its_parts(forum: Forum, scope: Any, *, kept: bool) -> None:
    mine = sent(forum)
    approved(scope(forum, mine))
    found = Submission.objects.get(pk=mine)
    assert legal_hold.takes_in(found, now=now()) is kept
    assert is_kept(mine) is kept


def day(offset: int) -> Any:
    return now() + timedelta(days=offset)


def at(begin: int, end: int) -> Scope:
    return Scope(received_from=day(begin), received_until=day(end))


def test_a_time_that_ends_before_it_begins_holds_nothing_and_is_refused(forum: Forum) -> None:
    scope = Scope(received_from=now(), received_until=now() - timedelta(days=1))
    with pytest.raises(LegalHoldError, match="ends before it begins"):
        legal_hold.request(clerk(), scope, matter="2026-17")


def test_a_wish_alone_freezes_nothing_and_nobody_approves_their_own(forum: Forum) -> None:
    mine = sent(forum)
    asked = legal_hold.request(clerk("ash"), Scope(member=member("alder")), matter="2026-17")
    with pytest.raises(LegalHoldError, match="two people"):
        legal_hold.approve(clerk("Ash"), asked.id)
    assert not is_kept(mine)


@pytest.mark.django_db
def test_the_database_refuses_one_person_twice_and_a_hold_without_an_end(forum: Forum) -> None:
    hold = approved(Scope(member=member("alder")))
    for changed in ({"approved_by": "ASH"}, {"expires_at": None}, {"days": 181}, {"member": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            LegalHold.objects.filter(pk=hold.pk).update(**changed)


def test_it_ends_by_itself_and_is_renewed_by_asking_anew(forum: Forum) -> None:
    mine = sent(forum)
    hold = approved(Scope(member=member("alder")), days=10)
    assert hold.expires_at is not None
    assert timedelta(days=9) < hold.expires_at - now() < timedelta(days=11)
    assert not legal_hold.in_force(now=day(11))
    again = legal_hold.request(
        clerk("ash"), Scope.of(hold), matter=hold.matter, days=180, renews=hold
    )
    legal_hold.approve(clerk("elm"), again.id)
    assert legal_hold.in_force(now=day(179)).get() == again
    assert is_kept(mine)


def test_released_it_freezes_nothing_more(forum: Forum) -> None:
    mine = sent(forum)
    hold = approved(Scope(member=member("alder")))
    legal_hold.release(clerk("ash"), hold.id)
    assert not is_kept(mine)
    with pytest.raises(LegalHoldError, match="ended"):
        legal_hold.release(clerk("ash"), hold.id)
    with pytest.raises(LegalHoldError, match="already"):
        legal_hold.approve(clerk("oak"), hold.id)


@pytest.mark.parametrize(
    ("scope", "words", "said"),
    [
        (Scope(), {}, "Give a scope"),
        (at(-3, -1), {"days": 181}, "1 to 180 days"),
        (at(-3, -1), {"days": 0}, "1 to 180 days"),
        (at(-3, -1), {"matter": " "}, "Name the matter"),
    ],
)
def test_a_hold_needs_a_scope_a_matter_and_an_end(
    forum: Forum, scope: Scope, words: dict[str, Any], said: str
) -> None:
    with pytest.raises(LegalHoldError, match=said):
        legal_hold.request(clerk("ash"), scope, **{"matter": "2026-17", **words})


def test_every_step_is_journalled_with_its_scope(forum: Forum) -> None:
    hold = approved(Scope(member=member("alder")))
    legal_hold.release(clerk("ash"), hold.id)
    for act in ("requested", "approved", "released"):
        assert facts(f"legal hold {act}")["scope"] == "member alder"
    assert legal_hold.find(str(hold.id)[:8]) == hold
    with pytest.raises(LegalHoldError, match="0 holds"):
        legal_hold.find("zz")
