"""The nightly job: everything that ends by itself, in one list, and one entry that says what did.

A step that fails does not keep the others from their work; the entry names it, with a reference to
the log. Every step touches only what is due and can be run again, so a night that was missed is
made up by the next, and two at once do no harm.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

from django.db import connection, transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.matching import budgets, remote, rotation
from indicators.matching.seeds import store
from indicators.members import polls
from indicators.members.registry import Clerk
from indicators.models.appeal import Appeal
from indicators.models.incident import Incident
from indicators.models.question import Question
from indicators.models.subject_request import SubjectRequest
from indicators.pipeline import (
    appeals,
    barred,
    concentration,
    expiry,
    legal_demand,
    legal_hold,
    pauses,
    public_templates,
    questions,
    rescreen,
    retention,
    suspension,
    waiting,
)
from indicators.pipeline.membership import offboarding


logger = logging.getLogger(__name__)
ACT = "nightly job"
Step = Callable[[Policy, datetime], int | Mapping[str, int]]


@dataclass(slots=True)
class Report:
    """What a night came to: counts by step, and references of the steps that failed."""

    counts: dict[str, int] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)


def run(*, policy: Policy, now: datetime) -> Report:
    """Run every step; journal the report."""
    report = Report()
    for name, step in STEPS.items():
        _take(name, step, report, policy=policy, now=now)
    with transaction.atomic():
        body = {"counts": report.counts, "failed": report.failed}
        act = Act("pipeline", ACT, f"nightly/{now:%Y-%m-%d}", body)
        record([act], policy=policy, now=now)
    return report


def _take(name: str, step: Step, report: Report, *, policy: Policy, now: datetime) -> None:
    try:
        with _patience():
            found = step(policy, now)
    except Exception:
        # Whatever it is, the other steps must have their night.
        reference = str(uuid.uuid4())
        logger.exception("the nightly step %s failed, reference %s", name, reference)
        report.failed[name] = reference
        if not connection.is_usable():
            connection.close()  # the next step gets a new one
    else:
        report.counts.update({name: found} if isinstance(found, int) else found)


@contextmanager
def _patience() -> Iterator[None]:
    """Statements that go over a whole table may take longer than those of a lease."""
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '30min'")
    yield
    with connection.cursor() as cursor:
        cursor.execute("RESET statement_timeout")


def _keys_made(policy: Policy, now: datetime) -> int:
    clerk, seeds = Clerk("pipeline", policy, now), store()
    return len(rotation.ensure(clerk, seeds, remote.partners(seeds)))


def _seeds_destroyed(policy: Policy, now: datetime) -> int:
    return len(rotation.destroy(Clerk("pipeline", policy, now), store()))


def _rescreened(policy: Policy, now: datetime) -> Mapping[str, int]:
    count = rescreen.run(policy=policy, now=now, most=rescreen.A_NIGHT)
    return {f"rescreen_{name}": getattr(count, name) for name in count.__slots__}


def _open_now(_policy: Policy, now: datetime) -> Mapping[str, int]:
    """What a reader of the report should know of, beside what was done."""
    return {
        "legal_notices_overdue": len(legal_demand.overdue(now=now)),
        "legal_holds_in_force": legal_hold.in_force(now=now).count(),
        "appeals_open": Appeal.objects.filter(state=Appeal.State.OPEN).count(),
        "incidents_open": Incident.objects.filter(closed_at=None).count(),
        "pauses_on": len(pauses.standing(now=now)),
        "subject_requests_unfinished": SubjectRequest.objects.filter(done_at=None).count(),
        "questions_open": Question.objects.filter(state=Question.State.OPEN).count(),
        "offboardings_open": offboarding.open_now(),
        "submissions_overdue": retention.overdue(now=now),
    }


STEPS: Mapping[str, Step] = {
    # What waits or is held ends before the body that it would need.
    "waiting_expired": lambda policy, now: waiting.expire(policy=policy, now=now),
    "held_expired": lambda policy, now: retention.expire_held(policy=policy, now=now),
    "bodies_purged": lambda _, now: retention.purge_bodies(now=now),
    "held_deleted": lambda _, now: retention.delete_held(now=now),
    "statuses_forgotten": lambda _, now: retention.forget_statuses(now=now),
    "links_forgotten": lambda _, now: retention.forget_links(now=now),
    "questions_forgotten": lambda _, now: questions.forget(now=now),
    "passages_forgotten": lambda _, now: polls.forget(now),
    "resends_forgotten": lambda _, now: retention.forget_resends(now=now),
    "evaluations_forgotten": lambda _, now: budgets.forget(now),
    "objects_expired": lambda policy, now: expiry.expire(policy=policy, now=now),
    "withdrawn_forgotten": lambda _, now: expiry.forget_withdrawn(now=now),
    # Tokens go before their seeds: what is left could never match again.
    "tokens_ended": lambda policy, now: expiry.end_epochs(policy=policy, now=now),
    "seeds_destroyed": _seeds_destroyed,
    "keys_made": _keys_made,
    # A new epoch has new tokens of every public template.
    "public_templates_tokenised": lambda _, now: public_templates.refresh(now=now),
    "suspended": lambda policy, now: suspension.open_due(policy=policy, now=now),
    "appeals_shown": lambda policy, now: appeals.apply_due(policy=policy, now=now),
    "barred_taken_down": lambda policy, now: barred.enforce(policy=policy, now=now),
    "pauses_over": lambda policy, now: pauses.go_on(policy=policy, now=now),
    "rescreened": _rescreened,
    "concentration_alarms": lambda policy, now: concentration.run(policy=policy, now=now),
    "open": _open_now,
}
"""In this order."""
