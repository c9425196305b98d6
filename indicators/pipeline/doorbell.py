"""Tell the workers that there is work, after the commit and never before.

The bell may be lost at any time: the queue is in PostgreSQL and the sweep rings again. So an error
here is logged and swallowed; raising it would turn a stored submission into a failed request. After
one the bell rests for a while: a broker that hangs must not keep every sender waiting.
"""

from __future__ import annotations

import logging
import time
import uuid
from collections.abc import Iterable
from functools import partial

from celery import current_app
from django.db import transaction
from kombu.exceptions import KombuError
from redis.exceptions import RedisError


logger = logging.getLogger(__name__)
REST_SECONDS = 10.0
PROCESS = "indicators.pipeline.tasks.process_submission"
PUBLISH_RELEASED = "indicators.pipeline.tasks.publish_released"
SHOW_APPEAL = "indicators.pipeline.tasks.show_appeal"
RECALL = "indicators.pipeline.tasks.recall"
CORRELATE = "indicators.pipeline.tasks.correlate"
CLEAR_UP = "indicators.pipeline.tasks.clear_up"
SAY_NAME = "indicators.pipeline.tasks.say_name"
CHANGE_EPOCH = "indicators.pipeline.tasks.change_epoch"


class _Rest:
    """Until when this process does not try to ring, by the monotonic clock."""

    until = 0.0


_rest = _Rest()


def ring_after_commit(submission_ids: Iterable[uuid.UUID]) -> None:
    """Ring for these submissions once the running transaction has committed."""
    for submission_id in submission_ids:
        transaction.on_commit(partial(ring, submission_id))


def ring(submission_id: uuid.UUID) -> bool:
    """Ring for a submission now; False if nobody could hear it."""
    return _send(PROCESS, submission_id=str(submission_id))


def ring_released(held_id: uuid.UUID) -> bool:
    """Ring for properties that a reviewer released; False if nobody could hear it."""
    return _send(PUBLISH_RELEASED, held_id=str(held_id))


def ring_appeal(appeal_id: uuid.UUID) -> bool:
    """Ring for an appeal that was opened or decided; False if nobody could hear it."""
    return _send(SHOW_APPEAL, appeal_id=str(appeal_id))


def ring_recall(recall_id: uuid.UUID) -> bool:
    """Ring for a recall that was ordered; False if nobody could hear it."""
    return _send(RECALL, recall_id=str(recall_id))


def ring_correlation() -> bool:
    """Ring for what is to be correlated at once; False if nobody could hear it."""
    return _send(CORRELATE)


def ring_departure(offboarding_id: uuid.UUID) -> bool:
    """Ring for a member that leaves; False if nobody could hear it."""
    return _send(CLEAR_UP, offboarding_id=str(offboarding_id))


def ring_name(name_id: uuid.UUID) -> bool:
    """Ring for a name that a campaign was given; False if nobody could hear it."""
    return _send(SAY_NAME, name_id=str(name_id))


def ring_key_order(order_id: uuid.UUID) -> bool:
    """Ring for an epoch that is to be replaced; False if nobody could hear it."""
    return _send(CHANGE_EPOCH, order_id=str(order_id))


def _send(task: str, **ids: str) -> bool:
    if time.monotonic() < _rest.until:
        return False
    try:
        current_app.send_task(task, kwargs=ids, retry=False)
    except (KombuError, RedisError, OSError) as error:
        _rest.until = time.monotonic() + REST_SECONDS
        logger.warning("the doorbell is silent, the sweep will ring: %s", type(error).__name__)
        return False
    return True
