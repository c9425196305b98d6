"""The worker's nightly door to the keys. The clock is read here."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from celery import shared_task

from indicators.domain.disclosure import current_policy
from indicators.matching import budgets, remote, rotation
from indicators.matching.seeds import store
from indicators.members.registry import Clerk


logger = logging.getLogger(__name__)


@shared_task(name="indicators.matching.tasks.keep_keys")
def keep_keys(**_later: Any) -> None:
    """Destroy what is over, make what is due, and forget the requests of past days."""
    now = datetime.now(UTC)  # noqa: TID251  a door
    clerk = Clerk(by="worker", policy=current_policy(), now=now.replace(microsecond=0))
    budgets.forget(now)
    # What may fail for want of another evaluator comes last.
    rotation.destroy(clerk, store())
    made = rotation.ensure(clerk, store(), remote.partners(store()))
    if made:
        logger.info("token keys made for %s", ", ".join(made))
