"""A worker that starts looks after the keys; later the nightly job does. The clock is read here."""

from __future__ import annotations

import logging
from datetime import UTC, datetime
from typing import Any

from celery import shared_task

from indicators.domain.disclosure import current_policy
from indicators.matching import remote, rotation
from indicators.matching.seeds import store
from indicators.members.registry import Clerk


logger = logging.getLogger(__name__)


@shared_task(name="indicators.matching.tasks.make_keys")
def make_keys(**_later: Any) -> None:
    """Make what is due: a hub that was off for weeks does not wait for the night."""
    now = datetime.now(UTC).replace(microsecond=0)  # noqa: TID251  a door
    clerk = Clerk(by="worker", policy=current_policy(), now=now)
    if made := rotation.ensure(clerk, store(), remote.partners(store())):
        logger.info("token keys made for %s", ", ".join(made))
