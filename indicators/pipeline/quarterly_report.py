"""The report of a quarter: drawn up from the journal, signed off by counsel, then published.

What is signed are the bytes that the journal gives at that moment; if it gives others than those
that were drawn up, the report is drawn up anew first. Published, members read it.
Refuses: a quarter that is not over, and one person in both parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from hashlib import sha256

from django.db import transaction
from django.db.models import Min

from indicators.audit import transparency
from indicators.domain.transparency import Quarter, as_json
from indicators.members.registry import Clerk
from indicators.models.audit import AuditEntry
from indicators.models.quarterly_report import QuarterlyReport
from indicators.models.two_people import same_person


State = QuarterlyReport.State


class ReportError(ValueError):
    """A step that cannot be taken; the message says why."""


def to_draw_up(*, now: datetime) -> Sequence[str]:
    """Quarters that are over, of which the journal knows and no report exists, the last first."""
    first = AuditEntry.objects.aggregate(at=Min("at"))["at"] or now
    drawn = set(QuarterlyReport.objects.values_list("quarter", flat=True))
    found, quarter = [], Quarter.of(now).before
    while quarter.end > first:
        found.append(str(quarter))
        quarter = quarter.before
    return [each for each in found if each not in drawn]


@transaction.atomic
def draw_up(clerk: Clerk, text: str) -> QuarterlyReport:
    """Draw up the report of a quarter, or draw it up anew while nobody has signed it.

    Raises:
        ReportError: it is no quarter or not over, or its report is signed already.
    """
    quarter = _over(text, now=clerk.now)
    row = QuarterlyReport.objects.select_for_update().filter(pk=str(quarter)).first()
    if row and row.state != State.DRAFT:
        raise ReportError(f"The report of {quarter} is signed off already.")
    row = row or QuarterlyReport(quarter=str(quarter))
    row.body, row.drafted_by, row.drafted_at = _counted(quarter), clerk.by, clerk.now
    row.save()
    _note(clerk, "drafted", row)
    return row


@transaction.atomic
def sign(clerk: Clerk, quarter: str) -> None:
    """Counsel's sign-off of what another person drew up.

    Raises:
        ReportError: there is no such draft, it is one's own, or the journal says something else.
    """
    row = _lock(quarter, State.DRAFT)
    if same_person(row.drafted_by, clerk.by):
        raise ReportError("You drew it up yourself; a second, different person signs it off.")
    if row.body != _counted(Quarter.read(quarter)):
        raise ReportError("The journal gives other figures by now: draw it up anew.")
    row.state, row.signed_by, row.signed_at = State.SIGNED, clerk.by, clerk.now
    row.save(update_fields=["state", "signed_by", "signed_at"])
    _note(clerk, "signed", row)


@transaction.atomic
def publish(clerk: Clerk, quarter: str) -> None:
    """Let members read a report that was signed off.

    Raises:
        ReportError: there is none that is.
    """
    row = _lock(quarter, State.SIGNED)
    row.state, row.published_by, row.published_at = State.PUBLISHED, clerk.by, clerk.now
    row.save(update_fields=["state", "published_by", "published_at"])
    _note(clerk, "published", row)


def _over(text: str, *, now: datetime) -> Quarter:
    try:
        quarter = Quarter.read(text)
    except ValueError as error:
        raise ReportError(str(error)) from error
    if quarter.end > now:
        raise ReportError(f"{quarter} is not over.")
    return quarter


def _counted(quarter: Quarter) -> str:
    return as_json(transparency.report(quarter)).decode()


def _lock(quarter: str, state: str) -> QuarterlyReport:
    row = QuarterlyReport.objects.select_for_update().filter(pk=quarter, state=state).first()
    if row is None:
        raise ReportError(f"There is no report of {quarter} that is {state}.")
    return row


def _note(clerk: Clerk, step: str, row: QuarterlyReport) -> None:
    digest = sha256(row.body.encode()).hexdigest()
    clerk.note(f"quarterly report {step}", f"quarterly-report/{row.quarter}", sha256=digest)
