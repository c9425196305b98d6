"""Bulletins: what the Forum tells all members. One person writes, another reads it and publishes.

The words are the Forum's own, and no member may be found out by them: a text that names one, or
has a secret in it, is neither kept nor published. What else the screens see is shown to whoever
decides. Nothing is changed afterwards: a wrong text is refused or withdrawn, and written anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.db import transaction

from indicators.domain.screens.detectors import blocked, findings
from indicators.domain.screens.naming import named_in
from indicators.members.names import known_names
from indicators.members.registry import Clerk
from indicators.models.bulletin import Bulletin
from indicators.models.two_people import same_person


State = Bulletin.State


class BulletinError(ValueError):
    """A bulletin that cannot be written, decided or withdrawn; the message says why."""


@transaction.atomic
def write(clerk: Clerk, *, title: str, text: str) -> Bulletin:
    """Write one; it waits for a second person.

    Raises:
        BulletinError: a part is missing, a member is named in it, or a secret stands in it.
    """
    if not title.strip() or not text.strip():
        raise BulletinError("Give a title and a text.")
    _check(title, text)
    made = Bulletin.objects.create(
        title=title.strip(), text=text.strip(), written_by=clerk.by, written_at=clerk.now
    )
    clerk.note("bulletin written", f"bulletin/{made.id}")
    return made


@transaction.atomic
def publish(clerk: Clerk, bulletin_id: uuid.UUID) -> None:
    """Show another person's bulletin to all active members.

    Raises:
        BulletinError: it is one's own or no draft, or it names a member by now.
    """
    found = _lock_anothers(clerk, bulletin_id)
    _check(found.title, found.text)
    _decide(clerk, found, State.PUBLISHED, why="")


@transaction.atomic
def refuse(clerk: Clerk, bulletin_id: uuid.UUID, *, why: str) -> None:
    """Let another person's bulletin go no further.

    Raises:
        BulletinError: it is one's own or no draft, or nothing says why.
    """
    _decide(clerk, _lock_anothers(clerk, bulletin_id), State.REFUSED, why=_said(why))


@transaction.atomic
def withdraw(clerk: Clerk, bulletin_id: uuid.UUID, *, why: str) -> None:
    """Take a published one out of the members' sight.

    Raises:
        BulletinError: it is not published, or nothing says why.
    """
    found = _lock(bulletin_id, State.PUBLISHED)
    found.state, found.withdrawn_by, found.why = State.WITHDRAWN, clerk.by, _said(why)
    found.save(update_fields=["state", "withdrawn_by", "why"])
    clerk.note("bulletin withdrawn", f"bulletin/{found.id}")


def seen_in(bulletin: Bulletin) -> Sequence[str]:
    """What the screens see in it, in words, the surest first: for whoever decides."""
    return list(dict.fromkeys(each.kind for each in findings(f"{bulletin.title}\n{bulletin.text}")))


def _check(title: str, text: str) -> None:
    whole = f"{title}\n{text}"
    if named := named_in(whole, known_names()):
        raise BulletinError(f"It names a member: {', '.join(named)}. Say it without.")
    if rule := blocked(whole):
        raise BulletinError(f"It has something in it that is not kept: {rule.kind}.")


def _decide(clerk: Clerk, found: Bulletin, state: str, *, why: str) -> None:
    found.state, found.decided_by, found.decided_at, found.why = state, clerk.by, clerk.now, why
    found.save(update_fields=["state", "decided_by", "decided_at", "why"])
    clerk.note(f"bulletin {state}", f"bulletin/{found.id}")


def _said(why: str) -> str:
    if not why.strip():
        raise BulletinError("Say why: it is recorded.")
    return why.strip()


def _lock_anothers(clerk: Clerk, bulletin_id: uuid.UUID) -> Bulletin:
    found = _lock(bulletin_id, State.DRAFT)
    if same_person(found.written_by, clerk.by):
        raise BulletinError("You wrote it yourself; a second, different person decides.")
    return found


def _lock(bulletin_id: uuid.UUID, state: str) -> Bulletin:
    found = Bulletin.objects.select_for_update().filter(pk=bulletin_id, state=state).first()
    if found is None:
        raise BulletinError(f"There is no such bulletin that is {state}.")
    return found
