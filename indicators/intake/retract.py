"""Take back what a member contributed, or remove an object of a verbatim collection: TAXII DELETE.

The wish travels the same queue as everything else, so it survives a crash once it is answered.
"""

from __future__ import annotations

import secrets
import time
import uuid
from datetime import datetime

from django.db import DatabaseError
from django.db.models import Q, QuerySet

from indicators import keyring
from indicators.intake.errors import IntakeError
from indicators.intake.receive import enqueue
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection
from indicators.models.feedback import Feedback
from indicators.models.lineage import Contribution
from indicators.models.publication import ForumObject
from indicators.models.submission import HeldObject, Submission, WaitingEdge
from indicators.roles import speaking_for


_PATIENCE = 1.0
_STEP = 0.01
_FINAL = Q(state__in=[Submission.State.COMPLETE, Submission.State.QUARANTINED])


def retract(*, principal: Principal, collection: Collection, stix_id: str, now: datetime) -> bool:
    """Retract by the member's own id or a Forum id; False if the member has nothing under it.

    What the member sent before and is still being worked on counts: the wish goes behind it in the
    queue. The wish is durable on return. It is waited for a moment, so that as a rule what a client
    reads next no longer holds the object.

    Raises:
        IntakeError: it cannot be stored now (503).
    """
    wish = {"type": stix_id.partition("--")[0], "id": stix_id, "revoked": True}
    _wait_for(principal.member_id, _unfinished(principal, collection))
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
    _wait_for(principal.member_id, Submission.objects.filter(pk=submission.id).exclude(_FINAL))
    return True


def _unfinished(principal: Principal, collection: Collection) -> QuerySet[Submission]:
    return Submission.objects.filter(member_id=principal.member_id, collection=collection).exclude(
        _FINAL
    )


def _undecided(principal: Principal, collection: Collection) -> QuerySet[Submission]:
    """What is worked on, or was set aside and may be tried again; but never after this wish."""
    own = Submission.objects.filter(member_id=principal.member_id, collection=collection)
    set_aside = Q(state=Submission.State.QUARANTINED, body_ct__isnull=False)
    return own.filter(~_FINAL | set_aside)


def _stands(principal: Principal, collection: Collection, stix_id: str) -> bool:
    if _undecided(principal, collection).exists():
        return True  # it may hold the object; whoever works on it will know
    if collection.kind == Collection.Kind.VERBATIM:
        return ForumObject.objects.filter(collection=collection, stix_id=stix_id).exists()
    member_id = principal.member_id
    lookup_tag = keyring.lookup_tag(member_id, collection.id, stix_id)
    tokens = Collection.objects.filter(parent=collection, kind=Collection.Kind.TOKENS)
    contrib_tags = [
        keyring.contrib_tag(member_id, each, stix_id)
        for each in (collection.id, *tokens.values_list("id", flat=True))
    ]
    own_tag = keyring.own_tag(member_id, collection.id, stix_id)
    active = Contribution.objects.filter(state=Contribution.State.ACTIVE)
    return (
        active.filter(lookup_tag=lookup_tag).exists()
        or active.filter(contrib_tag__in=contrib_tags).exists()
        or Feedback.objects.filter(lookup_tag=lookup_tag, state=Feedback.State.ACTIVE).exists()
        or HeldObject.objects.filter(
            own_tag=own_tag, state__in=["open", "decided", "released"], part="object"
        ).exists()
        or WaitingEdge.objects.filter(own_tag=own_tag).exists()
    )


def _wait_for(member_id: uuid.UUID, unfinished: QuerySet[Submission]) -> None:
    """Wait until these are finished, or patience runs out."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        with speaking_for(member_id):
            if not unfinished.all().exists():
                return
        time.sleep(_STEP)
