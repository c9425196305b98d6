"""The worker's door: keyword-only, ids only, unknown keywords tolerated. The clock is read here."""

from __future__ import annotations

import logging
import uuid
from datetime import UTC, datetime
from typing import Any

from celery import shared_task
from django.db import OperationalError, transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import current_policy
from indicators.matching.errors import TokensUnavailable
from indicators.members import polls
from indicators.pipeline import (
    appeals,
    batches,
    canary,
    doorbell,
    enrich,
    families,
    feedback_summary,
    key_orders,
    queue,
    recalling,
    review,
    stage_times,
    stopwatch,
    waiting,
    work,
)
from indicators.pipeline import correlate as correlating
from indicators.pipeline import corroborate as corroborating
from indicators.pipeline import nightly as nightly_job
from indicators.pipeline import sweep as sweeping
from indicators.pipeline.campaigns import naming
from indicators.pipeline.membership import departure


logger = logging.getLogger(__name__)


def _now() -> datetime:
    """Whole milliseconds, so that every time in an object is written with three digits."""
    now = datetime.now(UTC)  # noqa: TID251  a door
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


@shared_task(name=doorbell.PROCESS)
def process_submission(*, submission_id: str, **_later: Any) -> None:
    """Work on one submission, if it is due."""
    lease = queue.claim(uuid.UUID(submission_id))
    if lease is None:
        return
    if lease.attempts > queue.MOST_ATTEMPTS:
        _set_aside(lease)
        return
    try:
        _work_on(lease)
        following = queue.finish(lease)
    except queue.LeaseLost:
        logger.warning("lease of submission %s lost; another worker has it", submission_id)
        return
    except Exception as error:
        queue.failed(lease, error)
        if isinstance(error, OperationalError | TokensUnavailable):
            queue.postpone(lease)
        raise
    if following:
        doorbell.ring(following)


def _work_on(lease: queue.Lease) -> None:
    with stopwatch.measuring() as spent:
        try:
            work.work_on(lease, policy=current_policy(), now=_now())
        finally:
            stage_times.note(spent, again=lease.attempts > 1, now=_now())


def _set_aside(lease: queue.Lease) -> None:
    reference = str(uuid.uuid4())
    with transaction.atomic():
        queue.set_aside(lease, reference)
        act = Act("pipeline", "submission quarantined", str(lease.submission_id))
        record([act], policy=current_policy(), now=_now())
    logger.error("submission %s quarantined, reference %s", lease.submission_id, reference)


@shared_task(name=doorbell.PUBLISH_RELEASED)
def publish_released(*, held_id: str, **_later: Any) -> None:
    """Let a reviewer's decision take effect if it is due, and publish properties released."""
    review.take_effect(uuid.UUID(held_id), policy=current_policy(), now=_now())
    enrich.apply(uuid.UUID(held_id), policy=current_policy(), now=_now())


@shared_task(name="indicators.pipeline.tasks.sweep")
def sweep(**_later: Any) -> int:
    return sweeping.sweep()


@shared_task(name="indicators.pipeline.tasks.flush_poll_marks")
def flush_poll_marks(**_later: Any) -> int:
    return polls.flush(_now())


@shared_task(name="indicators.pipeline.tasks.release_batches")
def release_batches(**_later: Any) -> int:
    return batches.run(policy=current_policy(), now=_now())


@shared_task(name="indicators.pipeline.tasks.join_families")
def join_families(**_later: Any) -> int:
    return families.run(policy=current_policy(), now=_now())


@shared_task(name="indicators.pipeline.tasks.ensure_canary")
def ensure_canary(**_later: Any) -> int:
    return canary.ensure(policy=current_policy(), now=_now())


@shared_task(name="indicators.pipeline.tasks.corroborate")
def corroborate(**_later: Any) -> int:
    """The daily run: whatever depends on a second member changes here alone."""
    now = _now()
    changed = corroborating.run(policy=current_policy(), now=now)
    return changed + feedback_summary.run(policy=current_policy(), now=now)


# As for the nightly job: a large forum may take longer than an unacknowledged message stays hidden.
@shared_task(name=doorbell.CORRELATE, acks_late=False, time_limit=3600)
def correlate(**_later: Any) -> int:
    return correlating.run_due(policy=current_policy(), now=_now())


@shared_task(name="indicators.pipeline.tasks.expire_waiting")
def expire_waiting(**_later: Any) -> int:
    return waiting.expire(policy=current_policy(), now=_now())


@shared_task(name=doorbell.SHOW_APPEAL)
def show_appeal(*, appeal_id: str, **_later: Any) -> None:
    """Show in the feed what was decided over an appeal."""
    appeals.apply(uuid.UUID(appeal_id), policy=current_policy(), now=_now())


# As for the nightly job: a source may have sent more than one unacknowledged message's time allows.
@shared_task(name=doorbell.RECALL, acks_late=False, time_limit=3600)
def recall(*, recall_id: str, **_later: Any) -> None:
    """Take back what came from a compromised source."""
    recalling.apply(uuid.UUID(recall_id), policy=current_policy(), now=_now())


@shared_task(name=doorbell.SAY_NAME)
def say_name(*, name_id: str, **_later: Any) -> None:
    """Say on the feed what staff named a campaign."""
    naming.say(uuid.UUID(name_id), policy=current_policy(), now=_now())


@shared_task(name=doorbell.CHANGE_EPOCH)
def change_epoch(*, order_id: str, **_later: Any) -> None:
    """End an epoch of the tokens and begin the next, as two people ordered."""
    key_orders.carry_out(uuid.UUID(order_id), policy=current_policy(), now=_now())


# As for the nightly job: what a member of years contributed takes a while, and the sweep rings on.
@shared_task(name=doorbell.CLEAR_UP, acks_late=False, time_limit=3600)
def clear_up(*, offboarding_id: str, **_later: Any) -> None:
    """Clear up after a member that leaves."""
    departure.clear_up(uuid.UUID(offboarding_id), policy=current_policy(), now=_now())


# Acknowledged at once: it takes longer than an unacknowledged message stays hidden, and a night
# that is cut short is made up by the next.
@shared_task(name="indicators.pipeline.tasks.nightly", acks_late=False, time_limit=3 * 3600)
def nightly(**_later: Any) -> None:
    nightly_job.run(policy=current_policy(), now=_now())
