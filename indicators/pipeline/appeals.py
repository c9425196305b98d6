"""Appeals: somebody disputes what is published, and staff decide.

While it is open every reader sees the flag (`disputes`). Upheld, the object is withdrawn and may
not come again; dismissed, the flag is taken away. What members dispute is suspended meanwhile; the
pipeline opens that appeal (`suspension`). Deciding and showing are two acts: staff decide at their
screens, which may not write the feed, and the worker shows it; `applied` says what is shown.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Q, QuerySet

from indicators.domain.disclosure import Policy
from indicators.domain.feedback import feedback_policy
from indicators.domain.governance import Terms
from indicators.domain.outcomes import Reason
from indicators.members.registry import Clerk
from indicators.models.appeal import Appeal
from indicators.models.collection import Collection
from indicators.models.submission import HeldObject
from indicators.pipeline import barred, disputes, doorbell, feedback
from indicators.pipeline.again import look_again
from indicators.pipeline.publish import Publisher
from indicators.pipeline.takedown import parts


_State = Appeal.State
GROUNDS = [each for each in Appeal.Ground.values if each != Appeal.Ground.MEMBERS]
"""On which staff open one."""


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
    return _open(clerk, collection, body, ground=ground, reference=reference.strip())


@transaction.atomic
def open_by_members(clerk: Clerk, collection: Collection, stix_id: str) -> Appeal | None:
    """Open one because enough members dispute an object; None if one of theirs is not over yet."""
    theirs = Appeal.objects.filter(
        collection=collection, stix_id=stix_id, ground=Appeal.Ground.MEMBERS
    )
    if theirs.filter(Q(state=_State.OPEN) | ~Q(applied=F("state"))).exists():
        return None
    body = disputes.newest(collection, stix_id)
    if body is None:
        return None
    return _open(clerk, collection, body, ground=Appeal.Ground.MEMBERS, reference="feedback")


def _open(
    clerk: Clerk, collection: Collection, body: Mapping[str, Any], *, ground: str, reference: str
) -> Appeal:
    made = Appeal.objects.create(
        collection=collection,
        stix_id=body["id"],
        ground=ground,
        reference=reference,
        tags=barred.tags_of_published(collection, body),
        opened_by=clerk.by,
        opened_at=clerk.now,
    )
    subject = f"{collection.alias}/{body['id']}"
    clerk.note("appeal opened", subject, appeal=str(made.id), ground=ground)
    _ring(made)
    return made


def check_new(
    collection: Collection, stix_id: str, *, ground: str, reference: str
) -> Mapping[str, Any]:
    """The body of the object, unless no appeal may be opened over it: then AppealError."""
    if ground not in GROUNDS:
        known = ", ".join(GROUNDS)
        raise AppealError(f"There is no ground {ground!r}, only: {known}.")
    if not reference.strip():
        raise AppealError("Give the reference of the case file.")
    body = disputes.newest(collection, stix_id)
    if body is None or collection.kind not in (Collection.Kind.SHARING, Collection.Kind.TOKENS):
        raise AppealError(f"Nothing stands under {stix_id} in {collection.alias}.")
    if _open_over(collection, stix_id).exclude(ground=Appeal.Ground.MEMBERS).exists():
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
    if appeal.state == _State.OPEN:
        _flag(appeal, Publisher(appeal.collection, policy, now))
    elif appeal.state == _State.DISMISSED:
        _let_go(policy=policy, now=now)  # first: submissions are locked before objects and heads
        _unflag(appeal, Publisher(appeal.collection, policy, now))
    else:
        _uphold(appeal, policy=policy, now=now)
    appeal.applied = appeal.state
    appeal.save(update_fields=["applied", "note_id", "terms"])
    return True


def _flag(appeal: Appeal, publisher: Publisher) -> None:
    shown = disputes.flag(publisher, appeal.stix_id, _word(appeal))
    appeal.note_id = shown.note_id
    appeal.terms = asdict(shown.before) if shown.before else None


def _unflag(appeal: Appeal, publisher: Publisher) -> None:
    """Its disputes are heard: they suspend it no more. What else is open keeps its own flag."""
    shown = disputes.Shown(appeal.note_id, Terms(**appeal.terms) if appeal.terms else None)
    others = _open_over(appeal.collection, appeal.stix_id).exists()
    if _word(appeal) == disputes.DISPUTED:
        verdicts = feedback_policy().disputes
        feedback.settle(appeal.collection_id, appeal.stix_id, verdicts=verdicts)
    disputes.unflag(publisher, appeal.stix_id, _word(appeal), shown, others=others)


def _word(appeal: Appeal) -> str:
    members = appeal.ground == Appeal.Ground.MEMBERS
    return disputes.DISPUTED if members else disputes.APPEALED


def _open_over(collection: Collection, stix_id: str) -> QuerySet[Appeal]:
    return Appeal.objects.filter(collection=collection, stix_id=stix_id, state=_State.OPEN)


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
    if body is None:  # it has fallen since, and what says the same is known by its tags alone
        barred.enforce(policy=policy, now=now, everything=True)
    else:
        barred.take_down_alike(appeal.collection, body, act=act, policy=policy, now=now)


def _ring(appeal: Appeal) -> None:
    transaction.on_commit(partial(doorbell.ring_appeal, appeal.id))
