"""Publish what a reviewer released of a published object, as its next version."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from indicators import keyring
from indicators.audit.journal import record
from indicators.domain.disclosure import WITHHELD, Policy, TypeRule
from indicators.domain.regime import CROSS_BORDER
from indicators.domain.stix.references import type_of
from indicators.domain.stix.times import version_of
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.models.submission import HeldObject, Submission
from indicators.pipeline import bulk, pauses, told
from indicators.pipeline.publish import Publisher, revised
from indicators.pipeline.review import original_id, parts_to_publish
from indicators.pipeline.standing import lock_standing, standing_bodies
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


@transaction.atomic
def apply(held_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Publish one release; False if there was nothing to do (done before, or since withdrawn).

    What a pause stands over stays released and is published once it is lifted.
    """
    held = _released(held_id)
    if held is None or _is_paused(held, now=now):
        return False
    held.state = HeldObject.State.APPLIED
    held.save(update_fields=["state"])
    standing = _standing(held)
    if standing is None:
        return False
    publisher = Publisher(Collection.objects.get(pk=standing.collection_id), policy, now)
    with publishing():
        if not lock_standing(publisher.collection, [standing.stix_id]):
            return False
    # After the lock: a retraction that held it has committed by now.
    standing.refresh_from_db(fields=["state", "is_first", "original_version"])
    parts = still_shared(parts_to_publish(held), policy.types[type_of(standing.stix_id)])
    if kept := _why_it_stays(standing, held, parts):
        _tell_sender(held, kept)
        return False
    acts = published_acts(
        [standing.stix_id], act="object enriched", collection=publisher.collection.alias
    )
    record(acts, policy=policy, now=now)
    _tell_sender(held, _said(held, parts))
    with publishing():
        _publish(publisher, standing.stix_id, parts)
    return True


def _released(held_id: uuid.UUID) -> HeldObject | None:
    return (
        HeldObject.objects.select_for_update()
        .filter(pk=held_id, state=HeldObject.State.RELEASED, part=HeldObject.Part.PROPERTIES)
        .first()
    )


def _why_it_stays(standing: Contribution, held: HeldObject, parts: Mapping[str, object]) -> str:
    if not _is_followed(standing, held):
        return "read; the published object keeps the words it has"
    return "" if parts else "released, but the policy does not share it any more"


def _is_paused(held: HeldObject, *, now: datetime) -> bool:
    submission = Submission.objects.select_related("member", "collection").get(
        pk=held.submission_id
    )
    return CROSS_BORDER in pauses.for_sender(submission.member, submission.collection, now=now)


def still_shared(parts: Mapping[str, object], rule: TypeRule) -> dict[str, object]:
    """What of it the policy of now lets out after review: it may be another than that of then."""
    extensions = {f"extensions.{name}": each for name, each in rule.extensions.items()}
    rules = {**rule.properties, **extensions}
    return {
        name: value
        for name, value in parts.items()
        if rule.verb != "refuse" and name in rules and rules[name].action in WITHHELD
    }


def _said(held: HeldObject, parts: Mapping[str, object]) -> str:
    names = ", ".join(sorted(parts))
    if held.decision == HeldObject.Decision.TEMPLATE:
        return f"{names}: a text of the Forum's took its place"
    return f"{names} released"


def _standing(held: HeldObject) -> Contribution | None:
    submission = Submission.objects.only("member_id", "collection_id").get(pk=held.submission_id)
    tag = keyring.lookup_tag(submission.member_id, submission.collection_id, original_id(held))
    return Contribution.objects.filter(pk=tag).first()


def _is_followed(standing: Contribution, held: HeldObject) -> bool:
    """The published content follows this contribution, in the version that the text came with."""
    return (
        standing.state == Contribution.State.ACTIVE
        and standing.is_first
        and version_of({"modified": standing.original_version}) == held.version
    )


def _publish(publisher: Publisher, stix_id: str, parts: Mapping[str, object]) -> None:
    # Of an object that still waits for its batch, the text waits with it.
    body = standing_bodies(publisher.collection, [stix_id])[stix_id]
    publisher.reissue([revised(publisher, body, parts)])
    publisher.publish()


def _tell_sender(held: HeldObject, message: str) -> None:
    bulk.run(
        "UPDATE submission_object SET message_ct = %s WHERE submission_id = %s AND ordinal = %s",
        [
            told.seal_message(held.submission_id, held.ordinal, message),
            held.submission_id,
            held.ordinal,
        ],
    )
