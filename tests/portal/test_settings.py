"""Settings: the own organisation alone, and no password but one's own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.http import HttpResponse
from django.test import Client, override_settings

from indicators.models.audit import AuditEntry
from indicators.models.member import MemberUser
from indicators.roles import speaking_for
from tests.forum import Forum
from tests.labs import acting_as
from tests.pipeline.joining import ADDRESSES, Newcomer
from tests.portal.people import Person


OLD, NEW = "a password of the tests", "another of the tests alone"
FORM = {"old_password": OLD, "new_password1": NEW, "new_password2": NEW}


def words(answer: HttpResponse) -> str:
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def robin(forum: Forum) -> Person:
    """Somebody of alder who signed in by password."""
    user = User.objects.create_user("robin", password=OLD)
    MemberUser.objects.create(user=user, member_id=forum.principals["alder"].member_id)
    client = Client()
    assert client.login(username="robin", password=OLD)
    return Person(client)


def change(person: Person, **fields: Any) -> HttpResponse:
    return person.send("/settings/password/", **FORM | fields)


def can_sign_in(password: str) -> bool:
    return Client().login(username="robin", password=password)


def test_it_shows_what_was_agreed_with_ones_own_organisation(forum: Forum) -> None:
    dogwood = Newcomer.of(forum)
    dogwood.sign()
    dogwood.reach()
    page = words(Person.of(forum, "dogwood").open("/settings/"))
    assert "version 2026-1" in page
    assert "person-of-dogwood" in page
    for address in ADDRESSES.values():
        assert address in page


def test_no_other_lab_sees_any_of_it(forum: Forum) -> None:
    dogwood = Newcomer.of(forum)
    dogwood.sign()
    dogwood.reach()
    Person.of(forum, "dogwood")
    page = words(Person.of(forum, "alder").open("/settings/"))
    assert "none is recorded here" in page
    for word in ("version 2026-1", "dogwood", "Dogwood"):
        assert word not in page


def test_it_says_who_adds_and_removes_people(forum: Forum) -> None:
    alder = Person.of(forum, "alder")
    with override_settings(FORUM_CONTACT="staff@forum.example"):
        page = words(alder.open("/settings/"))
    assert "staff add or remove a login" in page
    assert "staff@forum.example" in page


def test_an_onboarding_is_read_and_never_written_by_its_member(forum: Forum) -> None:
    dogwood = Newcomer.of(forum)
    with (
        acting_as("forum_web"),
        speaking_for(dogwood.member.pk),
        connection.cursor() as cursor,
    ):
        cursor.execute("UPDATE private.onboarding SET agreement = 'forged'")
        assert cursor.rowcount == 0


def test_a_password_is_changed_and_the_journal_says_no_more(robin: Person) -> None:
    assert change(robin)["Location"] == "/settings/"
    assert can_sign_in(NEW)
    assert not can_sign_in(OLD)
    entry = AuditEntry.objects.get(act="password changed")
    assert (entry.actor, entry.subject, entry.body) == ("robin", "login/robin", "{}")


def test_this_session_goes_on_and_the_others_end(robin: Person) -> None:
    other = Client()
    other.login(username="robin", password=OLD)
    change(robin)
    assert robin.open("/settings/").status_code == 200
    assert other.get("/settings/").status_code == 302


@pytest.mark.parametrize(
    "wrong",
    [
        {"old_password": "not the one"},
        {"new_password2": "not the same"},
        {"new_password1": "short", "new_password2": "short"},
    ],
)
def test_a_wrong_one_changes_nothing_and_says_why(robin: Person, wrong: dict[str, str]) -> None:
    answer = change(robin, **wrong)
    assert "errorlist" in words(answer)
    assert answer["Cache-Control"] == "no-store"
    assert can_sign_in(OLD)
    assert not AuditEntry.objects.filter(act="password changed").exists()
    for word in FORM.values():
        assert word not in words(answer)
