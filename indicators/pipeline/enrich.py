"""Publish what a reviewer released of a published object, as its next version."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain import render
from indicators.domain.disclosure import Policy
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.models.submission import HeldObject
from indicators.pipeline import bulk, release
from indicators.pipeline.publish import Publisher, after, live_bodies, rank_of
from indicators.pipeline.review import content
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


@transaction.atomic
def apply(held_id: uuid.UUID, *, policy: Policy, now: datetime) -> bool:
    """Publish one release; False if there was nothing to do (done before, or since withdrawn)."""
    held = HeldObject.objects.select_for_update().filter(pk=held_id).first()
    if held is None or held.state != HeldObject.State.RELEASED:
        return False
    if held.part != HeldObject.Part.PROPERTIES:
        return False
    held.state = HeldObject.State.APPLIED
    held.save(update_fields=["state"])
    standing = Contribution.objects.filter(pk=held.lookup_tag, state="active").first()
    if standing is None:
        return False
    publisher = Publisher(Collection.objects.get(pk=standing.collection_id), policy, now)
    acts = published_acts(
        [standing.stix_id], act="object enriched", collection=publisher.collection.alias
    )
    record(acts, policy=policy, now=now)
    parts = content(held)
    _tell_sender(held, parts.keys())
    with publishing():
        _publish(publisher, standing.stix_id, parts)
    return True


def _publish(publisher: Publisher, stix_id: str, parts: Mapping[str, object]) -> None:
    body = live_bodies(publisher.collection, [stix_id]).get(stix_id)
    if body is None:
        return
    modified = after(body, publisher.now)
    text = render.enrich(body, parts, modified=modified)
    publisher.enqueue([release.Item(stix_id, body["type"], text, modified, rank_of(body["type"]))])
    publisher.publish()


def _tell_sender(held: HeldObject, names: Iterable[str]) -> None:
    bulk.run(
        "UPDATE submission_object SET message = %s WHERE submission_id = %s AND ordinal = %s",
        [f"{', '.join(sorted(names))} released", held.submission_id, held.ordinal],
    )


def due(limit: int) -> list[uuid.UUID]:
    """Releases whose doorbell may have been lost."""
    rows = bulk.rows(
        "SELECT id FROM held_object WHERE state = 'released' AND part = 'properties' "
        "AND decided_at < clock_timestamp() - interval '5 seconds' LIMIT %s",
        [limit],
    )
    return [row[0] for row in rows]
