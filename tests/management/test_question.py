"""The command that passes questions and answers on, and the screen that does the same."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from indicators.intake import questions
from indicators.members.people import add_person
from indicators.models.audit import AuditEntry
from indicators.models.question import Question
from tests.admin.desk import Desk, new_clerk
from tests.forum import Forum, now
from tests.pipeline.saying import published


@pytest.fixture
def asked(db: None) -> Question:
    forum = Forum.make()
    return questions.ask(
        forum.principals["alder"].member_id,
        forum.collections["distillation"],
        published(forum),
        "Write to robin@kestrelmail.example?",
        now=now(),
    )


def said(*words: str) -> str:
    out = StringIO()
    call_command("question", *words, stdout=out)
    return out.getvalue()


def staff(role: str) -> str:
    add_person(new_clerk(), login=role, password="a password of the tests", role=role)
    return role


def test_it_is_listed_read_and_passed_on(asked: Question) -> None:
    short = str(asked.id)[:8]
    assert f"{asked.id}  open  question  distillation/{asked.stix_id}" in said("list")
    shown = said("show", short, "--by", staff("reviewer"))
    assert "Write to robin" in shown
    assert "personal.e-mail" in shown
    assert "Passed on." in said("pass", short, "--by", "reviewer")
    assert said("list").strip() == "None."
    entry = AuditEntry.objects.get(act="question passed")
    assert entry.actor == "reviewer"
    assert AuditEntry.objects.filter(act="acted by command line").exists()


def test_it_is_declined_with_a_reason(asked: Question) -> None:
    words = ["decline", str(asked.id), "--by", staff("reviewer"), "--why", "It names a person."]
    assert "Declined." in said(*words)
    with pytest.raises(CommandError, match="open"):
        said(*words)


def test_only_a_reviewer_does(asked: Question) -> None:
    for role in ("analyst", "operator"):
        with pytest.raises(CommandError, match="change_question"):
            said("pass", str(asked.id), "--by", staff(role))


def test_the_screen_shows_words_and_no_author_and_decides(asked: Question) -> None:
    desk = Desk.of("reviewer")
    page = desk.text("indicators/question/")
    assert "Write to robin" in page
    assert "alder" not in page.lower()
    assert "personal.e-mail" in desk.text(f"indicators/question/{asked.id}/change/")
    chosen = {"action": "decline", "_selected_action": str(asked.id)}
    desk.post("indicators/question/", **chosen)
    asked.refresh_from_db()
    assert asked.state == "open", "without a reason"
    desk.post("indicators/question/", **chosen, why="It names a person.")
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by) == ("declined", "reviewer")
