"""The only way from a Forum object to the members behind it: two people, a reason, once, audited.

One asks for one object of one collection, another approves, and the one who asked opens it, once
and soon after. Each step is in the journal, committed, before anything is shown: whatever happens
to the display, the entry stands. What is found is shown and not kept.
Refuses: more than one object, the same person twice, an approval that has lapsed or is used up.

The link is sealed under `FORUM_KEYS`. Whoever holds those and the database needs no reveal; this
is a rule for honest people, and docs/review.md says so.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from indicators import keyring
from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.domain.review_policy import current_review_policy
from indicators.models.collection import Collection
from indicators.models.feedback import Feedback
from indicators.models.lineage import Contribution
from indicators.models.member import Member
from indicators.models.reveal import LONGEST_REFERENCE, Reveal
from indicators.models.two_people import same_person
from indicators.models.two_people import standing as standing_of
from indicators.pipeline import bulk
from indicators.roles import speaking_for_staff


State = Reveal.State
PENDING = (State.REQUESTED, State.APPROVED)
_ONE_ID = re.compile(r"[a-z0-9-]+--[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class RevealError(ValueError):
    """A step that cannot be taken; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Contributor:
    """One contribution behind the object."""

    member: str
    """Slug and name; or why the seal does not open."""
    state: str
    is_first: bool
    first_day: date
    last_day: date


@transaction.atomic
def request(
    collection: Collection,
    stix_id: str,
    *,
    reason: str,
    text: str,
    by: str,
    policy: Policy,
    now: datetime,
    reference: str = "",
) -> Reveal:
    """Ask for the members behind one object of one collection; `reference` is the case file's.

    Raises:
        RevealError: there is no such reason or object, or nothing says why.
    """
    rules = current_review_policy()
    if reason not in rules.reveal_reasons:
        raise RevealError(
            f"There is no reason {reason!r}, only: {', '.join(rules.reveal_reasons)}."
        )
    if not text.strip():
        raise RevealError("Say why, in words that the other person can judge.")
    if len(reference.strip()) > LONGEST_REFERENCE:
        raise RevealError(f"A reference has {LONGEST_REFERENCE} characters at most.")
    if not _ONE_ID.fullmatch(stix_id):
        raise RevealError(f"{stix_id[:80]!r} is no id of one object; a reveal is for one.")
    if not Contribution.objects.filter(collection_id=collection.id, stix_id=stix_id).exists():
        raise RevealError(f"{collection.alias} has no object {stix_id} that a member contributed.")
    asked_at = bulk.clock()
    made = Reveal(
        collection=collection,
        stix_id=stix_id,
        reason=reason,
        reference=reference.strip(),
        requested_by=by,
        requested_at=asked_at,
        expires_at=asked_at + rules.approve_within,
    )
    made.reason_ct = keyring.seal("reveal", text.strip().encode(), place=made.id.bytes)
    made.save(force_insert=True)
    _note(made, "reveal requested", by, policy=policy, now=now)
    return made


