"""Objects of a verbatim collection: kept as their publisher wrote them, removed when it says so."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.objects import CatalogueObject, ReceivedObject
from indicators.domain.outcomes import Reason, Rejected, Unchanged, Verdict
from indicators.models.collection import Collection
from indicators.pipeline import bulk, publish, queue, verdicts
from indicators.pipeline.lookups import Sender
from indicators.pipeline.publish import Publisher
from indicators.pipeline.queue import Lease
from indicators.pipeline.stages.catalogue import catalogue
from indicators.pipeline.verdicts import Decision
from indicators.roles import publishing


def work_on_chunk(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    """Publish, or remove, each object of the chunk in one transaction."""
    with transaction.atomic():
        queue.extend(lease)
        kept, removed = told_apart(chunk)
        if removed:
            remove(sender.collection, [each.id for each in removed])
        decided = keep(Publisher(sender.collection, policy, now), kept)
        decided |= {each.ordinal: REMOVED for each in removed}
        verdicts.write(
            [Decision(each, decided.get(each.ordinal), None) for each in chunk],
            submission_id=lease.submission_id,
            sender=sender,
            policy=policy,
            waits_until=now + timedelta(days=settings.RETENTION_DAYS),
            now=now,
        )


REMOVED = Unchanged(Reason.WITHDRAWN, "Removed.")


def told_apart(
    chunk: Sequence[ReceivedObject],
) -> tuple[list[ReceivedObject], list[ReceivedObject]]:
    """What is to be kept, and what is to be removed."""
    removed = [each for each in chunk if _is_removal(each)]
    return [each for each in chunk if not _is_removal(each)], removed


def _is_removal(received: ReceivedObject) -> bool:
    """A DELETE comes as a bare id that is revoked; a revoked version has more to say."""
    return received.body.keys() == {"type", "id", "revoked"}


def keep(publisher: Publisher, chunk: Sequence[ReceivedObject]) -> dict[int, Verdict]:
    """Publish the new ones of these objects; return the verdicts over all others, by ordinal."""
    standing, new, decided = judged(publisher.collection, chunk)
    replaced = [each.id for each in new if each.id in standing and not each.is_versioned]
    remove(publisher.collection, replaced)
    with publishing():
        publish.verbatim(publisher, new)
        publisher.publish()
    return decided


def judged(
    collection: Collection, chunk: Sequence[ReceivedObject]
) -> tuple[Mapping[str, object], list[CatalogueObject], dict[int, Verdict]]:
    """What stands already, by id; the new ones of these objects; the verdicts over all others."""
    decided: dict[int, Verdict] = {}
    checked: list[CatalogueObject] = []
    for each in chunk:
        try:
            checked.append(catalogue(each))
        except Verdict as verdict:
            decided[each.ordinal] = verdict
    standing = _standing(collection, [each.id for each in checked])
    new = []
    for candidate in checked:
        if known := _compare(candidate, standing.get(candidate.id, [])):
            decided[candidate.ordinal] = known
        else:
            new.append(candidate)
    return standing, new, decided


def _standing(
    collection: Collection, stix_ids: Sequence[str]
) -> dict[str, list[tuple[datetime, str]]]:
    """Versions that stand, by id: (version, body)."""
    rows = bulk.rows(
        """SELECT stix_id, version, body FROM publication
           WHERE collection_id = %s AND stix_id = ANY(%s) AND body IS NOT NULL""",
        [collection.id, list(stix_ids)],
    )
    found: dict[str, list[tuple[datetime, str]]] = {}
    for stix_id, version, body in rows:
        found.setdefault(stix_id, []).append((version, body))
    return found


def _compare(
    candidate: CatalogueObject, standing: Sequence[tuple[datetime, str]]
) -> Verdict | None:
    """None if the object is new, or takes the place of one that has no versions."""
    same = [
        body
        for version, body in standing
        if not candidate.is_versioned or version == candidate.version
    ]
    if not same:
        return None
    if json.loads(same[0]) == json.loads(candidate.body):
        return Unchanged(Reason.UNCHANGED, "")
    if not candidate.is_versioned:
        return None
    return Rejected(
        Reason.VERSION_CONFLICT,
        "Other content stands under this id and version; the first is kept. Give the changed "
        "object a newer `modified`.",
    )


def remove(collection: Collection, stix_ids: Sequence[str]) -> None:
    """Take objects out of a verbatim collection, with all their versions."""
    with publishing():
        for table in ("publication", "forum_object"):
            bulk.run(
                f"DELETE FROM {table} WHERE collection_id = %s AND stix_id = ANY(%s)",  # noqa: S608  our own two names
                [collection.id, list(stix_ids)],
            )
