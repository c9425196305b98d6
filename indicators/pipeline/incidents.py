"""Incidents of the hub itself: what went wrong, what was found, decided and told, and by when.

From the moment it was noticed a clock of 72 hours runs (GDPR Art. 33) until it is written down that
the authority was told, or until counsel decides that no notice is due. The timeline is only added
to; its words are sealed, and the journal has none of them.
Refuses: to close an incident whose clock still runs, and to add to a closed one.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from indicators import keyring
from indicators.members.registry import Clerk
from indicators.models.incident import Incident, IncidentEntry


Kind, Notice = IncidentEntry.Kind, Incident.Notice
WITHIN = timedelta(hours=72)


class IncidentError(ValueError):
    """A step that cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """An entry of the timeline, opened."""

    kind: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """The 72 hours of one incident, as they stand now or stood when they were settled."""

    due: datetime
    left: timedelta
    """Until it is due; below nothing if that is over."""
    runs: bool

    @property
    def is_over(self) -> bool:
        return self.left < timedelta()

    @property
    def amount(self) -> timedelta:
        return abs(self.left)


def clock_of(incident: Incident, *, now: datetime) -> Clock:
    """How much of the time is left, or was when somebody settled it."""
    due = incident.noticed_at + WITHIN
    return Clock(due, due - (incident.notice_at or now), incident.notice_at is None)


def running(*, now: datetime) -> list[tuple[Incident, Clock]]:
    """Incidents whose clock runs, the first to be due first."""
    found = Incident.objects.filter(notice=Notice.OPEN).order_by("noticed_at")
    return [(each, clock_of(each, now=now)) for each in found]


@transaction.atomic
def open_incident(
    clerk: Clerk, *, reference: str, kind: str, noticed_at: datetime, text: str
) -> Incident:
    """Open one, with what is known of it as its first finding.

    Raises:
        IncidentError: an unknown kind, a reference that is taken, a time to come, or no words.
    """
    if kind not in Incident.Kind.values:
        raise IncidentError(f"There is no kind {kind!r}, only: {', '.join(Incident.Kind.values)}.")
    if not reference.strip() or Incident.objects.filter(reference=reference.strip()).exists():
        raise IncidentError("Give a reference that no other incident has.")
    if noticed_at > clerk.now:
        raise IncidentError("When it was noticed is not to come.")
    made = Incident.objects.create(
        reference=reference.strip(), kind=kind, noticed_at=noticed_at,
        opened_by=clerk.by, opened_at=clerk.now,
    )  # fmt: skip
    clerk.note("incident opened", f"incident/{made.id}", kind=kind)
    _add(clerk, made, Kind.FINDING, text)
    return made


@transaction.atomic
def add(clerk: Clerk, incident_id: uuid.UUID, *, kind: str, text: str) -> None:
    """Add what was found or decided, or whom one told of it, to the timeline.

    Raises:
        IncidentError: it is closed, the kind is unknown, or there are no words.
    """
    if kind not in Kind.values:
        raise IncidentError(f"There is no entry {kind!r}, only: {', '.join(Kind.values)}.")
    _add(clerk, _lock_open(incident_id), kind, text)


@transaction.atomic
def give_notice(clerk: Clerk, incident_id: uuid.UUID, *, at: datetime, text: str) -> None:
    """Write down that the authority has been told, and when; this stops the clock.

    Raises:
        IncidentError: it is closed, was told before, or the time is not between then and now.
    """
    found = _lock_open(incident_id)
    if found.notice == Notice.GIVEN:
        raise IncidentError("The notice is recorded already; add an entry for another one.")
    if not found.noticed_at <= at <= clerk.now:
        raise IncidentError("The notice went out after it was noticed, and not later than now.")
    _settle(clerk, found, Notice.GIVEN, at=at)
    in_time = not clock_of(found, now=clerk.now).is_over
    clerk.note("incident notice given", f"incident/{found.id}", in_time=in_time)
    _add(clerk, found, Kind.NOTICE, text)


@transaction.atomic
def owe_none(clerk: Clerk, incident_id: uuid.UUID, *, why: str) -> None:
    """Counsel's decision that no notice is due; this stops the clock, a notice may still follow.

    Raises:
        IncidentError: it is closed, settled already, or nothing says why.
    """
    found = _lock_open(incident_id)
    if found.notice != Notice.OPEN:
        raise IncidentError("Whether a notice is due is settled already.")
    _settle(clerk, found, Notice.NOT_DUE, at=clerk.now)
    clerk.note("incident notice not due", f"incident/{found.id}")
    _add(clerk, found, Kind.DECISION, why)


@transaction.atomic
def close(clerk: Clerk, incident_id: uuid.UUID, *, why: str) -> None:
    """Close it, with a last decision.

    Raises:
        IncidentError: it is closed, its clock still runs, or nothing says why.
    """
    found = _lock_open(incident_id)
    if found.notice == Notice.OPEN:
        raise IncidentError("Its clock still runs: record the notice, or that none is due.")
    _add(clerk, found, Kind.DECISION, why)
    found.closed_by, found.closed_at = clerk.by, clerk.now
    found.save(update_fields=["closed_by", "closed_at"])
    clerk.note("incident closed", f"incident/{found.id}")


def timeline(incident: Incident) -> Sequence[Line]:
    """What is written down of it, the first first."""
    found = IncidentEntry.objects.filter(incident=incident).order_by("at", "id")
    return [Line(each.get_kind_display(), _text(each), each.by, each.at) for each in found]


def _add(clerk: Clerk, incident: Incident, kind: str, text: str) -> None:
    if not text.strip():
        raise IncidentError("Say it in words: the timeline is what is left of it later.")
    made = uuid.uuid4()
    IncidentEntry.objects.create(
        id=made, incident=incident, kind=kind, by=clerk.by, at=clerk.now,
        text_ct=keyring.seal("incident", text.strip().encode(), place=made.bytes),
    )  # fmt: skip
    clerk.note("incident entry added", f"incident/{incident.id}", kind=kind)


def _settle(clerk: Clerk, incident: Incident, notice: str, *, at: datetime) -> None:
    incident.notice, incident.notice_at, incident.notice_by = notice, at, clerk.by
    incident.save(update_fields=["notice", "notice_at", "notice_by"])


def _text(entry: IncidentEntry) -> str:
    return keyring.unseal("incident", bytes(entry.text_ct), place=entry.id.bytes).decode()


def _lock_open(incident_id: uuid.UUID) -> Incident:
    found = Incident.objects.select_for_update().filter(pk=incident_id).first()
    if found is None or found.closed_at:
        raise IncidentError("There is no such incident that is open.")
    return found
