"""Who sees which screen."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from indicators.members.people import ROLES
from tests.admin.desk import Desk


SCREENS = {
    "member": {"analyst", "operator"},
    "credential": {"analyst", "operator"},
    "grant": {"analyst", "operator"},
    "pollmark": {"analyst", "operator"},
    "collection": {"analyst", "reviewer", "counsel", "operator"},
    "submission": {"analyst", "auditor"},
    "heldobject": {"analyst", "reviewer", "counsel"},
    "publicationlisting": {"analyst", "reviewer", "counsel"},
    "familyproposal": {"reviewer", "auditor"},
    "auditentry": {"counsel", "auditor"},
    "feedentry": {"counsel", "auditor"},
    "reveal": {"analyst", "counsel", "auditor"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_its_screens_and_no_other(role: str, desk: Callable[[str], Desk]) -> None:
    here = desk(role)
    seen = {screen for screen in SCREENS if here.get(f"indicators/{screen}/").status_code == 200}
    assert seen == {screen for screen, roles in SCREENS.items() if role in roles}
    index = here.text("")
    assert {each for each in SCREENS if f"/indicators/{each}/" in index} == seen


@pytest.mark.parametrize("role", ROLES)
def test_only_the_operator_may_add(role: str, desk: Callable[[str], Desk]) -> None:
    here = desk(role)
    may = {each for each in SCREENS if here.get(f"indicators/{each}/add/").status_code == 200}
    assert may == ({"member", "grant", "collection"} if role == "operator" else set())


def test_no_role_asks_for_a_reveal_and_approves_one() -> None:
    both = {"request_reveal", "approve_reveal"}
    assert not [role for role, may in ROLES.items() if both <= may]


@pytest.mark.django_db
def test_a_members_person_is_sent_away() -> None:
    client = Client()
    assert client.get("/admin/").status_code == 302
    client.force_login(User.objects.create_user("sam"))
    assert client.get("/admin/").headers["Location"].startswith("/admin/login/")
