"""What k independent members dispute is suspended at once and put to staff.

That is an appeal which the pipeline opens, with a ground of its own (`appeals`). Nothing lifts it
but a decision: a dispute that is taken back meanwhile does not, or the object would come and go.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.feedback import feedback_policy
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.pipeline import appeals, bulk, feedback
from indicators.pipeline.standing import Place, lock_places
from indicators.pipeline.takedown import parts
from indicators.roles import publishing


def open_due(*, policy: Policy, now: datetime) -> int:
    """Look at all that is disputed: somebody may have ceased to stand behind it since it was said.

    Returns how many objects are suspended for it.
    """
    rows = bulk.rows(
        "SELECT DISTINCT collection_id, stix_id FROM feedback "
        "WHERE state = 'active' AND verdict = ANY(%s)",
        [list(feedback_policy().disputes)],
    )
    return sum(len(_open_part(part, policy=policy, now=now)) for part in parts(sorted(rows)))


@transaction.atomic
def _open_part(targets: Sequence[Place], *, policy: Policy, now: datetime) -> list[str]:
    with publishing():
        lock_places(targets)
    return open_over(targets, policy=policy, now=now)


def open_over(targets: Sequence[Place], *, policy: Policy, now: datetime) -> list[str]:
    """Open an appeal over those of these objects that enough members dispute; return their ids.

    Inside a transaction that has locked them.
    """
    clerk = Clerk("pipeline", policy, now)
    found = feedback.disputed(targets, verdicts=feedback_policy().disputes)
    collections = Collection.objects.in_bulk({each for each, _ in found})
    opened = [
        appeals.open_by_members(clerk, collections[home], stix_id)
        for home, stix_id in sorted(found)
    ]
    return [each.stix_id for each in opened if each]
