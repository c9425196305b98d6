"""Ring again for what was left lying: the one job that makes losing a doorbell harmless."""

from __future__ import annotations

import logging
from itertools import takewhile

from django.db import transaction

from indicators.pipeline import appeals, bulk, doorbell, key_orders, queue, recalling
from indicators.pipeline.campaigns import naming
from indicators.pipeline.membership import departure
from indicators.pipeline.review import effects


logger = logging.getLogger(__name__)
_LOCK = 0x666F72756D  # any constant: one sweeper at a time, whoever runs it
_MOST = 1000


def sweep() -> int:
    """Ring for whatever is due and not being worked on; return how often.

    Runs from beat, inside every worker and from `manage.py drain`: two at once do no harm.
    """
    with transaction.atomic():
        if not bulk.rows("SELECT pg_try_advisory_xact_lock(%s)", [_LOCK])[0][0]:
            return 0
        submissions, released = queue.due(_MOST), effects.due(_MOST)
        disputed, recalled = appeals.due(_MOST), recalling.due(_MOST)
        leaving, keys = departure.due(_MOST), key_orders.due(_MOST)
        names = naming.due(_MOST)
    rung = [
        *takewhile(bool, map(doorbell.ring, submissions)),
        *takewhile(bool, map(doorbell.ring_released, released)),
        *takewhile(bool, map(doorbell.ring_appeal, disputed)),
        *takewhile(bool, map(doorbell.ring_recall, recalled)),
        *takewhile(bool, map(doorbell.ring_departure, leaving)),
        *takewhile(bool, map(doorbell.ring_key_order, keys)),
        *takewhile(bool, map(doorbell.ring_name, names)),
    ]
    if rung:
        logger.info("swept %d submissions and decisions", len(rung))
    return len(rung)
