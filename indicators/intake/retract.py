"""Take back what a member contributed, or remove an object of a verbatim collection: TAXII DELETE.

The wish travels the same queue as everything else, so it survives a crash once it is answered.
"""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import datetime

from django.db import DatabaseError

from indicators import keyring
from indicators.intake.errors import IntakeError
from indicators.intake.receive import enqueue
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.models.publication import ForumObject
from indicators.models.submission import HeldObject, Submission, WaitingEdge
from indicators.roles import speaking_for


_PATIENCE = 1.0
_STEP = 0.01


def retract(*, principal: Principal, collection: Collection, stix_id: str, now: datetime) -> bool:
    """Retract by the member's own id or a Forum id; False if the member has nothing under it.

    The wish is durable on return. It is waited for a moment, so that as a rule what a client reads
    next no longer holds the object.

    Raises:
        IntakeError: it cannot be stored now (503).
    """
    wish = {"type": stix_id.partition("--")[0], "id": stix_id, "revoked": True}
    try:
        with speaking_for(principal.member_id):
            if not _stands(principal, collection, stix_id):
                return False
            submission = enqueue(
                principal,
                collection,
                [wish],
                mac=secrets.token_bytes(32),
                kind=Submission.Kind.RETRACTION,
                now=now,
            )
    except DatabaseError as error:
        raise IntakeError(
            503, "Not stored", "The hub cannot take this in now; send it again.", retry_after=10
        ) from error
    _wait_for(principal.member_id, submission.id)
    return True


def _stands(principal: Principal, collection: Collection, stix_id: str) -> bool:
    if collection.kind == Collection.Kind.VERBATIM:
        return ForumObject.objects.filter(collection=collection, stix_id=stix_id).exists()
    own = keyring.lookup_tag(principal.member_id, collection.id, stix_id)
    theirs = keyring.contrib_tag(principal.member_id, collection.id, stix_id)
    active = Contribution.objects.filter(state=Contribution.State.ACTIVE)
    return (
        active.filter(lookup_tag=own).exists()
        or active.filter(contrib_tag=theirs).exists()
        or HeldObject.objects.filter(lookup_tag=own, state="open", part="object").exists()
        or WaitingEdge.objects.filter(lookup_tag=own).exists()
    )


def _wait_for(member_id: uuid.UUID, submission_id: uuid.UUID) -> None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with speaking_for(member_id):
            state = Submission.objects.values_list("state", flat=True).get(pk=submission_id)
        if state in (Submission.State.COMPLETE, Submission.State.QUARANTINED):
            return
        time.sleep(_STEP)
