"""Recall what came from a compromised source: two people, a look at it, an order, all audited.

One asks, with source and span of time, and may stop the source in the same step: that is the safe
side and takes one person. Another approves. Only then the one who asked sees what it would take
back, which is a reveal, and orders it within the hour. The worker carries it out (`recalling`).
Refuses: the same person twice, an order over what nobody has looked at, what has lapsed.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import partial

from django.db import transaction

from indicators import keyring
from indicators.domain.review_policy import current_review_policy
from indicators.members import registry
from indicators.members.registry import Clerk
from indicators.models.member import Credential, Member
from indicators.models.recall import Recall
from indicators.models.submission import Submission
from indicators.models.two_people import LAPSED, same_person
from indicators.models.two_people import standing as standing_of
from indicators.pipeline import bulk, doorbell, recall_source
from indicators.pipeline.recall_source import Found, Source
from indicators.roles import speaking_for_staff


State = Recall.State
_PENDING = (State.REQUESTED, State.APPROVED)


class RecallError(ValueError):
    """A step that cannot be taken; the message says why and what to do."""


@transaction.atomic
def request(clerk: Clerk, source: Source, *, why: str, stop: bool) -> Recall:
    """Ask for the recall of a source; `stop` ends its key, or suspends the member, at once.

    Raises:
        RecallError: no such source, a time that has not been or ends before it begins, or no why.
    """
    member = _check(source, why=why, now=clerk.now)
    asked_at = bulk.clock()
    made = Recall(
        requested_by=clerk.by,
        requested_at=asked_at,
        expires_at=asked_at + current_review_policy().approve_within,
    )
    made.source_ct = source.sealed(made.id.bytes)
    made.reason_ct = keyring.seal("recall", why.strip().encode(), place=_why(made))
    made.save(force_insert=True)
    _note(clerk, made, "recall requested")
    if stop:
        _stop(clerk, member, source)
    return made


@transaction.atomic
def approve(clerk: Clerk, recall_id: uuid.UUID) -> Recall:
    """Agree to a recall that another asked for; it may be looked at and ordered within the hour.

    Raises:
        RecallError: it is one's own, decided already, or has lapsed.
    """
    asked = _undecided(clerk, recall_id)
    asked.state, asked.decided_by, asked.decided_at = State.APPROVED, clerk.by, bulk.clock()
    asked.expires_at = asked.decided_at + current_review_policy().open_within
    asked.save()
    _note(clerk, asked, "recall approved")
    return asked


@transaction.atomic
def refuse(clerk: Clerk, recall_id: uuid.UUID) -> Recall:
    """Refuse a recall that another asked for; what was stopped stays stopped.

    Raises:
        RecallError: as `approve`.
    """
    asked = _undecided(clerk, recall_id)
    asked.state, asked.decided_by, asked.decided_at = State.REFUSED, clerk.by, bulk.clock()
    asked.save()
    _note(clerk, asked, "recall refused")
    return asked


def preview(clerk: Clerk, recall_id: uuid.UUID) -> Found:
    """What it would take back: each look is journalled, and committed, before anything is found.

    Takes two transactions of its own, so it cannot run inside another.

    Raises:
        RecallError: somebody else asked for it, it is not approved, or has lapsed.
    """
    with transaction.atomic(durable=True), speaking_for_staff():
        asked = _own_approved(clerk, recall_id)
        asked.viewed_at = asked.viewed_at or bulk.clock()
        asked.save(update_fields=["viewed_at"])
        _note(clerk, asked, "recall looked into")
    with transaction.atomic(durable=True), speaking_for_staff():
        return recall_source.find(source_of(asked))


@transaction.atomic
def order(clerk: Clerk, recall_id: uuid.UUID) -> Recall:
    """Have it taken back; the worker begins at once.

    Raises:
        RecallError: as `preview`, or nobody has looked at what it takes.
    """
    asked = _own_approved(clerk, recall_id)
    if asked.viewed_at is None:
        raise RecallError("Look at what it would take back first.")
    asked.state, asked.ordered_at = State.ORDERED, bulk.clock()
    asked.save(update_fields=["state", "ordered_at"])
    _note(clerk, asked, "recall ordered")
    transaction.on_commit(partial(doorbell.ring_recall, asked.id))
    return asked


def source_of(asked: Recall) -> Source:
    """Whom it is over, and when."""
    return Source.opened(bytes(asked.source_ct), asked.id.bytes)


def why_of(asked: Recall) -> str:
    """In the words of the person who asked."""
    return keyring.unseal("recall", bytes(asked.reason_ct), place=_why(asked)).decode()


def standing(asked: Recall, *, now: datetime) -> str:
    """Where it stands: its state, or that its time is over."""
    return standing_of(asked.state, _PENDING, expires_at=asked.expires_at, now=now)


def takes_in(submission: Submission, *, now: datetime, locked: bool = False) -> bool:
    """Whether one that is asked for, ordered or done is over this submission.

    `locked` keeps those that stand as they are until the transaction ends.
    """
    found = Recall.objects.exclude(state=State.REFUSED).order_by("id")
    standing_ones = found.select_for_update() if locked else found
    return any(
        source_of(each).covers(submission)
        for each in standing_ones
        if standing(each, now=now) != LAPSED
    )


def _check(source: Source, *, why: str, now: datetime) -> Member:
    if not why.strip():
        raise RecallError("Say why, in words that the other person can judge.")
    if source.until <= source.since or source.since >= now:
        raise RecallError("The time must begin before now, and end after it begins.")
    if source.until > now:
        raise RecallError(
            "The time ends in the future: what comes then would stay. Let it end now and stop the "
            "source, or ask again for what came later."
        )
    member = Member.objects.filter(pk=source.member_id).first()
    if member is None:
        raise RecallError("There is no such member.")
    if source.key and not Credential.objects.filter(pk=source.key, member=member).exists():
        raise RecallError(f"{member.slug} has no key {source.key}.")
    return member


def _stop(clerk: Clerk, member: Member, source: Source) -> None:
    if source.key:
        registry.revoke(clerk, Credential.objects.select_related("member").get(pk=source.key))
    elif member.state == Member.State.ACTIVE:
        member.state = Member.State.SUSPENDED
        registry.change(clerk, member, ["state"])


def _undecided(clerk: Clerk, recall_id: uuid.UUID) -> Recall:
    asked = _lock(recall_id)
    if same_person(asked.requested_by, clerk.by):
        raise RecallError("You asked for this yourself; a second, different person decides.")
    if asked.state != State.REQUESTED:
        raise RecallError(f"This is decided already: {asked.state} by {asked.decided_by}.")
    _check_time(asked)
    return asked


def _own_approved(clerk: Clerk, recall_id: uuid.UUID) -> Recall:
    asked = _lock(recall_id)
    if not same_person(asked.requested_by, clerk.by):
        raise RecallError(f"Only {asked.requested_by}, who asked for it, may look and order.")
    if asked.state != State.APPROVED:
        raise RecallError(
            f"It is {asked.state}; only what is approved can be looked at or ordered."
        )
    _check_time(asked)
    return asked


def _lock(recall_id: uuid.UUID) -> Recall:
    asked = Recall.objects.select_for_update().filter(pk=recall_id).first()
    if asked is None:
        raise RecallError(f"There is no recall {recall_id}.")
    return asked


def _check_time(asked: Recall) -> None:
    if asked.expires_at <= bulk.clock():
        raise RecallError(f"This lapsed at {asked.expires_at:%Y-%m-%d %H:%M} UTC. Ask again.")


def _why(asked: Recall) -> bytes:
    return asked.id.bytes + b"why"


def _note(clerk: Clerk, asked: Recall, act: str) -> None:
    """No member, no key, no object: the entry stands beside those of the feed in time."""
    clerk.note(act, f"recall/{asked.id}")
