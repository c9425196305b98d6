"""Legal demands: a request of the register with its scope, counsel's gate, and the member's notice.

Nothing leaves before counsel has decided, and no more than the scope names: types, days and ids, of
what one member sent or of what is published. A decision makes a scope smaller and never larger. The
member is told first, unless that is prohibited, on a ground and until a day. A second person
exports (`legal_export`).
"""

from __future__ import annotations

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from django.db import transaction

from indicators import keyring
from indicators.members.registry import Clerk
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_demand import LegalDemand
from indicators.models.member import Member
from indicators.pipeline import government, legal_hold


Decision, Notice = LegalDemand.Decision, LegalDemand.Notice
_TYPE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class LegalDemandError(ValueError):
    """A step that cannot be taken; the message says why."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a demand is about: all of it must be met by what leaves."""

    member: Member | None
    """Whose submissions; None for what is published."""
    types: frozenset[str]
    first_day: date
    last_day: date
    ids: frozenset[str] = frozenset()
    """If there are any, only these objects."""

    @classmethod
    def of(cls, demand: LegalDemand) -> Scope:
        ids = json.loads(_open(demand, demand.ids_ct) or "[]")
        days = (demand.first_day, demand.last_day)
        return cls(demand.member, frozenset(demand.types), *days, frozenset(ids))

    @property
    def begin(self) -> datetime:
        return datetime.combine(self.first_day, time(), UTC)

    @property
    def end(self) -> datetime:
        """The first moment after it."""
        return datetime.combine(self.last_day + timedelta(days=1), time(), UTC)

    def is_less_than(self, other: Scope) -> bool:
        """Whether it takes in a part of the other one, and not all of it."""
        return (
            self != other
            and self.member == other.member
            and self.types <= other.types
            and other.first_day <= self.first_day
            and self.last_day <= other.last_day
            and (not other.ids or (bool(self.ids) and self.ids <= other.ids))
        )


@transaction.atomic
def register(
    clerk: Clerk,
    scope: Scope,
    *,
    received_on: date,
    jurisdiction: str,
    authority: str,
    instrument: str,
    reference: str,
) -> LegalDemand:
    """Record a request of an authority together with what it is about.

    Raises:
        RequestError: as `government.record_request`.
        LegalDemandError: as `give_scope`.
    """
    recorded = government.record_request(
        clerk,
        received_on=received_on,
        jurisdiction=jurisdiction,
        authority=authority,
        instrument=instrument,
        reference=reference,
    )
    return give_scope(clerk, recorded.pk, scope)


@transaction.atomic
def give_scope(clerk: Clerk, request_id: uuid.UUID, scope: Scope) -> LegalDemand:
    """Say what a pending request is about, once.

    Raises:
        LegalDemandError: it is answered or has a scope already, or the scope names nothing.
    """
    request = GovernmentRequest.objects.select_for_update().filter(pk=request_id).first()
    if request is None or request.answer != GovernmentRequest.Answer.PENDING:
        raise LegalDemandError("There is no such request that is pending.")
    if LegalDemand.objects.filter(pk=request_id).exists():
        raise LegalDemandError("It has a scope already; counsel can make it smaller.")
    made = LegalDemand(request=request, member=scope.member, scoped_by=clerk.by)
    _put(made, scope, today=clerk.now.date())
    made.save(force_insert=True)
    _note_scope(clerk, "legal demand scoped", scope, made)
    return made


@transaction.atomic
def decide(
    clerk: Clerk, request_id: uuid.UUID, *, decision: str, why: str, scope: Scope | None = None
) -> None:
    """Counsel's decision. Until something leaves it can still be made stricter.

    Raises:
        LegalDemandError: no such decision, no reason, something has left, or a narrower scope is
            not narrower.
    """
    found = lock_pending(request_id)
    if decision not in Decision.values or decision == Decision.OPEN:
        raise LegalDemandError("Counsel refuses, narrows or complies.")
    if not why.strip():
        raise LegalDemandError("Say why: it is kept, sealed.")
    if found.exported_by:
        raise LegalDemandError("Something has left already; it cannot be decided again.")
    if decision == Decision.COMPLY and found.decision != Decision.OPEN:
        raise LegalDemandError("It is decided already, and only something stricter can follow.")
    if decision == Decision.NARROW:
        _narrow(clerk, found, scope)
    found.decision, found.decided_by, found.decided_at = decision, clerk.by, clerk.now
    found.why_ct = _seal(found, why.strip())
    found.save()
    clerk.note(f"legal demand {_DONE[decision]}", _subject(found))
    if decision == Decision.REFUSE:
        government.record_answer(clerk, request_id, answer=GovernmentRequest.Answer.REFUSED)


_DONE = {"refuse": "refused", "narrow": "narrowed", "comply": "granted"}


@transaction.atomic
def ask_for_hold(clerk: Clerk, request_id: uuid.UUID) -> None:
    """Ask for a legal hold over what the member sent in these days; another person approves it.

    Raises:
        LegalDemandError: it is about no member, or has a hold that has not ended.
        LegalHoldError: as `legal_hold.request`.
    """
    found = lock_pending(request_id)
    scope = Scope.of(found)
    if scope.member is None:
        raise LegalDemandError("A hold keeps what a member sent; this is about what is published.")
    if found.hold and legal_hold.is_open(found.hold, now=clerk.now):
        raise LegalDemandError("It has a hold that waits for approval or is in force.")
    kept = legal_hold.Scope(scope.member, received_from=scope.begin, received_until=scope.end)
    found.hold = legal_hold.request(clerk, kept, matter=found.request.reference)
    found.save(update_fields=["hold"])


