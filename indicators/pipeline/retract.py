"""Take contributions back: `revoked: true` and DELETE, by the lab's own id or a Forum id.

A lab may do this at any time and gives no reason. What others also contributed stays as it is.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.objects import ReceivedObject
from indicators.domain.outcomes import Echo, Reason, Rejected, Unchanged, Verdict
from indicators.pipeline import bulk, lineage, queue, verdicts, withdraw
from indicators.pipeline.lookups import Sender
from indicators.pipeline.publish import Publisher
from indicators.pipeline.queue import Lease
from indicators.pipeline.taking_back import take_back
from indicators.pipeline.verdicts import Decision


def work_on_chunk(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    """Withdraw each object of the chunk in one transaction."""
    ids = [each.id for each in chunk]
    with transaction.atomic():
        queue.extend(lease)
        taken = take_back(sender, ids, policy=policy, now=now)
        verdicts.write(
            [decided(each, known=taken.known) for each in chunk],
            submission_id=lease.submission_id,
            sender=sender,
            policy=policy,
            waits_until=now + timedelta(days=settings.RETENTION_DAYS),
            now=now,
        )
        withdraw.settle(Publisher(sender.collection, policy, now), taken.lost)


def decided(received: ReceivedObject, *, known: Collection[str]) -> Decision:
    """What became of one; `known` are the ids under which the lab had something."""
    verdict: Verdict
    if received.id in known:
        verdict = Unchanged(Reason.WITHDRAWN, "Taken back.")
    elif received.body.get("created_by_ref") == settings.FORUM_IDENTITY_ID:
        verdict = Echo(Reason.ECHO, "The Forum revoked this itself; posting it back adds nothing.")
    else:
        verdict = Rejected(
            Reason.NOT_YOURS,
            "You have nothing under this id in this collection that could be taken back.",
        )
    return Decision(received, verdict, None)


def known_to(sender: Sender, ids: Sequence[str]) -> set[str]:
    """Of these ids those under which the lab has something that it could take back.

    What `work_on_chunk` finds by taking it.
    """
    tags = {sender.own_tag(each): each for each in ids}
    said = {sender.lookup_tag(each): each for each in ids}
    rows = bulk.rows(
        """SELECT own_tag FROM held_object WHERE own_tag = ANY(%(own)s) AND part = 'object'
             AND state IN ('open', 'decided', 'released')
           UNION ALL SELECT own_tag FROM waiting_edge WHERE own_tag = ANY(%(own)s)
           UNION ALL SELECT lookup_tag FROM feedback
             WHERE lookup_tag = ANY(%(said)s) AND state = 'active'""",
        {"own": list(tags), "said": list(said)},
    )
    found = {(tags | said)[bytes(tag)] for (tag,) in rows}
    return found | lineage.contributed(sender, ids)
