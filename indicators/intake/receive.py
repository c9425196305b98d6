"""Take an envelope in: check what is cheap and structural, store it for good, then say 202.

The raw body, its place in the queue, its idempotency key and its journal entry are one transaction.
The doorbell rings after the commit; if nobody hears it the sweep does. STIX itself is checked by
the worker, object by object, and shows in the status.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DatabaseError, IntegrityError

from indicators import keyring
from indicators.audit.journal import Act, record
from indicators.domain.disclosure import current_policy
from indicators.intake.errors import IntakeError
from indicators.intake.status import Status, first_status, status_of
from indicators.intake.strict_json import StrictJSONError, loads_strict
from indicators.members.authenticate import Principal
from indicators.models.collection import Collection
from indicators.models.submission import Idempotency, Submission
from indicators.pipeline import doorbell
from indicators.roles import speaking_for


_REMEMBERED = timedelta(hours=24)


def receive(*, principal: Principal, collection: Collection, raw: bytes, now: datetime) -> Status:
    """Store one envelope (or bundle) and return the status of its submission.

    A body that the same member has sent to the same collection within a day is the same submission.

    Raises:
        IntakeError: not an envelope (400, 422), too much at once (413, 429), or the hub cannot
            store it durably now (503).
    """
    refuse_when_full()
    objects = _objects(raw)
    try:
        return _store(principal, collection, raw, objects, now=now)
    except DatabaseError as error:
        raise IntakeError(
            503,
            "Not stored",
            "The hub cannot store submissions now; send it again.",
            retry_after=10,
        ) from error


def refuse_when_full() -> None:
    """Take nothing in that could not be kept. Doors ask before they read a body, too.

    Raises:
        IntakeError: the disk is short (503).
    """
    usage = shutil.disk_usage(settings.DISK_GUARD_PATH)
    short = usage.free * 100 < settings.DISK_GUARD_SHARE * usage.total
    if short and usage.free < settings.DISK_GUARD_BYTES:
        raise IntakeError(
            503,
            "Not stored",
            "The hub is short of disk space; send it again later.",
            retry_after=60,
        )


def _objects(raw: bytes) -> list[Mapping[str, Any]]:
    try:
        envelope = loads_strict(raw)
    except StrictJSONError as error:
        raise IntakeError(400, "Not acceptable as JSON", str(error)) from error
    objects = envelope.get("objects")
    if not isinstance(objects, list) or not objects:
        raise IntakeError(
            422, "Not an envelope", 'The body must be {"objects": […]} with one object at least.'
        )
    if len(objects) > settings.MAX_OBJECTS:
        raise IntakeError(
            413,
            "Too many objects",
            f"{len(objects)} objects; at most {settings.MAX_OBJECTS} go into one envelope.",
        )
    _check_headers(objects)
    return objects


def _check_headers(objects: list[Any]) -> None:
    for ordinal, each in enumerate(objects):
        if not isinstance(each, dict):
            raise IntakeError(422, "Not an envelope", f"objects[{ordinal}] is not an object.")
        for name in ("type", "id"):
            if not isinstance(each.get(name), str):
                raise IntakeError(
                    422, "Not an envelope", f"objects[{ordinal}] has no {name} that is a string."
                )


def _store(
    principal: Principal,
    collection: Collection,
    raw: bytes,
    objects: list[Mapping[str, Any]],
    *,
    now: datetime,
) -> Status:
    mac = keyring.body_mac(principal.member_id, collection.id, raw)
    try:
        with speaking_for(principal.member_id):
            if earlier := _earlier(principal, collection, mac, now=now):
                return earlier
            _refuse_flood(principal)
            submission = enqueue(
                principal, collection, objects, mac=mac, kind=Submission.Kind.ENVELOPE, now=now
            )
    except IntegrityError:  # the same body came in twice at the same moment
        with speaking_for(principal.member_id):
            if earlier := _earlier(principal, collection, mac, now=now):
                return earlier
        raise
    return first_status(submission, objects)


def _earlier(
    principal: Principal, collection: Collection, mac: bytes, *, now: datetime
) -> Status | None:
    found = Idempotency.objects.filter(
        member_id=principal.member_id, collection=collection, key=mac
    ).first()
    if found is None:
        return None
    if found.expires_at < now:
        found.delete()
        return None
    return status_of(member_id=principal.member_id, submission_id=found.submission_id)


def _refuse_flood(principal: Principal) -> None:
    unfinished = Submission.objects.filter(
        member_id=principal.member_id,
        state__in=[Submission.State.RECEIVED, Submission.State.WORKING],
    )[: settings.PENDING_CAP].count()
    if unfinished >= settings.PENDING_CAP:
        raise IntakeError(
            429,
            "Too much at once",
            f"{unfinished} submissions of yours are not finished yet; wait for them.",
            retry_after=10,
        )


def enqueue(
    principal: Principal,
    collection: Collection,
    objects: list[Mapping[str, Any]],
    *,
    mac: bytes,
    kind: Submission.Kind,
    now: datetime,
) -> Submission:
    """Store a submission inside the running transaction, and ring once that has committed."""
    submission_id = uuid.uuid4()
    body = json.dumps({"objects": objects}, ensure_ascii=False, separators=(",", ":")).encode()
    submission = Submission.objects.create(
        id=submission_id,
        member_id=principal.member_id,
        collection=collection,
        kind=kind,
        sent_with=principal.credential_id,
        body_ct=keyring.seal("body", body, place=submission_id.bytes),
        body_mac=mac,
        n_objects=len(objects),
        received_at=now,
        purge_after=now + timedelta(days=settings.RETENTION_DAYS),
    )
    Idempotency.objects.create(
        member_id=principal.member_id,
        collection=collection,
        key=mac,
        submission=submission,
        expires_at=now + _REMEMBERED,
    )
    act = Act(
        keyring.actor_tag(principal.member_id),
        f"{kind} received",
        str(submission_id),
        {"collection": collection.alias, "objects": len(objects)},
    )
    record([act], policy=current_policy(), now=now)
    doorbell.ring_after_commit([submission_id])
    return submission
