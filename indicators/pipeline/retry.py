"""Try a quarantined submission again, once what made it fail is mended.

It goes back into the queue as if it had just come; what was decided of it before stays decided.
Refuses: what is not quarantined, what a recall takes in, what is purged, and what would come after
its lab has taken back something that is in it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q

from indicators import keyring
from indicators.domain.outcomes import Reason
from indicators.members.registry import Clerk
from indicators.models.submission import Submission, SubmissionObject
from indicators.pipeline import doorbell, queue, recall


_TAKEN_BACK = (Reason.WITHDRAWN, Reason.NOT_YOURS)
"""What later submissions say of an id that their lab took back, whether anything stood there."""


class RetryError(ValueError):
    """It cannot be tried again; the message says why and what to do."""


@transaction.atomic
def retry(clerk: Clerk, submission_id: uuid.UUID) -> None:
    """Put it back into the queue and ring for it.

    Raises:
        RetryError: as the module refuses; a second press finds nothing that is quarantined.
    """
    found = Submission.objects.select_for_update(of=["self"]).filter(pk=submission_id).first()
    if found is None or found.state != Submission.State.QUARANTINED:
        raise RetryError("It is not quarantined (any more): there is nothing to try again.")
    if why := obstacle(clerk, found, locked=True):
        raise RetryError(why)
    if _is_overtaken(found):
        raise RetryError(
            "Since then its lab has taken back something that is in it. Ask the lab to send again "
            "what it still wants to share."
        )
    queue.put_back(found.id)
    clerk.note("submission tried again", str(found.id), reference=found.failure_reference)
    doorbell.ring_after_commit([found.id])


def obstacle(clerk: Clerk, submission: Submission, *, locked: bool = False) -> str:
    """Why it must not be tried again, as far as its row and the recalls tell; else empty."""
    # What a legal hold keeps beyond its time is not shared any more.
    if submission.body_ct is None or submission.purge_after <= clerk.now:
        return "Its raw body is purged, or kept for a legal hold alone. Its lab must send it anew."
    if recall.takes_in(submission, now=clerk.now, locked=locked):
        return (
            "A recall over its source takes it in: what came in that time is taken back, not "
            "tried again."
        )
    return ""


def _is_overtaken(submission: Submission) -> bool:
    """Whether its lab has since taken back one of its ids, or sent one that it takes back."""
    assert submission.body_ct is not None
    objects = queue.opened(submission.id, bytes(submission.body_ct))
    taken = [each for each in objects if each.get("revoked") is True]
    shared = [each for each in objects if each.get("revoked") is not True]
    later = SubmissionObject.objects.filter(
        submission__member_id=submission.member_id,
        submission__collection_id=submission.collection_id,
        submission__received_at__gt=submission.received_at,
    )
    newer = Q(own_tag__in=_tags(submission, taken))
    gone = Q(own_tag__in=_tags(submission, shared), reason__in=_TAKEN_BACK)
    return later.filter(newer | gone).exists()


def _tags(submission: Submission, objects: Iterable[Mapping[str, Any]]) -> list[bytes]:
    place = submission.member_id, submission.collection_id
    return [keyring.own_tag(*place, each["id"]) for each in objects]
