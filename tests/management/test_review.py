"""Held items and reveals at the command line."""

from __future__ import annotations

from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from indicators.domain.disclosure import current_policy
from indicators.members.people import add_person
from indicators.members.registry import Clerk
from indicators.models.audit import AuditEntry
from indicators.models.reveal import Reveal
from indicators.models.submission import HeldObject
from tests.forum import Forum, now
from tests.pipeline.reviewing import entity, text


@pytest.fixture
def forum(db: None) -> Forum:
    clerk = Clerk(by="test", policy=current_policy(), now=now())
    for login, role in (
        ("rowan", "reviewer"),
        ("wren", "reviewer"),
        ("heron", "counsel"),
        ("finch", "analyst"),
    ):
        add_person(clerk, login=login, password="a password of the tests", role=role)
    return Forum.make()


def run(*words: object) -> str:
    out = StringIO()
    call_command(*map(str, words), stdout=out, stderr=StringIO())
    return out.getvalue()


def state() -> str:
    return HeldObject.objects.get().state


def test_the_list_tells_the_counts_and_each_item(forum: Forum) -> None:
    item = text(forum)
    run("review", "claim", item.id, "--by", "rowan")
    said = run("review", "list")
    assert "1 undecided" in said
    for word in (str(item.id), "rank", "left", "FREE_TEXT", "types.indicator", "rowan"):
        assert word in said
    assert str(item.id) not in run("review", "list", "--reason", "ATTRIBUTION")
    assert str(item.id) not in run("review", "list", "--line", "counsel")


def test_one_item_is_shown_with_its_content(forum: Forum) -> None:
    said = run("review", "show", text(forum).id)
    assert "Our night shift saw it." in said
    assert "Open." in said


def test_feedback_is_shown_to_nobody(forum: Forum) -> None:
    item = text(forum)
    HeldObject.objects.update(reasons=["FEEDBACK"])
    assert "night shift" not in run("review", "show", item.id)


def test_a_release_is_made_in_a_persons_name_and_says_where_it_was_made(forum: Forum) -> None:
    item = text(forum)
    assert "Released" in run("review", "release", item.id, "--by", "rowan")
    assert AuditEntry.objects.get(act="held released").actor == "rowan"
    entry = AuditEntry.objects.get(act="acted by command line")
    assert (entry.actor, entry.subject) == ("command line", f"held/{item.id}")
    assert '"login":"rowan"' in entry.body


def test_a_refused_step_leaves_no_entry(forum: Forum) -> None:
    item = text(forum)
    run("review", "release", item.id, "--by", "rowan")
    with pytest.raises(CommandError, match="decided already"):
        run("review", "reject", item.id, "PRICE", "--by", "wren")
    assert AuditEntry.objects.filter(act="acted by command line").count() == 1


def test_personal_data_is_accounted_for_by_options(forum: Forum) -> None:
    item = text(forum)
    HeldObject.objects.update(rule_ids=["personal.e-mail", "personal.iban"])
    with pytest.raises(CommandError, match="an e-mail address"):
        run("review", "release", item.id, "--by", "rowan")
    run("review", "release", item.id, "--by", "rowan",
        "--directly-related", "personal.e-mail", "--no-personal-data")  # fmt: skip
    body = AuditEntry.objects.get(act="held released").body
    assert '"by":"personal.e-mail","decision":"directly related"' in body
    assert '"by":"personal.iban","decision":"no personal data"' in body


def test_a_text_of_the_forums_is_chosen_with_its_words(forum: Forum) -> None:
    item = text(forum)
    with pytest.raises(CommandError, match="needs access"):
        run("review", "release-with-template", item.id, "access", "--by", "rowan")
    run("review", "release-with-template", item.id, "access", "--by", "rowan",
        "--set", "access=bought-accounts")  # fmt: skip
    assert state() == "released"


