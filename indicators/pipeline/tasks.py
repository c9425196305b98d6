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
from indicators.members import polls
from indicators.pipeline import doorbell, enrich, queue, waiting, work
from indicators.pipeline import sweep as sweeping


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
        work.work_on(lease, policy=current_policy(), now=_now())
        following = queue.finish(lease)
    except queue.LeaseLost:
        logger.warning("lease of submission %s lost; another worker has it", submission_id)
        return
    except OperationalError:
        queue.postpone(lease)
        raise
    if following:
        doorbell.ring(following)


def _set_aside(lease: queue.Lease) -> None:
    reference = str(uuid.uuid4())
    with transaction.atomic():
        queue.set_aside(lease, reference)
        act = Act("pipeline", "submission quarantined", str(lease.submission_id))
        record([act], policy=current_policy(), now=_now())
    logger.error("submission %s quarantined, reference %s", lease.submission_id, reference)


@shared_task(name=doorbell.PUBLISH_RELEASED)
def publish_released(*, held_id: str, **_later: Any) -> None:
    """Publish properties that a reviewer released."""
    enrich.apply(uuid.UUID(held_id), policy=current_policy(), now=_now())


@shared_task(name="indicators.pipeline.tasks.sweep")
def sweep(**_later: Any) -> int:
    return sweeping.sweep()


@shared_task(name="indicators.pipeline.tasks.flush_poll_marks")
def flush_poll_marks(**_later: Any) -> int:
    return polls.flush(_now())


@shared_task(name="indicators.pipeline.tasks.expire_waiting")
def expire_waiting(**_later: Any) -> int:
    return waiting.expire(policy=current_policy(), now=_now())
