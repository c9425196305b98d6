"""Legal hold: what was submitted within a scope is not purged, for a time, when two people say so.

A hold freezes what the private bank keeps: raw bodies, held content, ids and messages. It publishes
nothing and matches nothing: what is past its time is decided, and only lies there. What was
withdrawn from a feed stays withdrawn. A hold ends by itself; to renew it is to ask anew, and to
approve anew.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet

from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.legal_hold import LONGEST_HOLD, LegalHold
from indicators.models.member import Member
from indicators.models.submission import Submission
from indicators.models.two_people import same_person


NOT_HELD = """NOT EXISTS (
    SELECT FROM legal_hold h
    WHERE h.approved_at IS NOT NULL AND h.released_at IS NULL AND h.expires_at > %(now)s
      AND (h.submission_id IS NULL OR h.submission_id = s.id)
      AND (h.member_id IS NULL OR h.member_id = s.member_id)
      AND (h.collection_id IS NULL OR h.collection_id = s.collection_id)
      AND (h.received_from IS NULL OR s.received_at >= h.received_from)
      AND (h.received_until IS NULL OR s.received_at < h.received_until))"""
"""Of a `submission s`: no hold that is in force takes it in. Needs the parameter `now`."""


class LegalHoldError(ValueError):
    """A hold that cannot be asked for, approved or released; the message says why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a hold takes in: what meets all of the parts that are given."""

    member: Member | None = None
    collection: Collection | None = None
    submission: Submission | None = None
    received_from: datetime | None = None
    received_until: datetime | None = None

    @classmethod
    def of(cls, hold: LegalHold) -> Scope:
        return cls(
            hold.member, hold.collection, hold.submission, hold.received_from, hold.received_until
        )

    def __str__(self) -> str:
        parts = {
            "member": self.member and self.member.slug,
            "collection": self.collection and self.collection.alias,
            "submission": self.submission and self.submission.id,
            "from": self.received_from and f"{self.received_from:%Y-%m-%d %H:%M}",
            "until": self.received_until and f"{self.received_until:%Y-%m-%d %H:%M}",
        }
        return ", ".join(f"{name} {value}" for name, value in parts.items() if value)


@transaction.atomic
def request(
    clerk: Clerk,
    scope: Scope,
    *,
    matter: str,
    days: int = LONGEST_HOLD,
    renews: LegalHold | None = None,
) -> LegalHold:
    """Ask for a hold; it freezes nothing until somebody else approves it.

    Raises:
        LegalHoldError: no scope, no matter, or a time that is too long.
    """
    check_new(scope, matter=matter, days=days)
    made = LegalHold(
        matter=matter.strip(),
        member=scope.member,
        collection=scope.collection,
        submission=scope.submission,
        received_from=scope.received_from,
        received_until=scope.received_until,
        days=days,
        renews=renews,
        requested_by=clerk.by,
        requested_at=clerk.now,
    )
    try:
        made.full_clean()
    except ValidationError as error:
        raise LegalHoldError("; ".join(error.messages)) from error
    made.save(force_insert=True)
    _note(clerk, "legal hold requested", made, renews=str(renews.id) if renews else "")
    return made


@transaction.atomic
def approve(clerk: Clerk, hold_id: uuid.UUID) -> LegalHold:
    """Approve a hold that somebody else asked for; from now on it freezes.

    Raises:
        LegalHoldError: there is none, it is approved already, or the same person asked for it.
    """
    hold = _locked(hold_id)
    if hold.approved_at or hold.released_at:
        raise LegalHoldError(f"{hold} has been approved or released already.")
    if same_person(hold.requested_by, clerk.by):
        raise LegalHoldError("A hold needs two people: somebody else must approve it.")
    hold.approved_by, hold.approved_at = clerk.by, clerk.now
    hold.expires_at = clerk.now + timedelta(days=hold.days)
    hold.save(update_fields=["approved_by", "approved_at", "expires_at"])
    _note(clerk, "legal hold approved", hold, until=f"{hold.expires_at:%Y-%m-%d}")
    return hold


@transaction.atomic
def release(clerk: Clerk, hold_id: uuid.UUID) -> LegalHold:
    """End a hold, or take back the wish for one; what it froze goes with the next nightly job.

    Raises:
        LegalHoldError: there is none, or it has ended.
    """
    hold = _locked(hold_id)
    if not is_open(hold, now=clerk.now):
        raise LegalHoldError(f"{hold} has ended already.")
    hold.released_by, hold.released_at = clerk.by, clerk.now
    hold.save(update_fields=["released_by", "released_at"])
    _note(clerk, "legal hold released", hold)
    return hold


def find(hold_id: str) -> LegalHold:
    """The hold of this id, or of the only id that begins so.

    Raises:
        LegalHoldError: none, or several.
    """
    found = [each for each in LegalHold.objects.all() if str(each.id).startswith(hold_id.lower())]
    if not hold_id or len(found) != 1:
        raise LegalHoldError(f"{len(found)} holds have an id that begins with {hold_id!r}.")
    return found[0]


def is_open(hold: LegalHold, *, now: datetime) -> bool:
    """It waits for approval, or is in force."""
    return hold.released_at is None and (hold.expires_at is None or hold.expires_at > now)


def in_force(*, now: datetime) -> QuerySet[LegalHold]:
    """Holds that freeze something now."""
    return LegalHold.objects.filter(approved_at__isnull=False, released_at=None, expires_at__gt=now)


def takes_in(submission: Submission, *, now: datetime) -> bool:
    """Whether a hold that is in force takes this submission in."""
    return any(_is_within(submission, each) for each in in_force(now=now))


def state_of(hold: LegalHold, *, now: datetime) -> str:
    """Where it stands, in a word or two."""
    if hold.released_at:
        return "released"
    if hold.expires_at is None:
        return "waits for approval"
    return "in force" if hold.expires_at > now else "expired"


def _is_within(submission: Submission, hold: LegalHold) -> bool:
    wanted: Mapping[str, object] = {
        "id": hold.submission_id,
        "member_id": hold.member_id,
        "collection_id": hold.collection_id,
    }
    if any(value and getattr(submission, name) != value for name, value in wanted.items()):
        return False
    received = submission.received_at
    early = hold.received_from is not None and received < hold.received_from
    return not early and not (hold.received_until and received >= hold.received_until)


def check_new(scope: Scope, *, matter: str, days: int) -> None:
    """Raise LegalHoldError unless this may be asked for."""
    if not matter.strip():
        raise LegalHoldError("Name the matter: the reference of the case.")
    if not 1 <= days <= LONGEST_HOLD:
        raise LegalHoldError(f"A hold lasts 1 to {LONGEST_HOLD} days; it can be renewed.")
    if scope.received_from and scope.received_until and scope.received_until <= scope.received_from:
        raise LegalHoldError("The time ends before it begins: it would hold nothing.")
    whole = scope.member or scope.collection or scope.submission
    if not whole and not (scope.received_from and scope.received_until):
        raise LegalHoldError(
            "Give a scope: a member, a collection, a submission, or both ends of a time."
        )


def _locked(hold_id: uuid.UUID) -> LegalHold:
    found = LegalHold.objects.select_for_update().filter(pk=hold_id).first()
    if found is None:
        raise LegalHoldError(f"There is no legal hold {hold_id}.")
    return found


def _note(clerk: Clerk, act: str, hold: LegalHold, **more: object) -> None:
    clerk.note(
        act, f"legal-hold/{hold.id}", matter=hold.matter, scope=str(Scope.of(hold)), days=hold.days,
        **more,
    )  # fmt: skip
