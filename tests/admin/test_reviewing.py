"""Claims, two people, texts of the Forum's, passing on and undo on the screens of held items."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from indicators.members.people import add_person
from indicators.models.audit import AuditEntry
from indicators.models.submission import HeldObject
from tests.admin.desk import Desk, new_clerk
from tests.forum import Forum
from tests.pipeline.reviewing import entity, text


def second(desk: Callable[[str], Desk]) -> tuple[Desk, Desk]:
    """Two reviewers at two desks."""
    first = desk("reviewer")
    add_person(new_clerk(), login="wren", password="a password of the tests", role="reviewer")
    other = Desk(type(first.client)())
    other.client.force_login(User.objects.get(username="wren"))
    return first, other


def decide(here: Desk, item: HeldObject, **fields: Any) -> str:
    answer = here.post(f"indicators/heldobject/{item.pk}/decide/", **fields)
    return str(answer.content.decode())


def page(here: Desk, item: HeldObject) -> str:
    return here.text(f"indicators/heldobject/{item.pk}/change/")


def again() -> HeldObject:
    return HeldObject.objects.get()


def test_a_claim_is_made_renewed_and_given_back(forum: Forum, desk: Callable[[str], Desk]) -> None:
    item = text(forum)
    here, there = second(desk)
    decide(here, item, claim="1")
    assert "You have claimed this" in page(here, item)
    assert "reviewer has claimed this" in page(there, item)
    assert "eviewer has claimed this until" in decide(there, item, release="1")
    assert "reviewer" in here.text("indicators/heldobject/")
    decide(here, item, give_back="1")
    assert again().claimed_by == ""


def test_two_people_release_a_name(forum: Forum, desk: Callable[[str], Desk]) -> None:
    item = entity(forum)
    here, there = second(desk)
    assert "A second, different person must confirm" in page(here, item)
    assert "reviewer proposes to release it" in decide(here, item, release="1")
    assert "MeadowExit" in page(there, item)
    assert "a second, different person must confirm it" in decide(here, item, confirm="1")
    assert again().state == "open"
    assert "Released" in decide(there, item, confirm="1")
    assert (again().first_by, again().second_by) == ("reviewer", "wren")


def test_several_are_confirmed_at_once(forum: Forum, desk: Callable[[str], Desk]) -> None:
    item = entity(forum)
    here, there = second(desk)
    decide(here, item, release="1")
    chosen = {"_selected_action": [str(item.pk)], "action": "confirm"}
    there.post("indicators/heldobject/", **chosen)
    assert again().state == "released"


def test_a_decision_can_be_undone_from_its_page(
    forum: Forum, desk: Callable[[str], Desk], settings: Any
) -> None:
    settings.REVIEW_UNDO_SECONDS = 30
    item, here = text(forum), desk("reviewer")
    said = decide(here, item, reject="1", code="PRICE")
    assert "can be undone until then" in said
    assert 'name="undo"' in page(here, item)
    assert "Open." in decide(here, item, undo="1")
    assert again().state == "open"


def test_a_text_of_the_forums_takes_the_place(forum: Forum, desk: Callable[[str], Desk]) -> None:
    item, here = text(forum), desk("reviewer")
    assert "a residential proxy service" in page(here, item)
    wrong = {"infrastructure-service": "MeadowExit", "infrastructure-role": "panel"}
    assert "cannot be" in decide(here, item, template="infrastructure", **wrong)
    right = {"infrastructure-service": "relay", "infrastructure-role": "panel"}
    decide(here, item, template="infrastructure", **right)
    assert (again().state, again().decision) == ("released", "template")


def test_findings_are_accounted_for_on_the_page(forum: Forum, desk: Callable[[str], Desk]) -> None:
    item, here = text(forum), desk("reviewer")
    HeldObject.objects.update(rule_ids=["personal.e-mail"])
    assert "The screens found an e-mail address" in page(here, item)
    assert "Say of each" in decide(here, item, release="1")
    chosen = {"_selected_action": [str(item.pk)], "action": "release"}
    assert "Say of each" in here.post("indicators/heldobject/", **chosen).content.decode()
    decide(here, item, release="1", kind="name", **{"personal-personal.e-mail": "absent"})
    body = AuditEntry.objects.get(act="held released").body
    assert '"decision":"no personal data"' in body
    assert '"by":"reviewer","decision":"directly related","kind":"name"' in body


def test_a_rejection_may_take_its_words_from_a_code(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    item = text(forum)
    decide(desk("reviewer"), item, reject="1", code="PRICE", reason="Twice.")
    assert again().state == "rejected"
    assert '"code":"PRICE"' in AuditEntry.objects.get(act="held rejected").body


def test_counsel_sees_and_decides_what_was_passed_on_to_counsel(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    item, here, counsel = text(forum), desk("reviewer"), desk("counsel")
    assert 'id="result_list"' not in counsel.text("indicators/heldobject/")
    assert counsel.get(f"indicators/heldobject/{item.pk}/change/").status_code != 200
    assert "does not decide" in decide(counsel, item, reject="1", code="PRICE")
    assert "Say why" in decide(here, item, escalate="1", line="counsel", why="")
    decide(here, item, escalate="1", line="counsel", why="Libel?")
    assert "Libel?" in page(counsel, item)
    assert 'name="reject"' not in page(here, item)
    assert "does not decide what is with counsel" in decide(here, item, reject="1", code="PRICE")
    decide(counsel, item, reject="1", code="UNSUPPORTED")
    assert again().state == "rejected"


def test_an_unknown_step_does_nothing(forum: Forum, desk: Callable[[str], Desk]) -> None:
    item = text(forum)
    assert "Choose what to do" in decide(desk("reviewer"), item)
    assert again().state == "open"


@pytest.mark.parametrize(
    ("value", "found"), [("nobody", True), ("counsel", False), ("a second person", False)]
)
def test_the_list_can_be_filtered_by_with_whom_it_is(
    forum: Forum,
    desk: Callable[[str], Desk],
    value: str,
    found: bool,  # noqa: FBT001  a table
) -> None:
    text(forum)
    listed = desk("reviewer").text("indicators/heldobject/", **{"with": value})
    assert ('id="result_list"' in listed) == found


def test_the_list_says_how_much_waits_and_how_long(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    text(forum)
    listed = desk("reviewer").text("indicators/heldobject/")
    assert "1 undecided, 0 over target" in listed
    assert "h left" in listed or "d left" in listed
