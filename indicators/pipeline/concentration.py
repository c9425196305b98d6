"""An alarm for staff: one member stands for too much of what a collection published lately.

Whoever leans on the feed then leans on one lab, and whoever reads it can guess whose a thing is.
Counted over submissions, which name their member; readers are never told.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.accountability import Concentration, current_accountability
from indicators.domain.disclosure import Policy
from indicators.models.audit import AuditEntry
from indicators.pipeline import bulk


logger = logging.getLogger(__name__)
ACT = "concentration alarm"
_FRESH = timedelta(days=2)
"""An alarm is raised every night while it is true."""


@dataclass(frozen=True, slots=True)
class Share:
    """What a member stands for in a collection."""

    member: str
    collection: str
    percent: int


def run(*, policy: Policy, now: datetime) -> int:
    """Raise an alarm for each member that stands for too much; returns how many."""
    found = above(current_accountability().concentration, now=now)
    acts = [
        Act("pipeline", ACT, f"member/{each.member}",
            {"collection": each.collection, "percent": each.percent})
        for each in found
    ]  # fmt: skip
    with transaction.atomic():
        record(acts, policy=policy, now=now)
    for each in found:
        logger.warning(
            "%s stands for %d %% of what %s published", each.member, each.percent, each.collection
        )
    return len(found)


def above(rule: Concentration, *, now: datetime) -> list[Share]:
    """The shares that are too large, each object of a member counted once."""
    rows = bulk.rows(
        """SELECT m.slug, c.alias, (100 * n / total)::int FROM (
               SELECT collection_id, member_id, count(*) AS n,
                      sum(count(*)) OVER (PARTITION BY collection_id) AS total
               FROM (SELECT DISTINCT s.collection_id, s.member_id, o.own_tag
                     FROM submission s JOIN submission_object o ON o.submission_id = s.id
                     WHERE s.received_at >= %(since)s AND o.outcome = 'published'
                       AND o.reason = '') AS sent
               GROUP BY collection_id, member_id
           ) AS counted JOIN member m ON m.id = member_id
           JOIN collection c ON c.id = collection_id AND c.kind = 'sharing' AND NOT c.exercise
           WHERE total >= %(least)s AND 100 * n > %(percent)s * total ORDER BY c.alias""",
        {
            "since": now - timedelta(days=rule.days),
            "least": rule.least,
            "percent": rule.percent,
        },
    )
    return [Share(*row) for row in rows]


def alarms_over(member: str, *, now: datetime) -> list[str]:
    """What the last nights said of a member, for staff."""
    entries = AuditEntry.objects.filter(act=ACT, subject=f"member/{member}", at__gte=now - _FRESH)
    return list(entries.order_by("-at").values_list("body", flat=True))
