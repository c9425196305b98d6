"""Figures of the day: what flowed, what is stuck, who is silent, how well each lab is hidden."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Max, Min, OuterRef, Subquery

from indicators.models.collection import Collection
from indicators.models.member import Credential, Grant, Member, PollMark
from indicators.models.submission import Submission, SubmissionObject


_DAY = timedelta(days=1)
SILENT_AFTER = timedelta(days=7)
EXPIRES_WITHIN = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class River:
    """What waits in the queue of submissions."""

    waiting: int
    oldest: timedelta | None
    """For how long the first of them has been due."""
    quarantined: int


@dataclass(frozen=True, slots=True)
class Silence:
    """A member that has neither pushed nor pulled for a while."""

    member: Member
    pushed: datetime | None
    pulled: datetime | None


@dataclass(frozen=True, slots=True)
class Crowd:
    """Among how many a contributor to a collection can hide."""

    collection: Collection
    writers: int
    """Active members that may contribute: nobody hides among more."""
    heard: int
    """Those of them who have sent something in the last thirty days: the honest number."""


def flow(*, now: datetime) -> list[tuple[str, int]]:
    """What became of the objects of a day, by outcome, the most first."""
    rows = (
        SubmissionObject.objects.filter(submission__received_at__gt=now - _DAY)
        .values_list("outcome")
        .annotate(n=Count("ordinal"))
        .order_by("-n", "outcome")
    )
    return list(rows)


def river(*, now: datetime) -> River:
    """How deep the queue is, and how old."""
    states = Submission.State
    # One question each: together they would be answered out of every submission there is.
    unfinished = Submission.objects.filter(state__in=[states.RECEIVED, states.WORKING])
    found = unfinished.aggregate(waiting=Count("pk"), oldest=Min("due_since"))
    oldest = now - found["oldest"] if found["oldest"] else None
    quarantined = Submission.objects.filter(state=states.QUARANTINED).count()
    return River(found["waiting"], oldest, quarantined)


def silent(*, now: datetime) -> list[Silence]:
    """Active members of whom nothing has been heard for a week."""
    pushed = (
        Submission.objects.filter(member=OuterRef("pk"))
        .values("member")
        .annotate(at=Max("received_at"))
        .values("at")
    )
    pulled = (
        PollMark.objects.filter(credential__member=OuterRef("pk"))
        .values("credential__member")
        .annotate(at=Max("last_minute"))
        .values("at")
    )
    members = Member.objects.filter(state=Member.State.ACTIVE).annotate(
        pushed_at=Subquery(pushed), pulled_at=Subquery(pulled)
    )
    heard = now - SILENT_AFTER
    quiet = members.exclude(pushed_at__gt=heard).exclude(pulled_at__gt=heard).order_by("slug")
    return [Silence(each, each.pushed_at, each.pulled_at) for each in quiet]


def expiring(*, now: datetime) -> Sequence[Credential]:
    """Credentials that end soon, the first to end first."""
    return list(
        Credential.objects.select_related("member")
        .filter(revoked_at=None, expires_at__gt=now, expires_at__lt=now + EXPIRES_WITHIN)
        .order_by("expires_at")[:20]
    )


def crowds(*, now: datetime) -> list[Crowd]:
    """Each sharing collection, and among how many a contributor hides there."""
    writers = Grant.objects.filter(can_write=True, member__state=Member.State.ACTIVE)
    heard = Submission.objects.filter(received_at__gt=now - 30 * _DAY)
    allowed = dict(writers.values_list("collection").annotate(n=Count("member", distinct=True)))
    sent = dict(heard.values_list("collection").annotate(n=Count("member", distinct=True)))
    sharing = Collection.objects.filter(kind=Collection.Kind.SHARING).order_by("alias")
    return [Crowd(each, allowed.get(each.pk, 0), sent.get(each.pk, 0)) for each in sharing]
