"""What a member has said of objects of the feed: its sightings and opinions, the newest first.

No row of what is counted names a member. Its own submissions do, and hold sealed under which ids it
said what; from those ids, and keys outside the database, its words are found, and no others. So
they are listed as long as the status of their submission is kept.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, QuerySet

from indicators import keyring
from indicators.domain.outcomes import Reason
from indicators.models.feedback import Feedback
from indicators.models.submission import SubmissionObject
from indicators.pipeline import told


@dataclass(frozen=True, slots=True)
class Word:
    """What the member said under one id of its own, as it last said it."""

    submission_id: uuid.UUID
    ordinal: int
    at: datetime
    verdict: str
    """Empty where nothing is known of it any more."""
    about: Sequence[str]
    """Forum ids; an opinion may be over several."""
    counts: bool
    """It was neither taken back, nor did what it is about fall."""


def said(member_id: uuid.UUID, *, begin: int, most: int) -> tuple[list[Word], int]:
    """A part of what the member has said and is still kept, and how much that is in all."""
    own = _own(member_id)
    by_id = own.values("own_tag").annotate(at=Max("submission__received_at"))
    page = [
        bytes(each["own_tag"]) for each in by_id.order_by("-at", "own_tag")[begin : begin + most]
    ]
    newest = (
        own.filter(own_tag__in=page)
        .select_related("submission")
        .defer("submission__body_ct")
        .order_by("own_tag", "-submission__received_at", "-ordinal")
        .distinct("own_tag")
    )
    rows = sorted(newest, key=lambda each: page.index(bytes(each.own_tag)))
    counted = _counted(member_id, rows)
    return [_word(each, counted[each.pk]) for each in rows], by_id.count()


def _own(member_id: uuid.UUID) -> QuerySet[SubmissionObject]:
    return SubmissionObject.objects.filter(
        submission__member_id=member_id, submission__forgotten=False, reason=Reason.COUNTED
    )


def _counted(
    member_id: uuid.UUID, rows: Iterable[SubmissionObject]
) -> dict[tuple[uuid.UUID, int], list[Feedback]]:
    """What is, or was, counted of each."""
    tags = {
        keyring.lookup_tag(
            member_id, each.submission.collection_id, told.open_original(each)[0]
        ): each.pk
        for each in rows
    }
    found: dict[tuple[uuid.UUID, int], list[Feedback]] = {pk: [] for pk in tags.values()}
    for each in Feedback.objects.filter(lookup_tag__in=list(tags)).order_by("stix_id"):
        found[tags[bytes(each.lookup_tag)]].append(each)
    return found


def _word(row: SubmissionObject, counted: Sequence[Feedback]) -> Word:
    active = [each for each in counted if each.state == Feedback.State.ACTIVE]
    shown = active or counted
    return Word(
        row.submission_id,
        row.ordinal,
        row.submission.received_at,
        shown[0].verdict if shown else "",
        [each.stix_id for each in shown],
        counts=bool(active),
    )
