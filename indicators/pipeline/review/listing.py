"""The queue of undecided items as a person sees it: by rank, then by age, with its clock.

Times are told in whole hours: the exact moment at which something was held is the moment at which
the rest of its submission was published.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from indicators.domain.review_policy import current_review_policy
from indicators.models.submission import HeldObject


_HOUR = timedelta(hours=1)
_TWO_DAYS = 48


@dataclass(frozen=True, slots=True)
class Entry:
    """An undecided item, and what its clock says."""

    held: HeldObject
    due: datetime
    now: datetime

    @property
    def is_overdue(self) -> bool:
        return self.due < self.now

    @property
    def clock(self) -> str:
        if self.is_overdue:
            return f"{_hours(self.now - self.due)} over"
        return f"{_hours(self.due - self.now)} left"

    @property
    def claim(self) -> str:
        """Who has it now; empty if nobody does."""
        held = self.held
        is_live = held.claimed_until is not None and held.claimed_until > self.now
        return held.claimed_by if is_live else ""


@dataclass(frozen=True, slots=True)
class Counts:
    """How much waits, and for whom."""

    undecided: int
    overdue: int
    proposed: int
    escalated: dict[str, int]

    def __str__(self) -> str:
        lines = "".join(f", {n} with {line}" for line, n in sorted(self.escalated.items()))
        return (
            f"{self.undecided} undecided, {self.overdue} over target, "
            f"{self.proposed} for a second person{lines}"
        )


def entry(held: HeldObject, *, now: datetime) -> Entry:
    """One item with its clock."""
    return Entry(held, current_review_policy().target.due(held.held_at), now)


def waiting_list(
    *, now: datetime, limit: int, reason: str = "", line: str | None = None
) -> Sequence[Entry]:
    """The first undecided items, of one reason or one line ('' is the first) if given."""
    undecided = HeldObject.objects.filter(state=HeldObject.State.OPEN)
    if reason:
        undecided = undecided.filter(reasons__contains=[reason])
    if line is not None:
        undecided = undecided.filter(escalated_to=line)
    with_place = undecided.select_related("submission__collection").defer("submission__body_ct")
    ordered = with_place.order_by("rank", "held_at", "id")
    return [entry(held, now=now) for held in ordered[:limit]]


def counts(*, now: datetime) -> Counts:
    """How much waits now."""
    undecided = HeldObject.objects.filter(state=HeldObject.State.OPEN)
    overdue = Q(held_at__lt=current_review_policy().target.overdue_before(now))
    numbers = undecided.aggregate(
        undecided=Count("pk"),
        overdue=Count("pk", filter=overdue),
        proposed=Count("pk", filter=~Q(first_by="")),
    )
    lines = undecided.exclude(escalated_to="").values_list("escalated_to").annotate(n=Count("pk"))
    return Counts(**numbers, escalated=dict(lines.order_by("escalated_to")))


def _hours(span: timedelta) -> str:
    hours = span // _HOUR
    return f"{hours} h" if hours < _TWO_DAYS else f"{hours // 24} d"