@transaction.atomic
def approve(reveal_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> Reveal:
    """Agree to a request of another person's; it may then be opened once, within an hour.

    Raises:
        RevealError: it is one's own, decided already, or has lapsed.
    """
    asked = _lock_undecided(reveal_id, by)
    asked.state, asked.decided_by, asked.decided_at = State.APPROVED, by, bulk.clock()
    asked.expires_at = asked.decided_at + current_review_policy().open_within
    asked.save()
    _note(asked, "reveal approved", by, policy=policy, now=now)
    return asked


@transaction.atomic
def refuse(reveal_id: uuid.UUID, *, by: str, policy: Policy, now: datetime) -> Reveal:
    """Refuse a request of another person's.

    Raises:
        RevealError: as `approve`.
    """
    asked = _lock_undecided(reveal_id, by)
    asked.state, asked.decided_by, asked.decided_at = State.REFUSED, by, bulk.clock()
    asked.save()
    _note(asked, "reveal refused", by, policy=policy, now=now)
    return asked


def open_once(
    reveal_id: uuid.UUID, *, by: str, policy: Policy, now: datetime
) -> Sequence[Contributor]:
    """Use an approval up, and only then look who stands behind the object.

    Takes two transactions of its own, so it cannot run inside another: what is journalled by the
    first stays, even if the second fails.

    Raises:
        RevealError: somebody else asked for it, it is not approved, has lapsed or is used up.
    """
    with transaction.atomic(durable=True), speaking_for_staff():
        used = _use(reveal_id, by)
        _note(used, "reveal opened", by, policy=policy, now=now)
    with transaction.atomic(durable=True), speaking_for_staff():
        found = Contribution.objects.filter(collection_id=used.collection_id, stix_id=used.stix_id)
        said = Feedback.objects.filter(collection_id=used.collection_id, stix_id=used.stix_id)
        return [
            *(_contributor(each) for each in found.order_by("first_day", "lookup_tag")),
            *(_speaker(each) for each in said.order_by("first_day", "lookup_tag")),
        ]


def reason_text(asked: Reveal) -> str:
    """Why, in the words of the person who asked."""
    return keyring.unseal("reveal", bytes(asked.reason_ct), place=asked.id.bytes).decode()


def standing(asked: Reveal, *, now: datetime) -> str:
    """Where it stands: its state, or that its time is over."""
    return standing_of(asked.state, PENDING, expires_at=asked.expires_at, now=now)


def _lock_undecided(reveal_id: uuid.UUID, by: str) -> Reveal:
    asked = _lock(reveal_id)
    if same_person(asked.requested_by, by):
        raise RevealError("You asked for this yourself; a second, different person decides.")
    if asked.state != State.REQUESTED:
        raise RevealError(f"This is decided already: {asked.state} by {asked.decided_by}.")
    _check_time(asked)
    return asked


def _use(reveal_id: uuid.UUID, by: str) -> Reveal:
    asked = _lock(reveal_id)
    if not same_person(asked.requested_by, by):
        raise RevealError(f"Only {asked.requested_by}, who asked for it, may open this.")
    if asked.state == State.OPENED:
        raise RevealError("This has been opened before, and an approval opens once. Ask again.")
    if asked.state != State.APPROVED:
        raise RevealError(f"Nobody has approved this; it is {asked.state}.")
    _check_time(asked)
    asked.state, asked.opened_at = State.OPENED, bulk.clock()
    asked.save()
    return asked


def _lock(reveal_id: uuid.UUID) -> Reveal:
    asked = Reveal.objects.select_for_update(of=("self",)).filter(pk=reveal_id).first()
    if asked is None:
        raise RevealError(f"There is no request {reveal_id}.")
    return asked


def _check_time(asked: Reveal) -> None:
    if asked.expires_at <= bulk.clock():
        raise RevealError(f"This lapsed at {asked.expires_at:%Y-%m-%d %H:%M} UTC. Ask again.")


def _contributor(each: Contribution) -> Contributor:
    return Contributor(_member(each), each.state, each.is_first, each.first_day, each.last_day)


def _speaker(each: Feedback) -> Contributor:
    """Who said something of it stands behind nothing, but may be what is looked for."""
    said = f"{each.state} feedback: {each.verdict}"
    return Contributor(_member(each), said, False, each.first_day, each.last_day)


def _member(each: Contribution | Feedback) -> str:
    """One seal that does not open must not hide the others: the approval is used up by now."""
    tag = bytes(each.lookup_tag)
    try:
        member_id = uuid.UUID(bytes=keyring.unseal("link", bytes(each.member_ct), place=tag))
    except keyring.SealError as error:
        return f"(cannot be opened: {error})"
    member = Member.objects.filter(pk=member_id).first()
    return f"{member.slug} ({member.name})" if member else f"(no such member: {member_id})"


def _note(asked: Reveal, act: str, by: str, *, policy: Policy, now: datetime) -> None:
    body = {
        "collection": asked.collection.alias,
        "object": asked.stix_id,
        "reason": asked.reason,
        "review_policy": current_review_policy().version,
    }
    record([Act(by, act, f"reveal/{asked.id}", body)], policy=policy, now=now)
