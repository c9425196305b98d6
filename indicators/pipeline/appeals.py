"""Appeals: somebody disputes what is published, and staff decide.

While it is open every reader sees the flag (`disputes`). Upheld, the object is withdrawn and may
not come again; dismissed, the flag is taken away. Deciding and showing are two acts: staff decide
at their screens, which may not write the feed, and the worker shows it; `applied` says what is
shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F

from indicators.domain.disclosure import Policy
from indicators.domain.outcomes import Reason
from indicators.members.registry import Clerk
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.models.submission import HeldObject
from indicators.pipeline import barred, disputes, doorbell
from indicators.pipeline.again import look_again
from indicators.pipeline.publish import Publisher
from indicators.pipeline.takedown import parts, take_down


_State = Appeal.State


class AppealError(ValueError):
    """An appeal that cannot be opened or closed; the message says why."""


@transaction.atomic
def open_appeal(
    clerk: Clerk, collection: Collection, stix_id: str, *, ground: str, reference: str
) -> Appeal:
    """Open an appeal over a published object, by its Forum id.

    Raises:
        AppealError: nothing stands there, an appeal is open already, or a word is missing.
    """
    body = check_new(collection, stix_id, ground=ground, reference=reference)
    made = Appeal.objects.create(
        collection=collection,
        stix_id=stix_id,
        ground=ground,
        reference=reference.strip(),
        tags=barred.tags_of_published(collection, body),
        opened_by=clerk.by,
        opened_at=clerk.now,
    )
    clerk.note("appeal opened", f"{collection.alias}/{stix_id}", appeal=str(made.id), ground=ground)
    _ring(made)
    return made


def check_new(
    collection: Collection, stix_id: str, *, ground: str, reference: str
) -> Mapping[str, Any]:
    """The body of the object, unless no appeal may be opened over it: then AppealError."""
    if ground not in Appeal.Ground.values:
        known = ", ".join(Appeal.Ground.values)
        raise AppealError(f"There is no ground {ground!r}, only: {known}.")
    if not reference.strip():
        raise AppealError("Give the reference of the case file.")
    body = disputes.newest(collection, stix_id)
    if body is None or collection.kind not in (Collection.Kind.SHARING, Collection.Kind.TOKENS):
        raise AppealError(f"Nothing stands under {stix_id} in {collection.alias}.")
    if Appeal.objects.filter(collection=collection, stix_id=stix_id, state=_State.OPEN).exists():
        raise AppealError(f"An appeal over {stix_id} in {collection.alias} is open already.")
    return body


@transaction.atomic
def close(clerk: Clerk, appeal_id: uuid.UUID, *, upheld: bool, outcome: str) -> Appeal:
    """Decide an open appeal.

    Raises:
        AppealError: there is none, it is closed, or no reason is given.
    """
    appeal = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
    if appeal is None or appeal.state != _State.OPEN:
        raise AppealError("There is no such appeal that is open.")
    if not outcome.strip():
        raise AppealError("Say why: the outcome is recorded.")
    appeal.state = _State.UPHELD if upheld else _State.DISMISSED
    appeal.outcome, appeal.closed_by, appeal.closed_at = outcome.strip(), clerk.by, clerk.now
    appeal.save(update_fields=["state", "outcome", "closed_by", "closed_at"])
    clerk.note(
        f"appeal {appeal.state}",
        f"{appeal.collection.alias}/{appeal.stix_id}",
        appeal=str(appeal.id),
    )
    _ring(appeal)
    return appeal


def find(appeal_id: str) -> Appeal:
    """The appeal of this id, or of the only id that begins so.

    Raises:
        AppealError: none, or several.
    """
    found = [each for each in Appeal.objects.all() if str(each.id).startswith(appeal_id.lower())]
    if not appeal_id or len(found) != 1:
        raise AppealError(f"{len(found)} appeals have an id that begins with {appeal_id!r}.")
    return found[0]


@transaction.atomic
def apply(appeal_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Show in the feed what was decided; False if it is shown already."""
    appeal = Appeal.objects.select_for_update().filter(pk=appeal_id).first()
    if appeal is None or appeal.applied == appeal.state:
        return False
    publisher = Publisher(appeal.collection, policy, now)
    if appeal.state == _State.OPEN:
        appeal.note_id = disputes.flag(publisher, appeal.stix_id)
    elif appeal.state == _State.DISMISSED:
        _let_go(policy=policy, now=now)  # first: submissions are locked before objects and heads
        disputes.unflag(publisher, appeal.stix_id, appeal.note_id)
    else:
        _uphold(appeal, policy=policy, now=now)
    appeal.applied = appeal.state
    appeal.save(update_fields=["applied", "note_id"])
    return True


def apply_due(*, policy: Policy, now: datetime) -> int:
    """Show whatever is decided and not shown; returns how many."""
    return sum(apply(each, policy=policy, now=now) for each in due(limit=1000))


def due(limit: int) -> list[uuid.UUID]:
    """Appeals whose doorbell may have been lost."""
    found = Appeal.objects.exclude(applied=F("state")).order_by("opened_at")
    return list(found.values_list("id", flat=True)[:limit])


def _let_go(*, policy: Policy, now: datetime) -> None:
    """Look again at what waited for a dispute; what another appeal holds is held again."""
    held = HeldObject.objects.filter(
        state=HeldObject.State.OPEN,
        part=HeldObject.Part.OBJECT,
        reasons__contains=[Reason.DISPUTED],
    )
    for part in parts(list(held.order_by("held_at").values_list("id", flat=True))):
        look_again(part, why="appeal dismissed", policy=policy, now=now)


def _uphold(appeal: Appeal, *, policy: Policy, now: datetime) -> None:
    """Bar it first: nobody may bring it back while it is being taken down."""
    tags = (bytes(each) for each in appeal.tags)
    barred.bar(tags, since=now.date(), appeal=appeal.id, request=None)
    act = "object taken down on appeal"
    body = disputes.newest(appeal.collection, appeal.stix_id)
    take_down(appeal.collection, [appeal.stix_id], act=act, policy=policy, now=now)
    if body is None:  # it has fallen since, and what says the same is known by its tags alone
        barred.enforce(policy=policy, now=now, everything=True)
    else:
        barred.take_down_alike(body, act=act, policy=policy, now=now)


def _ring(appeal: Appeal) -> None:
    transaction.on_commit(partial(doorbell.ring_appeal, appeal.id))
