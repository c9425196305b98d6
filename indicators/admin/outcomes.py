"""What became of the objects of one submission, a page at a time.

The id of an observable is computed from its value, so it is the same in the feed: shown here, it
would lead from the member to the publication. Only its type is shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from django.core.paginator import Page, Paginator
from django.db.models import Count

from indicators.domain.stix.types import SCO_TYPES
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import told
from indicators.ui.defang import defanged


PER_PAGE = 100
_OBSERVABLE = re.compile(rf"\b({'|'.join(sorted(SCO_TYPES))})--[0-9a-f-]{{36}}")


@dataclass(frozen=True, slots=True)
class Total:
    """How many objects came to one outcome for one reason."""

    outcome: str
    reason: str
    objects: int


@dataclass(frozen=True, slots=True)
class Row:
    """One object."""

    ordinal: int
    object: str
    outcome: str
    reason: str
    message: str
    rules: str


@dataclass(frozen=True, slots=True)
class Outcomes:
    """A page of outcomes and the totals of all."""

    totals: Sequence[Total]
    undecided: int
    chosen: str
    page: Page[SubmissionObject]
    rows: Sequence[Row]


def outcomes_of(submission: Submission, *, chosen: str = "", page: str = "1") -> Outcomes:
    """The outcomes of a submission, of one kind if `chosen` names it."""
    found = SubmissionObject.objects.filter(submission=submission)
    totals = [
        Total(each["outcome"], each["reason"], each["n"])
        for each in found.values("outcome", "reason").annotate(n=Count("ordinal")).order_by("-n")
    ]
    listed = found.filter(outcome=chosen) if chosen else found
    shown = Paginator(listed.order_by("ordinal"), PER_PAGE).get_page(page)
    return Outcomes(
        totals=totals,
        undecided=submission.n_objects - sum(each.objects for each in totals),
        chosen=chosen,
        page=shown,
        rows=[_row(each) for each in shown],
    )


def _row(each: SubmissionObject) -> Row:
    return Row(
        ordinal=each.ordinal,
        object=_readable(told.open_original(each)[0]),
        outcome=each.outcome,
        reason=each.reason,
        message=_readable(told.open_message(each)),
        rules=", ".join(each.rule_ids),
    )


def _readable(text: str) -> str:
    return defanged(_OBSERVABLE.sub(r"\1--…", text))
