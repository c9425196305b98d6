"""Requests of public authorities: a register and a count. It opens nothing.

No authority has a role, a credential or a collection here. What a request is about, and what leaves
for it once counsel has decided, is a matter of its own (`legal_demand`); without that decision none
is answered.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date

from django.db import transaction
from django.db.models import Count

from indicators.members.registry import Clerk
from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_demand import GRANTED, LegalDemand


_COUNTRY = re.compile(r"[A-Z]{2}")
_Answer = GovernmentRequest.Answer


class RequestError(ValueError):
    """A request that cannot be recorded or answered; the message says why."""


@transaction.atomic
def record_request(
    clerk: Clerk,
    *,
    received_on: date,
    jurisdiction: str,
    authority: str,
    instrument: str,
    reference: str,
) -> GovernmentRequest:
    """Record that an authority asked for something.

    Raises:
        RequestError: a word that the register does not know, a day to come, or no reference.
    """
    _check("authority", authority, GovernmentRequest.Authority.values)
    _check("instrument", instrument, GovernmentRequest.Instrument.values)
    check_new(jurisdiction, reference=reference, received_on=received_on, today=clerk.now.date())
    made = GovernmentRequest.objects.create(
        received_on=received_on,
        jurisdiction=jurisdiction,
        authority=authority,
        instrument=instrument,
        reference=reference.strip(),
        recorded_by=clerk.by,
        recorded_at=clerk.now,
    )
    clerk.note(
        "government request recorded", f"government-request/{made.id}",
        jurisdiction=jurisdiction, authority=authority, instrument=instrument,
    )  # fmt: skip
    return made


def check_new(jurisdiction: str, *, reference: str, received_on: date, today: date) -> None:
    """Raise RequestError unless this can be recorded."""
    if not _COUNTRY.fullmatch(jurisdiction):
        raise RequestError(f"{jurisdiction!r} is no country: two capital letters, ISO 3166-1.")
    if not reference.strip():
        raise RequestError("Give the reference of the case file.")
    if received_on > today:
        raise RequestError("The day on which it was received is not to come.")


@transaction.atomic
def record_answer(clerk: Clerk, request_id: uuid.UUID, *, answer: str) -> GovernmentRequest:
    """Record what was answered.

    Raises:
        RequestError: there is no such request that is pending, no such answer, or counsel has not
            decided that something may leave.
    """
    _check("answer", answer, [each for each in _Answer.values if each != _Answer.PENDING])
    found = GovernmentRequest.objects.select_for_update().filter(pk=request_id).first()
    if found is None or found.answer != _Answer.PENDING:
        raise RequestError("There is no such request that is pending.")
    if answer == _Answer.ANSWERED and not _is_granted(request_id):
        raise RequestError("Nothing is answered before counsel has decided: give it a scope first.")
    found.answer, found.answered_by, found.answered_on = answer, clerk.by, clerk.now.date()
    found.save(update_fields=["answer", "answered_by", "answered_on"])
    clerk.note(f"government request {answer}", f"government-request/{found.id}")
    return found


def _is_granted(request_id: uuid.UUID) -> bool:
    return LegalDemand.objects.filter(pk=request_id, decision__in=GRANTED).exists()


def counts(year: int) -> Mapping[str, int]:
    """How many were received in a year, and how many of them came to each answer."""
    asked = GovernmentRequest.objects.filter(received_on__year=year)
    by_answer = dict(asked.values_list("answer").annotate(n=Count("id")))
    return {"received": sum(by_answer.values())} | {
        each: by_answer.get(each, 0) for each in _Answer.values
    }


def _check(what: str, word: str, known: list[str]) -> None:
    if word not in known:
        raise RequestError(f"There is no {what} {word!r}, only: {', '.join(known)}.")
