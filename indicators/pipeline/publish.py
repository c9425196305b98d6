"""Turn minted objects into versions and put them into the release queue. Runs as the publisher."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings

from indicators.domain import render
from indicators.domain.disclosure import Policy
from indicators.domain.objects import CatalogueObject
from indicators.domain.stix.times import parse_time
from indicators.domain.stix.types import SCO_TYPES, SRO_TYPES
from indicators.models.collection import Collection
from indicators.pipeline import bulk, release
from indicators.pipeline.mint import Minted


_TEXT = ("name", "description")


@dataclass(frozen=True, slots=True)
class Publisher:
    """What every version of one transaction shares."""

    collection: Collection
    policy: Policy
    now: datetime

    def enqueue(self, items: Iterable[release.Item]) -> None:
        """Queue these items for release."""
        release.enqueue(self.collection.id, items, policy_version=self.policy.version, now=self.now)

    def publish(self) -> int:
        """Publish what is due, last in the transaction."""
        return release.publish_due(self.collection.id, now=self.now)


def new_and_changed(
    publisher: Publisher, minted: Sequence[Minted], *, changed: frozenset[str]
) -> None:
    """Queue first versions, and next versions of the ids in `changed` whose content differs.

    Until k members contributed the published content follows the first contributor alone, so a
    further one changes nothing that anybody can read (docs/privacy.md).
    """
    live = live_bodies(publisher.collection, changed)
    items = []
    for each in minted:
        if each.is_new:
            items.append(_item(publisher, each, created=publisher.now, modified=publisher.now))
        elif each.stix_id in changed and each.stix_id in live:
            items += _next(publisher, each, live[each.stix_id])
    publisher.enqueue(items)
    _write_edges(publisher.collection, minted)


def _item(
    publisher: Publisher, minted: Minted, *, created: datetime, modified: datetime
) -> release.Item:
    shared = minted.linked.shared
    body = render.render(
        shared.type,
        minted.stix_id,
        shared.properties,
        targets=minted.linked.targets,
        single=shared.single_references,
        author=settings.FORUM_IDENTITY_ID,
        marking=publisher.collection.level,
        exercise=publisher.collection.exercise,
        created=created,
        modified=modified,
    )
    return release.Item(minted.stix_id, shared.type, body, modified, rank_of(shared.type))


def _next(publisher: Publisher, minted: Minted, live: Mapping[str, Any]) -> list[release.Item]:
    if minted.linked.shared.type in SCO_TYPES:
        return []
    modified = after(live, publisher.now)
    item = _item(publisher, minted, created=parse_time(live["created"]), modified=modified)
    body = json.loads(item.body)
    # Text that a reviewer released stays; what the lab changed in it waits for a reviewer again.
    body |= {name: live[name] for name in _TEXT if name in live}
    if {**body, "modified": ""} == {**live, "modified": ""}:
        return []
    return [release.Item(item.stix_id, item.type, render.dump(body), modified, item.rank)]


def after(live: Mapping[str, Any], now: datetime) -> datetime:
    """A version later than the live one, whatever the clock says; whole milliseconds."""
    return max(now, parse_time(live["modified"]) + timedelta(milliseconds=1))


def live_bodies(collection: Collection, stix_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The live versions of these objects, parsed."""
    rows = bulk.rows(
        """SELECT stix_id, body FROM publication WHERE collection_id = %s AND stix_id = ANY(%s)
           AND superseded_by IS NULL AND body IS NOT NULL""",
        [collection.id, list(stix_ids)],
    )
    return {stix_id: json.loads(body) for stix_id, body in rows}


def rank_of(type_: str) -> int:
    """Observables before objects before relationships, so that a page rarely points ahead."""
    return 0 if type_ in SCO_TYPES else 2 if type_ in SRO_TYPES else 1


def _write_edges(collection: Collection, minted: Sequence[Minted]) -> None:
    bulk.insert(
        "edge",
        ("collection_id", "stix_id", "target_id"),
        (
            (collection.id, each.stix_id, target)
            for each in minted
            for targets in each.linked.targets.values()
            for target in targets
            if each.is_new and target != each.stix_id
        ),
        tail="ON CONFLICT DO NOTHING",
    )


def verbatim(publisher: Publisher, objects: Sequence[CatalogueObject]) -> None:
    """Queue objects of a verbatim collection under their own ids and versions."""
    bulk.insert(
        "forum_object",
        ("collection_id", "stix_id", "type", "state", "corroborated", "minted_day"),
        (
            (publisher.collection.id, each.id, each.type, "live", False, publisher.now.date())
            for each in objects
        ),
        tail="ON CONFLICT DO NOTHING",
    )
    publisher.enqueue(
        release.Item(each.id, each.type, each.body, each.version or publisher.now, rank)
        for rank, each in enumerate(objects)
    )
