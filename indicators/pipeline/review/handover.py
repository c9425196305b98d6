"""The end of a shift: all that somebody holds goes back, with a word for whoever comes next.

The word is sealed, is shown with the queue until somebody has read it, and is gone then. The
journal has none of it.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from indicators import keyring
from indicators.audit.journal import record
from indicators.members.registry import Clerk
from indicators.models.shift_note import ShiftNote
from indicators.models.submission import HeldObject
from indicators.pipeline.review.item import ReviewError, act


LONGEST = 500
"""Characters of a note."""
MOST = 20
"""Notes that are shown at a time, the oldest first."""


@dataclass(frozen=True, slots=True)
class Note:
    """A note that nobody has read yet, opened."""

    id: uuid.UUID
    text: str
    by: str
    at: datetime


@transaction.atomic
def hand_over(clerk: Clerk, *, text: str) -> int:
    """Give back all that one holds, and leave a note if there are words; returns how many items.

    Raises:
        ReviewError: the note is too long, or there is neither a note nor an item.
    """
    said = text.strip()
    if len(said) > LONGEST:
        raise ReviewError(f"A note has {LONGEST} characters at most; this one has {len(said)}.")
    given_back = _give_back_all(clerk)
    if not (given_back or said):
        raise ReviewError("You hold nothing. Write a note, or leave the queue as it is.")
    if said:
        _leave(clerk, said)
    clerk.note("shift handed over", "review", given_back=given_back, note=bool(said))
    return given_back


def unread() -> Sequence[Note]:
    """The notes that nobody has read yet, the oldest first."""
    found = ShiftNote.objects.filter(read_at=None).order_by("at", "id")[:MOST]
    return [Note(each.id, _text(each), each.by, each.at) for each in found]


@transaction.atomic
def mark_read(clerk: Clerk, note_id: uuid.UUID) -> None:
    """Whoever takes over has read it: it is shown no more, and its words are gone.

    Raises:
        ReviewError: somebody has read it already, or there is none.
    """
    found = ShiftNote.objects.select_for_update().filter(pk=note_id, read_at=None).first()
    if found is None:
        raise ReviewError("Somebody has marked this note as read already.")
    found.text_ct, found.read_by, found.read_at = None, clerk.by, clerk.now
    found.save(update_fields=["text_ct", "read_by", "read_at"])
    clerk.note("shift note read", f"shift-note/{found.id}", by=found.by)


def _give_back_all(clerk: Clerk) -> int:
    own = HeldObject.objects.filter(state=HeldObject.State.OPEN, claimed_by=clerk.by)
    mine = list(own.select_for_update().order_by("id"))
    HeldObject.objects.filter(pk__in=[each.pk for each in mine]).update(
        claimed_by="", claimed_until=None
    )
    acts = [act(each, "held given back", clerk.by) for each in mine]
    record(acts, policy=clerk.policy, now=clerk.now)
    return len(mine)


def _leave(clerk: Clerk, said: str) -> None:
    made = uuid.uuid4()
    sealed = keyring.seal("shift-note", said.encode(), place=made.bytes)
    ShiftNote.objects.create(id=made, text_ct=sealed, by=clerk.by, at=clerk.now)


def _text(note: ShiftNote) -> str:
    assert note.text_ct is not None
    return keyring.unseal("shift-note", bytes(note.text_ct), place=note.id.bytes).decode()
