"""The end of a shift: what is held goes back, a word is left, and it is gone once read."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import DatabaseError, connection, transaction

from indicators.members.people import ROLES
from indicators.models.audit import AuditEntry
from indicators.models.shift_note import ShiftNote
from indicators.models.submission import HeldObject
from indicators.pipeline import review
from tests.architecture.test_at_rest import private_rows
from tests.console.seat import Seat, said
from tests.forum import Forum, indicator, now
from tests.labs import acting_as
from tests.pipeline.governing import clerk
from tests.pipeline.reviewing import ROWAN, WREN, as_


QUEUE, HANDOVER = "/ops/review/", "/ops/review/handover/"
WORDS = "The two broad patterns wait for heronwatch."


def hold(forum: Forum, *names: str) -> list[HeldObject]:
    for name in names:
        forum.push("alder", indicator(f"[domain-name:value LIKE '%.{name}.example']"))
    return list(HeldObject.objects.order_by("held_at"))


def read(note: ShiftNote) -> str:
    return f"/ops/review/notes/{note.pk}/read/"


def test_all_goes_back_and_the_next_reads_the_note(forum: Forum, seat: Callable[..., Seat]) -> None:
    hold(forum, "a", "b", "c")
    rowan, wren = seat("reviewer", "rowan"), seat("reviewer", "wren")
    rowan.post("/ops/review/next/")
    rowan.post("/ops/review/next/")
    wren.post("/ops/review/next/")
    assert "2 given back" in said(rowan.post(HANDOVER, text=f" {WORDS} "))
    assert sorted(HeldObject.objects.values_list("claimed_by", flat=True)) == ["", "", "wren"]
    for _ in range(2):
        page = wren.text(QUEUE)
        assert WORDS in page
        assert "rowan, <time" in page
    wren.post(read(ShiftNote.objects.get()))
    assert WORDS not in wren.text(QUEUE)


def test_the_words_are_sealed_and_gone_once_read(forum: Forum, seat: Callable[..., Seat]) -> None:
    rowan, wren = seat("reviewer", "rowan"), seat("reviewer", "wren")
    rowan.post(HANDOVER, text=WORDS)
    found = " ".join(private_rows())
    assert "heronwatch" not in found
    assert b"heronwatch".hex() not in found
    wren.post(read(ShiftNote.objects.get()))
    assert ShiftNote.objects.filter(text_ct=None, read_by="wren").exists()


def test_each_step_is_journalled_without_the_words(forum: Forum, seat: Callable[..., Seat]) -> None:
    hold(forum, "a")
    rowan = seat("reviewer", "rowan")
    rowan.post("/ops/review/next/")
    rowan.post(HANDOVER, text=WORDS)
    rowan.post(read(ShiftNote.objects.get()))
    entries = AuditEntry.objects.filter(actor="rowan")
    assert set(entries.values_list("act", flat=True)) == {
        "held claimed", "held given back", "shift handed over", "shift note read",
    }  # fmt: skip
    assert "heronwatch" not in " ".join(entries.values_list("body", flat=True))


def test_a_note_is_read_once(forum: Forum, seat: Callable[..., Seat]) -> None:
    rowan = seat("reviewer", "rowan")
    rowan.post(HANDOVER, text=WORDS)
    note = ShiftNote.objects.get()
    rowan.post(read(note))
    assert "already" in said(rowan.post(read(note)))
    assert AuditEntry.objects.filter(act="shift note read").count() == 1


@pytest.mark.parametrize(("text", "why"), [("", "You hold nothing"), ("x" * 501, "at most")])
def test_what_is_refused_changes_nothing(text: str, why: str, seat: Callable[..., Seat]) -> None:
    assert why in said(seat("reviewer").post(HANDOVER, text=text))
    assert not ShiftNote.objects.exists()
    assert not AuditEntry.objects.filter(act="shift handed over").exists()


def test_without_a_word_there_is_no_note(forum: Forum, seat: Callable[..., Seat]) -> None:
    hold(forum, "a")
    rowan = seat("reviewer", "rowan")
    rowan.post("/ops/review/next/")
    assert "1 given back" in said(rowan.post(HANDOVER, text=" "))
    assert not ShiftNote.objects.exists()


def test_a_claim_that_ran_out_goes_back_too(forum: Forum, seat: Callable[..., Seat]) -> None:
    [item] = hold(forum, "a")
    rowan = seat("reviewer", "rowan")
    rowan.post("/ops/review/next/")
    HeldObject.objects.update(claimed_until=now() - timedelta(seconds=1))
    rowan.post(HANDOVER, text=WORDS)
    item.refresh_from_db()
    assert (item.claimed_by, item.claimed_until) == ("", None)


def test_who_holds_what_and_decided_how_many(forum: Forum, seat: Callable[..., Seat]) -> None:
    first, second, third = hold(forum, "a", "b", "c")
    review.claim(first.pk, **as_(ROWAN))
    review.claim(second.pk, **as_(ROWAN))
    review.reject(third.pk, code="PRICE", **as_(WREN))
    rowan, wren = review.load(now=now())
    assert (rowan.login, rowan.holds, rowan.decided) == ("rowan", 2, 0)
    assert rowan.since
    assert timedelta() <= now() - rowan.since < timedelta(minutes=1)
    assert wren == ("wren", 0, None, 1)
    later = now() + timedelta(days=1)
    assert review.load(now=later) == []
    page = seat("reviewer").text(QUEUE)
    assert "Who is at it" in page
    assert "rowan" in page


@pytest.mark.parametrize("role", ROLES)
def test_who_sees_the_note_and_who_hands_over(role: str, seat: Callable[..., Seat]) -> None:
    seat("reviewer", "rowan").post(HANDOVER, text=WORDS)
    here = seat(role)
    page = here.get(QUEUE)
    sees = page.status_code == 200 and WORDS in page.content.decode()
    assert sees is (role in {"analyst", "reviewer"})
    note = ShiftNote.objects.get()
    may = role == "reviewer"
    assert (here.post(read(note)).status_code == 200) is may
    assert (here.post(HANDOVER, text="x").status_code == 200) is may


@pytest.mark.django_db
def test_the_web_reaches_notes_on_staff_screens_alone() -> None:
    review.hand_over(clerk("rowan"), text=WORDS)
    with acting_as("forum_web"):
        assert not ShiftNote.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute('UPDATE private.shift_note SET "by" = %s', ["wren"])
