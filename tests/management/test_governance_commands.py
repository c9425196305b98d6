"""The commands of governance: a person of the staff, the right of their role, and what is said."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from indicators.management import policy_page
from indicators.members.people import add_person
from indicators.models.appeal import Appeal
from indicators.models.audit import AuditEntry
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_hold import LegalHold
from indicators.models.pause import Pause


if TYPE_CHECKING:
    from tests.forum import Forum


@pytest.fixture
def forum(db: None, settings: Any) -> Forum:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a fast one
    from tests.forum import Forum  # noqa: PLC0415  models need Django's settings, made by then
    from tests.pipeline.governing import clerk  # noqa: PLC0415  as above

    for role in ("counsel", "operator", "analyst"):
        add_person(clerk(), login=role, password="a password of the tests", role=role)
    return Forum.make()


def said(command: str, *words: str) -> str:
    out = io.StringIO()
    call_command(command, *words, stdout=out)
    return out.getvalue()


def test_a_pause_is_set_by_somebody_for_a_reason_and_lifted(forum: Forum) -> None:
    by = ["--by", "counsel", "--reason", "counsel looks at transfers"]
    with pytest.raises(CommandError, match="no member of the staff"):
        said("pause", "personal_tokens", "--reason", "x")
    with pytest.raises(CommandError, match="may not do this"):
        said("pause", "personal_tokens", "--by", "analyst", "--reason", "x")
    assert "what comes in now waits" in said("pause", "personal_tokens", *by)
    assert "personal_tokens: counsel looks at transfers" in said("pause")
    with pytest.raises(CommandError, match="already"):
        said("pause", "personal_tokens", *by)
    assert "0 objects" in said("pause", "personal_tokens", "--lift", *by)
    assert "personal_tokens: not paused" in said("pause")
    assert Pause.objects.get().lifted_by == "counsel"
    assert AuditEntry.objects.filter(act="acted by command line").count() == 2


def test_a_hold_is_asked_for_approved_listed_renewed_and_released(forum: Forum) -> None:
    assert "None." in said("legal_hold", "list")
    asked = ["request", "--matter", "2026-17", "--by", "counsel"]
    with pytest.raises(CommandError, match="Give a scope"):
        said("legal_hold", *asked)
    with pytest.raises(CommandError, match="no submission"):
        said("legal_hold", *asked, "--submission", "0" * 32)
    said("legal_hold", *asked, "--member", "alder", "--from", "2026-01-01", "--days", "30")
    hold = LegalHold.objects.get()
    with pytest.raises(CommandError, match="may not do this"):
        said("legal_hold", "approve", str(hold.pk), "--by", "counsel")
    assert "in force until" in said("legal_hold", "approve", str(hold.pk)[:8], "--by", "operator")
    listed = said("legal_hold", "list")
    assert "in force  2026-17  member alder, from 2026-01-01 00:00" in listed
    said("legal_hold", *asked, "--renew", str(hold.pk), "--days", "60")
    renewed = LegalHold.objects.get(renews=hold)
    assert (renewed.member, renewed.received_from) == (hold.member, hold.received_from)
    assert "is released" in said("legal_hold", "release", str(hold.pk), "--by", "counsel")
    with pytest.raises(CommandError, match="may not do this"):
        said("legal_hold", "release", str(renewed.pk), "--by", "analyst")


def test_an_appeal_is_opened_and_closed_and_shown_at_once(forum: Forum) -> None:
    from tests.forum import indicator  # noqa: PLC0415  as above

    forum.push("alder", indicator("[domain-name:value = 'a.example']"))
    object_ = forum.feed()[0]["id"]
    assert "None." in said("appeal", "list")
    asked = ["--ground", "stale", "--reference", "A-1", "--by", "counsel"]
    with pytest.raises(CommandError, match="Nothing stands"):
        said("appeal", "open", "distillation", "indicator--0", *asked)
    said("appeal", "open", "distillation", object_, *asked)
    assert forum.feed()[0]["labels"] == ["under-dispute"]
    appeal = Appeal.objects.get()
    assert f"open  stale  distillation/{object_}" in said("appeal", "list")
    closing = ["close", str(appeal.pk)[:8], "--outcome", "see the file", "--by"]
    with pytest.raises(CommandError, match="may not do this"):
        said("appeal", *closing, "analyst", "--upheld")
    assert "Upheld" in said("appeal", *closing, "counsel", "--upheld")
    assert forum.feed()[0]["revoked"] is True


def test_a_persons_value_is_found_and_erased_and_can_stay_unseen(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.pipeline.governing import MAIL, about_mail  # noqa: PLC0415  as above

    forum.push("alder", about_mail())
    given = ["--kind", "email-addr", "--reference", "S-1", "--by", "counsel"]
    assert "1 objects speak of it." in said("subject_request", "--value", MAIL, *given)
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{MAIL}\n"))
    told = said("subject_request", "--value", "-", "--erase", *given)
    assert "they are withdrawn" in told
    assert "distillation-tokens/indicator--" in told
    assert MAIL not in told
    assert "0 objects speak of it" in said("subject_request", "--value", MAIL, "--dispute", *given)
    with pytest.raises(CommandError, match="in any accepted spelling"):
        said("subject_request", "--value", "nothing", *given)


def test_requests_of_authorities_are_registered_and_counted(forum: Forum) -> None:
    asked = [
        "add", "--received-on", "2026-11-02", "--authority", "court", "--instrument",
        "court-order", "--reference", "G-1", "--by", "counsel", "--jurisdiction",
    ]  # fmt: skip
    with pytest.raises(CommandError, match="no country"):
        said("government_request", *asked, "us")
    said("government_request", *asked, "US")
    request = GovernmentRequest.objects.get()
    assert "court  court-order  pending" in said("government_request", "list")
    said("government_request", "answer", str(request.pk), "refused", "--by", "counsel")
    assert "received: 1\npending: 0\nrefused: 1" in said("government_request", "count", "2026")


def test_the_night_can_be_run_by_hand(forum: Forum) -> None:
    assert "bodies_purged: 0" in said("nightly")


def test_a_night_that_failed_says_where_to_look(
    forum: Forum, monkeypatch: pytest.MonkeyPatch
) -> None:
    from indicators.pipeline import nightly  # noqa: PLC0415  as above

    monkeypatch.setattr(nightly, "STEPS", {"broken": lambda *_: 1 // 0})
    with pytest.raises(CommandError, match=r"broken \([0-9a-f-]{36}\)"):
        said("nightly")


def test_a_look_back_can_be_tried_first(forum: Forum) -> None:
    assert "(nothing was changed)" in said("rescreen", "--dry-run")
    assert "of 0 published ones" in said("rescreen")


def test_the_page_of_the_policy_is_written_and_checked(tmp_path: Path, settings: Any) -> None:
    settings.BASE_DIR = tmp_path
    (tmp_path / "docs").mkdir()
    with pytest.raises(CommandError, match="policy_docs"):
        said("policy_docs", "--check")
    said("policy_docs")
    said("policy_docs", "--check")
    assert (tmp_path / "docs/policy.md").read_text() == policy_page.render()


@pytest.mark.django_db
def test_a_login_that_has_left_decides_nothing(forum: Forum) -> None:
    User.objects.filter(username="counsel").update(is_active=False)
    with pytest.raises(CommandError, match="no member of the staff"):
        said("pause", "personal_tokens", "--reason", "x", "--by", "counsel")
