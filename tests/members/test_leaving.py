"""A member that is shut out has nothing left, and is given nothing any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client

from indicators.domain.disclosure import current_policy
from indicators.members import leaving, registry
from indicators.members.authenticate import CACHE_SECONDS, AuthenticationFailed, authenticate
from indicators.members.people import add_person
from indicators.members.registry import Clerk, RegistryError
from indicators.models.audit import AuditEntry
from indicators.models.member import Member
from tests.forum import now
from tests.labs import Lab, another_key, grant, new_collection, new_lab


pytestmark = pytest.mark.django_db

ALLOWED = 60
"""Seconds within which a member's keys must be dead."""


def clerk() -> Clerk:
    return Clerk("ash", current_policy(), now())


@pytest.fixture
def alder() -> Lab:
    """A member with two keys, a person and a right."""
    lab = new_lab("alder")
    grant(lab, new_collection("distillation"), can_write=True)
    add_person(clerk(), login="robin", password="a password of the tests", member=lab.member)
    return lab


def test_nothing_is_left_and_all_of_it_is_in_the_journal(alder: Lab) -> None:
    another_key(alder, ["feed:read"])
    assert leaving.standing(alder.member) == leaving.Standing(credentials=2, logins=1, grants=1)
    leaving.shut_out(clerk(), alder.member)
    assert leaving.standing(alder.member) == leaving.Standing(credentials=0, logins=0, grants=0)
    assert Member.objects.get(slug="alder").state == "leaving"
    acts = AuditEntry.objects.values_list("act", flat=True)
    for act, times in {"credential revoked": 2, "login disabled": 1, "grant withdrawn": 1}.items():
        assert list(acts).count(act) == times


def test_a_key_that_was_just_used_is_dead_within_the_time_that_a_proof_is_remembered(
    alder: Lab,
) -> None:
    before = now()
    authenticate(credential_id=None, secret=alder.token, now=before)
    leaving.shut_out(clerk(), alder.member)
    with pytest.raises(AuthenticationFailed):
        authenticate(
            credential_id=None, secret=alder.token, now=before + timedelta(seconds=CACHE_SECONDS)
        )
    assert CACHE_SECONDS < ALLOWED


def test_who_has_signed_in_is_out_with_the_next_click(alder: Lab) -> None:
    robin = Client()
    robin.force_login(User.objects.get(username="robin"))
    assert robin.get("/submissions/").status_code == 200
    leaving.shut_out(clerk(), alder.member)
    assert robin.get("/submissions/").status_code == 302
    assert not robin.login(username="robin", password="a password of the tests")


GIFTS: list[Callable[[Member], object]] = [
    lambda member: registry.issue(clerk(), member, label="x", scopes=["submit"], days=1),
    lambda member: add_person(
        clerk(), login=f"jo-{member}", password="of the tests", member=member
    ),
    lambda member: registry.grant(
        clerk(),
        member,
        new_collection(f"of-{member}"),
        can_read=True,
        can_write=False,
        purpose="adversarial-distillation-defence",
    ),
    lambda member: registry.change(clerk(), _active(member), ["state"]),
]


def _active(member: Member) -> Member:
    member.state = Member.State.ACTIVE
    return member


@pytest.mark.parametrize("give", GIFTS)
def test_who_leaves_is_given_nothing(alder: Lab, give: Callable[[Member], object]) -> None:
    give(new_lab("birch").member)
    leaving.shut_out(clerk(), alder.member)
    with pytest.raises(RegistryError, match="leaving or has left"):
        give(alder.member)


def test_nobody_leaves_by_a_change_of_a_field(alder: Lab) -> None:
    alder.member.state = Member.State.LEFT
    with pytest.raises(RegistryError, match="two people"):
        registry.change(clerk(), alder.member, ["state"])
