"""The screens of pauses, holds, appeals and requests: who sees them, and what they do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from indicators.members.people import ROLES, add_person
from indicators.models.appeal import Appeal
from indicators.models.audit import AuditEntry
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_hold import LegalHold
from indicators.models.member import Member
from indicators.models.pause import Pause
from indicators.models.submission import SubmissionObject
from indicators.pipeline import subject
from indicators.pipeline.asked import asked_about
from tests.admin.desk import Desk, new_clerk
from tests.forum import Forum, indicator
from tests.labs import acting_as
from tests.pipeline.governing import MAIL, about_mail


SCREENS = {
    "pause": {"counsel", "operator", "auditor"},
    "legalhold": {"counsel", "operator", "auditor"},
    "appeal": {"counsel", "reviewer", "auditor"},
    "campaignproposal": {"analyst", "reviewer"},
    "subjectrequest": {"counsel", "auditor"},
    "governmentrequest": {"counsel", "auditor"},
}
MAKERS = {
    "pause": {"counsel", "operator"},
    "legalhold": {"counsel"},
    "appeal": {"counsel", "reviewer"},
    "campaignproposal": set[str](),
    "subjectrequest": set[str](),
    "governmentrequest": {"counsel"},
}


@pytest.mark.parametrize("role", ROLES)
def test_a_role_sees_and_makes_its_own(role: str, desk: Callable[[str], Desk]) -> None:
    here = desk(role)
    for screen, roles in SCREENS.items():
        answer = here.get(f"indicators/{screen}/")
        assert (answer.status_code == 200) is (role in roles), screen
        adding = here.get(f"indicators/{screen}/add/")
        assert (adding.status_code == 200) is (role in MAKERS[screen]), screen


def test_a_pause_is_set_seen_everywhere_and_lifted(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    counsel = desk("counsel")
    assert "is not dated as in force" in counsel.text("")
    made = {"switch": "personal_tokens", "reason": "counsel looks at transfers"}
    counsel.post("indicators/pause/add/", **made)
    forum.push("alder", about_mail())
    assert "counsel looks at transfers" in counsel.text("")
    assert "paused personal_tokens" in counsel.text("indicators/pause/")
    again = counsel.post("indicators/pause/add/", **made)
    assert "is paused already" in again.content.decode()
    chosen = {"_selected_action": [str(Pause.objects.get().pk)], "action": "lift"}
    said = counsel.post("indicators/pause/", **chosen, why="")
    assert "need a reason" in said.content.decode()
    counsel.post("indicators/pause/", **chosen, why="looked at")
    assert SubmissionObject.objects.get().outcome == "pending"
    assert Pause.objects.get().lifted_by == "counsel"
    assert "paused personal_tokens" not in counsel.text("indicators/pause/")


def test_the_sign_of_a_pause_is_for_staff(db: None, forum: Forum) -> None:
    Pause.objects.create(
        switch="cross_border", reason="x", set_by="counsel", set_at=new_clerk().now
    )
    with acting_as("forum_web"):
        page = Client().get("/admin/login/").content.decode()
    assert "cross_border" not in page


def test_one_role_asks_for_a_hold_and_another_approves(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    counsel, operator = desk("counsel"), desk("operator")
    member = Member.objects.get(slug="alder")
    status = forum.push("alder", indicator("[domain-name:value = 'a.example']"))
    fields = {"matter": "2026-17", "member": str(member.pk), "days": "90"}
    answer = counsel.post("indicators/legalhold/add/", **fields | {"days": "181"})
    assert "180" in answer.content.decode()
    counsel.post("indicators/legalhold/add/", **fields)
    hold = LegalHold.objects.get()
    chosen = {"_selected_action": [str(hold.pk)], "action": "approve"}
    counsel.post("indicators/legalhold/", **chosen)
    hold.refresh_from_db()
    assert hold.approved_at is None
    assert "in force" in operator.post("indicators/legalhold/", **chosen).content.decode()
    assert "member alder" in operator.text("indicators/legalhold/")
    page = desk("auditor").text(f"indicators/submission/{status.id}/change/")
    assert "a legal hold keeps it" in page
    counsel.post("indicators/legalhold/add/", matter="2026-17", days="30", renews=str(hold.pk))
    assert LegalHold.objects.filter(renews=hold, member=member).exists()
    counsel.post("indicators/legalhold/", **chosen | {"action": "release"})
    hold.refresh_from_db()
    assert hold.released_by == "counsel"


def test_nobody_approves_their_own_hold_at_a_screen(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    hold = LegalHold.objects.create(
        matter="m", member=Member.objects.get(slug="alder"), requested_by="OPERATOR",
        requested_at=new_clerk().now,
    )  # fmt: skip
    chosen = {"_selected_action": [str(hold.pk)], "action": "approve"}
    said = desk("operator").post("indicators/legalhold/", **chosen).content.decode()
    assert "two people" in said


def test_an_appeal_is_opened_by_a_reviewer_and_decided_by_counsel(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    forum.push("alder", indicator("[domain-name:value = 'a.example']"))
    [object_] = forum.feed()
    fields = {
        "collection": str(forum.collections["distillation"].pk), "stix_id": object_["id"],
        "ground": "stale", "reference": "A-1",
    }  # fmt: skip
    reviewer, counsel = desk("reviewer"), desk("counsel")
    refused = reviewer.post("indicators/appeal/add/", **fields | {"stix_id": "indicator--0"})
    assert "Nothing stands" in refused.content.decode()
    reviewer.post("indicators/appeal/add/", **fields)
    appeal = Appeal.objects.get()
    assert (appeal.opened_by, appeal.state, appeal.applied) == ("reviewer", "open", "")
    chosen = {"_selected_action": [str(appeal.pk)], "action": "uphold", "why": "see the file"}
    reviewer.post("indicators/appeal/", **chosen)
    appeal.refresh_from_db()
    assert appeal.state == "open"
    counsel.post("indicators/appeal/", **chosen)
    appeal.refresh_from_db()
    assert (appeal.state, appeal.closed_by) == ("upheld", "counsel")
    assert AuditEntry.objects.filter(act="appeal upheld", actor="counsel").count() == 1
    assert object_["id"] in counsel.text(f"indicators/appeal/{appeal.pk}/change/")


def test_requests_of_authorities_are_recorded_and_answered(
    forum: Forum, desk: Callable[[str], Desk]
) -> None:
    counsel = desk("counsel")
    fields = {
        "received_on": "2026-11-02", "jurisdiction": "US", "authority": "court",
        "instrument": "court-order", "reference": "G-1",
    }  # fmt: skip
    wrong = counsel.post("indicators/governmentrequest/add/", **fields | {"jurisdiction": "us"})
    assert "is no country" in wrong.content.decode()
    counsel.post("indicators/governmentrequest/add/", **fields)
    request = GovernmentRequest.objects.get()
    chosen = {"_selected_action": [str(request.pk)], "action": "record_answer"}
    counsel.post("indicators/governmentrequest/", **chosen, answer="refused")
    request.refresh_from_db()
    assert (request.answer, request.answered_by) == ("refused", "counsel")


def test_a_request_of_a_person_shows_no_value(forum: Forum, desk: Callable[[str], Desk]) -> None:
    asked = asked_about("email-addr", MAIL)
    subject.answer(new_clerk(), asked, act="find", reference="S-1")
    here = desk("counsel")
    from indicators.models.subject_request import SubjectRequest  # noqa: PLC0415  beside its use

    page = here.text(f"indicators/subjectrequest/{SubjectRequest.objects.get().pk}/change/")
    assert asked.tag.hex() in page
    assert "kestrelmail" not in page


def test_a_second_person_of_a_role_is_another_person(forum: Forum) -> None:
    add_person(new_clerk(), login="second", password="a password of the tests", role="counsel")
    assert User.objects.get(username="second").has_perm("indicators.add_legalhold")
