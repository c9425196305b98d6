"""A version of the policy is approved by two people, before its release or after; a record only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import ProgrammingError, transaction

from indicators.domain.disclosure import current_policy
from indicators.models.audit import AuditEntry
from indicators.models.policy_approval import PolicyApproval
from indicators.models.rescreen import PolicyText
from indicators.pipeline.policy_approvals import digest_of
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator, now
from tests.labs import acting_as
from tests.pipeline.reviewing import PATTERN


LIST = "/ops/policies/"
ACTIVE = current_policy()
IN_FORCE = f"{LIST}{digest_of(ACTIVE.text)}/"
COMING = ACTIVE.text.replace(ACTIVE.version, "2030-01-01.1") + "# One line more.\n"
WARNING = "is not approved by two people"


def announce(seat: Seat, text: str | bytes) -> Any:
    body = text if isinstance(text, bytes) else text.encode()
    return seat.post(f"{LIST}announce/", text=SimpleUploadedFile("disclosure.toml", body))


def test_two_people_approve_what_is_in_force_and_today_is_quiet(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    counsel, operator = seat("counsel"), seat("operator")
    assert WARNING in operator.text("/ops/")
    assert IN_FORCE in operator.text(LIST)
    assert "Recorded in your name" in said(counsel.post(IN_FORCE, approve="1"))
    assert WARNING in operator.text("/ops/")
    assert "You have approved it already" in said(counsel.post(IN_FORCE, approve="1"))
    assert "Recorded in your name" in said(operator.post(IN_FORCE, approve="1"))
    assert WARNING not in operator.text("/ops/")
    row = PolicyApproval.objects.get()
    assert (row.first_by, row.second_by) == ("counsel", "operator")
    assert "Two people have approved" in said(seat("operator", "wren").post(IN_FORCE, approve="1"))
    acts = AuditEntry.objects.filter(act="policy approved", subject=f"policy/{row.sha256}")
    assert sorted(acts.values_list("actor", flat=True)) == ["counsel", "operator"]


def test_one_person_is_one_in_whatever_case(forum: Forum, seat: Callable[..., Seat]) -> None:
    counsel = seat("counsel")
    counsel.post(IN_FORCE, approve="1")
    PolicyApproval.objects.update(first_by="Counsel")
    assert "different person" in said(counsel.post(IN_FORCE, approve="1"))
    assert 'name="approve"' not in counsel.text(IN_FORCE)


def test_a_text_is_approved_before_its_release_beside_what_it_changes(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    counsel, operator = seat("counsel"), seat("operator")
    page = said(announce(operator, COMING))
    assert "announced" in page
    assert "<ins>+# One line more.</ins>" in page
    assert f"<del>-version = &quot;{ACTIVE.version}&quot;</del>" in page
    assert announce(counsel, COMING).status_code == 200, "it is known by then"
    here = f"{LIST}{digest_of(COMING)}/"
    for each in (counsel, operator):
        each.post(here, approve="1")
    assert PolicyApproval.objects.get().is_approved
    assert "2030-01-01.1" in counsel.text(LIST)
    assert WARNING in counsel.text("/ops/"), "another text is in force"


def test_a_release_with_another_text_under_the_version_is_not_approved(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    counsel, operator = seat("counsel"), seat("operator")
    for each in (counsel, operator):
        each.post(IN_FORCE, approve="1")
    meant = ACTIVE.text + "# meant\n"
    PolicyApproval.objects.update(sha256=digest_of(meant), text=meant)
    assert WARNING in counsel.text("/ops/")
    assert "not approved" in counsel.text(IN_FORCE)


def test_the_hub_asks_this_record_for_nothing(forum: Forum) -> None:
    forum.push("alder", indicator(PATTERN))
    assert len(forum.feed()) == 1
    assert not PolicyApproval.objects.exists()
    denied = pytest.raises(ProgrammingError, match="permission denied")
    with acting_as("forum_worker"), denied, transaction.atomic():
        PolicyApproval.objects.exists()


def test_what_ran_before_is_compared_with_what_ran_before_it(
    forum: Forum, seat: Callable[..., Seat]
) -> None:
    older = ACTIVE.text.replace(ACTIVE.version, "2020-01-01.1")
    PolicyText.objects.create(version="2020-01-01.1", text=older, since="2020-01-01T00:00:00Z")
    auditor = seat("auditor")
    assert "was in force" in auditor.text(f"{LIST}{digest_of(older)}/")
    assert "The whole text" in auditor.text(f"{LIST}{digest_of(older)}/")
    assert "What changes from 2020-01-01.1" in auditor.text(IN_FORCE)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("version = 1", "That is no policy"),
        ("]", "That is no policy"),
        (b"\xff\xfe", "no text in UTF-8"),
        ("x" * (1024 * 1024 + 1), "more than a mebibyte"),
        (ACTIVE.text, "approve it there"),
        (ACTIVE.text + "# more\n", "has run with another text"),
        (ACTIVE.text.replace(ACTIVE.version, "9" * 41), "40 characters at most"),
    ],
)
def test_what_cannot_be_announced_is_said(
    forum: Forum, seat: Callable[..., Seat], text: str | bytes, why: str
) -> None:
    PolicyText.objects.get_or_create(
        version=ACTIVE.version, defaults={"text": ACTIVE.text, "since": now()}
    )
    assert why in said(announce(seat("counsel"), text))
    assert not PolicyApproval.objects.exists()


def test_all_staff_read_and_two_roles_approve(forum: Forum, seat: Callable[..., Seat]) -> None:
    for role in ("analyst", "reviewer", "auditor"):
        there = seat(role)
        assert 'name="approve"' not in there.text(IN_FORCE)
        assert there.post(IN_FORCE, approve="1").status_code == 403
        assert announce(there, COMING).status_code == 403
    assert seat("alder").get(IN_FORCE).status_code == 403
    assert seat("counsel").get(f"{LIST}{'0' * 64}/").status_code == 404
