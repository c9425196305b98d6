"""What a member has sent: its own submissions, the newest first."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Count, Q, Sum
from django.db.models.functions import TruncDate

from indicators.models.submission import Submission, SubmissionObject


@dataclass(frozen=True, slots=True)
class Sent:
    """A submission in a line."""

    id: uuid.UUID
    received_at: datetime
    collection: str
    objects: int
    published: int
    refused: int
    open: int
    """Still to be worked on, held, or waiting for another."""


def sent(member_id: uuid.UUID, *, begin: int, most: int) -> tuple[Sequence[Sent], int]:
    """A part of the member's submissions that are still kept, and how many these are in all."""
    kept = Submission.objects.filter(member_id=member_id, forgotten=False)
    page = list(
        kept.select_related("collection")
        .defer("body_ct")
        .order_by("-received_at", "id")[begin : begin + most]
    )
    counted = _counts(page)
    rows = [
        Sent(
            each.pk,
            each.received_at,
            each.collection.alias,
            each.n_objects,
            *counted.get(each.pk, (0, 0, each.n_objects)),
        )
        for each in page
    ]
    return rows, kept.count()


def home_of(member_id: uuid.UUID, submission_id: uuid.UUID) -> str:
    """The id of the collection that the member sent it into; empty if it sent no such thing."""
    own = Submission.objects.filter(pk=submission_id, member_id=member_id)
    return str(own.values_list("collection_id", flat=True).first() or "")


def _counts(submissions: Sequence[Submission]) -> dict[uuid.UUID, tuple[int, int, int]]:
    """By submission, how many of its objects are published, refused, and neither for good."""
    outcomes = SubmissionObject.Outcome
    ended = [outcomes.PUBLISHED, outcomes.REJECTED, outcomes.ECHO, outcomes.UNSHARED]
    rows = (
        SubmissionObject.objects.filter(submission__in=submissions)
        .values_list("submission_id")
        .annotate(
            published=Count("ordinal", filter=Q(outcome=outcomes.PUBLISHED)),
            refused=Count("ordinal", filter=Q(outcome=outcomes.REJECTED)),
            ended=Count("ordinal", filter=Q(outcome__in=[*ended, outcomes.WITHDRAWN])),
        )
    )
    total = {each.pk: each.n_objects for each in submissions}
    return {id_: (yes, no, total[id_] - ended) for id_, yes, no, ended in rows}


def days(member_id: uuid.UUID, *, now: datetime, number: int) -> Sequence[int]:
    """How many objects the member has sent on each of its last days, the oldest first."""
    begin = now.replace(hour=0, minute=0, second=0, microsecond=0) - timedelta(days=number - 1)
    recent = Submission.objects.filter(member_id=member_id, received_at__gte=begin)
    by_day = recent.values_list(TruncDate("received_at", tzinfo=UTC)).annotate(n=Sum("n_objects"))
    counted = [0] * number
    for day, objects in by_day:
        # What arrived since `now` was read may be of the next day already: it is of today here.
        counted[min((day - begin.date()).days, number - 1)] += objects
    return counted