def test_two_people_release_a_name(forum: Forum) -> None:
    item = entity(forum)
    assert "second person" in run("review", "release", item.id, "--by", "rowan")
    with pytest.raises(CommandError, match="different person"):
        run("review", "confirm", item.id, "--by", "rowan")
    assert "needs a second person" in run("review", "show", item.id)
    run("review", "confirm", item.id, "--by", "wren")
    assert state() == "released"


def test_the_next_item_is_claimed_and_given_back(forum: Forum) -> None:
    assert "Nothing is free" in run("review", "claim", "--by", "rowan")
    item = text(forum)
    said = run("review", "claim", "--by", "rowan")
    assert str(item.id) in said
    assert "Yours until" in said
    with pytest.raises(CommandError, match="Name the item"):
        run("review", "claim", "--give-back", "--by", "rowan")
    run("review", "claim", item.id, "--give-back", "--by", "rowan")
    assert HeldObject.objects.get().claimed_by == ""


def test_what_is_with_counsel_counsel_decides(forum: Forum) -> None:
    item = text(forum)
    with pytest.raises(CommandError, match="heron may not do this"):
        run("review", "reject", item.id, "PRICE", "--by", "heron")
    run("review", "escalate", item.id, "counsel", "--why", "Libel?", "--by", "rowan")
    assert "Libel?" in run("review", "show", item.id)
    with pytest.raises(CommandError, match="wren may not do this"):
        run("review", "reject", item.id, "PRICE", "--by", "wren")
    run("review", "reject", item.id, "PRICE", "--by", "heron")
    assert state() == "rejected"


def test_a_decision_is_undone_in_time(forum: Forum, settings: Any) -> None:
    settings.REVIEW_UNDO_SECONDS = 30
    item = text(forum)
    assert "can be undone" in run("review", "reject", item.id, "PRICE", "--by", "rowan")
    assert "Open." in run("review", "undo", item.id, "--by", "wren")


def test_draining_lets_decisions_take_effect_whose_time_has_come(
    forum: Forum, settings: Any
) -> None:
    settings.REVIEW_UNDO_SECONDS = 30
    item = text(forum)
    run("review", "reject", item.id, "PRICE", "--by", "rowan")
    run("drain", "--once")
    assert state() == "decided"
    HeldObject.objects.update(undo_until=now() - timedelta(seconds=1))
    run("drain", "--once")
    assert state() == "rejected"


@pytest.mark.parametrize("login", ["nobody", "finch"])
def test_only_a_reviewer_decides(forum: Forum, login: str) -> None:
    with pytest.raises(CommandError, match=login):
        run("review", "release", text(forum).id, "--by", login)
    assert state() == "open"


def test_a_reveal_goes_from_hand_to_hand(forum: Forum) -> None:
    text(forum)
    stix_id = forum.feed()[0]["id"]
    assert run("reveal", "list").strip() == "None."
    with pytest.raises(CommandError, match="heron may not"):
        ask(stix_id, "heron")
    ask(stix_id, "finch")
    asked = Reveal.objects.get().id
    with pytest.raises(CommandError, match="finch may not"):
        run("reveal", "approve", asked, "--by", "finch")
    assert "finch may open it once" in run("reveal", "approve", asked, "--by", "heron")
    assert "approved" in run("reveal", "list")
    assert "alder (Alder)  active, leads" in run("reveal", "open", asked, "--by", "finch")
    with pytest.raises(CommandError, match="opened before"):
        run("reveal", "open", asked, "--by", "finch")


def test_a_reveal_can_be_refused(forum: Forum) -> None:
    text(forum)
    ask(forum.feed()[0]["id"], "finch")
    run("reveal", "refuse", Reveal.objects.get().id, "--by", "heron")
    with pytest.raises(CommandError, match="refused"):
        run("reveal", "open", Reveal.objects.get().id, "--by", "finch")


def ask(stix_id: str, login: str) -> str:
    return run("reveal", "request", "distillation", stix_id, "--by", login,
               "--reason", "abuse", "--text", "Three false reports.")  # fmt: skip