@transaction.atomic
def tell(clerk: Clerk, request_id: uuid.UUID, *, text: str) -> None:
    """Tell the member, in its portal; it stands there from now on.

    Raises:
        LegalDemandError: nobody is to be told, or must be now, or there are no words.
    """
    found = _lock(request_id)
    if found.member is None or found.notice == Notice.GIVEN:
        raise LegalDemandError("There is nobody who is to be told.")
    if not is_due(found, now=clerk.now):
        raise LegalDemandError(f"Telling is prohibited until {found.prohibited_until}.")
    if not text.strip():
        raise LegalDemandError("Say what the member is to read.")
    found.notice, found.notice_by, found.notice_at = Notice.GIVEN, clerk.by, clerk.now
    found.notice_ct = keyring.seal("notice", text.strip().encode(), place=found.pk.bytes)
    found.save(update_fields=["notice", "notice_by", "notice_at", "notice_ct"])
    clerk.note("legal demand told to member", _subject(found))


@transaction.atomic
def prohibit(clerk: Clerk, request_id: uuid.UUID, *, ground: str, until: date) -> None:
    """Record that the member must not be told, on what ground and until when, or another end.

    Raises:
        LegalDemandError: nobody is to be told, or no ground is given.
    """
    found = _lock(request_id)
    if found.member is None or found.notice == Notice.GIVEN:
        raise LegalDemandError("There is nobody who is to be told.")
    if not ground.strip():
        raise LegalDemandError("Give the ground: the order, or the law.")
    found.notice, found.notice_by, found.notice_at = Notice.PROHIBITED, clerk.by, clerk.now
    found.prohibited_ground, found.prohibited_until = ground.strip(), until
    found.save()
    clerk.note("legal demand notice prohibited", _subject(found), until=str(until))


def is_due(demand: LegalDemand, *, now: datetime) -> bool:
    """Whether the member is still to be told, and may be: a prohibition ends by itself."""
    if demand.member_id is None or demand.notice == Notice.GIVEN:
        return False
    until = demand.prohibited_until
    return demand.notice == Notice.DUE or (until is not None and until < now.date())


def overdue(*, now: datetime) -> list[LegalDemand]:
    """Of what has left: whose member is still to be told, and may be by now."""
    left = LegalDemand.objects.exclude(exported_by="").exclude(member=None)
    untold = left.exclude(notice=Notice.GIVEN)
    return [each for each in untold.order_by("prohibited_until") if is_due(each, now=now)]


def why(demand: LegalDemand) -> str:
    """Counsel's reason; empty before there is one."""
    return _open(demand, demand.why_ct)


def lock_pending(request_id: uuid.UUID) -> LegalDemand:
    """Lock a demand whose request has no answer yet; raises LegalDemandError."""
    found = _lock(request_id)
    if found.request.answer != GovernmentRequest.Answer.PENDING:
        raise LegalDemandError(f"It is over: {found.request.get_answer_display()}.")
    return found


def _lock(request_id: uuid.UUID) -> LegalDemand:
    found = LegalDemand.objects.select_for_update().filter(pk=request_id).first()
    if found is None:
        raise LegalDemandError("There is no such demand; a request needs a scope first.")
    return found


def _narrow(clerk: Clerk, demand: LegalDemand, scope: Scope | None) -> None:
    if scope is None or not scope.is_less_than(Scope.of(demand)):
        raise LegalDemandError("Name a scope that is a part of the present one, and less.")
    _put(demand, scope, today=clerk.now.date())
    _note_scope(clerk, "legal demand scope narrowed", scope, demand)


def _put(demand: LegalDemand, scope: Scope, *, today: date) -> None:
    if not scope.types or not all(map(_TYPE.fullmatch, scope.types)):
        raise LegalDemandError("Name types of objects, such as indicator or email-addr.")
    if not scope.first_day <= scope.last_day <= today:
        raise LegalDemandError("Name the first and the last day, neither to come.")
    demand.types = sorted(scope.types)
    demand.first_day, demand.last_day = scope.first_day, scope.last_day
    demand.ids_ct = _seal(demand, json.dumps(sorted(scope.ids))) if scope.ids else None


def _seal(demand: LegalDemand, text: str) -> bytes:
    return keyring.seal("legal-demand", text.encode(), place=demand.pk.bytes)


def _open(demand: LegalDemand, sealed: bytes | memoryview | None) -> str:
    """The words; empty where nothing is sealed."""
    if sealed is None:
        return ""
    return keyring.unseal("legal-demand", bytes(sealed), place=demand.pk.bytes).decode()


def _subject(demand: LegalDemand) -> str:
    return f"government-request/{demand.pk}"


def _note_scope(clerk: Clerk, act: str, scope: Scope, demand: LegalDemand) -> None:
    types: Sequence[str] = demand.types
    days = f"{scope.first_day} to {scope.last_day}"
    of = "submissions" if scope.member else "what is published"
    clerk.note(act, _subject(demand), types=types, days=days, ids=len(scope.ids), of=of)
