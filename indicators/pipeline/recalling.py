"""The worker's half of a recall: take back what the source sent, in parts that can be repeated.

What only the source stands behind falls, labelled `recalled`; what others sent too stays as it is,
and the daily runs weigh it without the source. Submissions of the source that are still worked on
go first, so that nothing of them comes after.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import Act, record
from indicators.domain.disclosure import Policy
from indicators.models.recall import Recall, RecalledObject
from indicators.pipeline import bulk, doorbell, lookups, recall_source, withdraw
from indicators.pipeline.lookups import Sender
from indicators.pipeline.publish import Publisher
from indicators.pipeline.recall import source_of
from indicators.pipeline.takedown import parts
from indicators.pipeline.taking_back import take_back


LABEL = "recalled"
"""What readers see on it, beside that it is withdrawn."""
_TOLD = "Taken back by the Forum with all that came from this source at that time."


def apply(recall_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Carry out an ordered recall; False if there is nothing to do, or not yet."""
    asked = Recall.objects.filter(pk=recall_id, state=Recall.State.ORDERED).first()
    if asked is None:
        return False
    source = source_of(asked)
    if recall_source.unfinished(source):
        return False
    for collection_id, ids in recall_source.sent(source).items():
        sender = lookups.sender(
            (), member_id=source.member_id, collection_id=collection_id, policy=policy, now=now
        )
        for some in parts(sorted(ids)):
            _take(asked, sender, some, policy=policy, now=now)
    return _finish(asked, policy=policy, now=now)


def due(limit: int) -> list[uuid.UUID]:
    """Ordered recalls whose doorbell may have been lost."""
    found = Recall.objects.filter(state=Recall.State.ORDERED).order_by("ordered_at")
    return list(found.values_list("pk", flat=True)[:limit])


@transaction.atomic
def _take(
    asked: Recall, sender: Sender, ids: Sequence[str], *, policy: Policy, now: datetime
) -> None:
    taken = take_back(sender, ids, message=_TOLD, policy=policy, now=now)
    publisher = Publisher(sender.collection, policy, now)
    fallen = withdraw.settle(publisher, taken.lost, labels=[LABEL])
    RecalledObject.objects.bulk_create(
        [
            RecalledObject(recall=asked, collection_id=collection_id, stix_id=stix_id)
            for collection_id, stix_id in fallen
        ],
        ignore_conflicts=True,
    )


@transaction.atomic
def _finish(asked: Recall, *, policy: Policy, now: datetime) -> bool:
    ended = Recall.objects.filter(pk=asked.pk, state=Recall.State.ORDERED)
    if not ended.update(state=Recall.State.DONE, done_at=bulk.clock()):
        return False  # another worker was faster
    fell = RecalledObject.objects.filter(recall=asked).count()
    act = Act("pipeline", "recall done", f"recall/{asked.id}", {"withdrawn": fell})
    record([act], policy=policy, now=now)
    # Campaigns that rested on it are looked at anew.
    transaction.on_commit(doorbell.ring_correlation)
    return True
