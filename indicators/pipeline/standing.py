"""What stands in a collection: objects to be locked, and their newest bodies.

Runs as the publisher.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection as AnyOf
from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from django.db.models import F
from django.db.models.functions import Coalesce

from indicators.models.collection import Collection
from indicators.models.publication import ForumObject
from indicators.pipeline import bulk


Place: TypeAlias = tuple[uuid.UUID, str]
"""Where an object stands: the id of its collection, and its own."""
_LIVE, _REVOKED = ForumObject.State.LIVE, ForumObject.State.REVOKED
SAID = """
SELECT collection_id, stix_id, type, body FROM publication
WHERE superseded_by IS NULL AND body IS NOT NULL
UNION ALL
SELECT collection_id, stix_id, type, body FROM release_item
"""
"""Everything that is said anywhere, or is about to be: live versions, and what waits."""


def lock_standing(collection: Collection, stix_ids: Sequence[str]) -> list[str]:
    """Lock these objects in the order in which all lock them; returns those that stand.

    Who contributes one of them at the same moment comes before or after.
    """
    return [each for each, state in _locked(collection, stix_ids, "UPDATE") if state != _REVOKED]


def lock_places(places: AnyOf[Place]) -> set[Place]:
    """Lock objects of several collections; returns those that stand.

    What a collection holds comes before what that of its tokens does: so whoever publishes into
    both, or withdraws from both, takes them.
    """
    standing = set[Place]()
    for collection in Collection.objects.filter(pk__in={home for home, _ in places}).order_by(
        Coalesce("parent_id", "id"), F("parent_id").asc(nulls_first=True), "id"
    ):
        asked = [stix_id for home, stix_id in places if home == collection.id]
        standing.update((collection.id, each) for each in lock_standing(collection, asked))
    return standing


def lock_live(collection: Collection, stix_ids: Sequence[str]) -> list[str]:
    """Lock them alike; returns those that stand and are not suspended.

    What is suspended keeps the terms it was suspended on until somebody has decided.
    """
    return [each for each, state in _locked(collection, stix_ids, "UPDATE") if state == _LIVE]


def hold_live(collection: Collection, stix_ids: Sequence[str]) -> list[str]:
    """Keep these objects from falling until the end of the transaction; returns as `lock_live`."""
    return [each for each, state in _locked(collection, stix_ids, "SHARE") if state == _LIVE]


def _locked(
    collection: Collection, stix_ids: Sequence[str], strength: str
) -> list[tuple[str, str]]:
    return bulk.rows(
        f"""SELECT stix_id, state FROM forum_object WHERE collection_id = %s AND stix_id = ANY(%s)
            ORDER BY content_key, stix_id FOR {strength}""",  # noqa: S608  our own words
        [collection.id, list(stix_ids)],
    )


def standing_bodies(collection: Collection, stix_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """The newest versions of these objects: live ones, or what of them still waits for release."""
    waiting = waiting_bodies(collection, stix_ids)
    return live_bodies(collection, stix_ids) | waiting


def waiting_bodies(collection: Collection, stix_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What of these objects waits for release: first versions, or next ones of what is live."""
    rows = bulk.rows(
        "SELECT stix_id, body FROM release_item WHERE collection_id = %s AND stix_id = ANY(%s)",
        [collection.id, list(stix_ids)],
    )
    return {stix_id: json.loads(body) for stix_id, body in rows}


def waiting_ids(collection: Collection, stix_ids: Sequence[str]) -> set[str]:
    """Those of these objects of which something waits for release."""
    rows = bulk.rows(
        "SELECT stix_id FROM release_item WHERE collection_id = %s AND stix_id = ANY(%s)",
        [collection.id, list(stix_ids)],
    )
    return {row[0] for row in rows}


def waiting_under_another(
    collection: Collection, stix_ids: Sequence[str], *, policy_version: str
) -> list[tuple[str, str]]:
    """What of these objects waits and another policy let pass: Forum id, and that policy."""
    return bulk.rows(
        "SELECT stix_id, policy_version FROM release_item "
        "WHERE collection_id = %s AND stix_id = ANY(%s) AND policy_version <> %s",
        [collection.id, list(stix_ids), policy_version],
    )


def superseded_bodies(
    collection: Collection, positions: Sequence[int]
) -> dict[int, dict[str, Any]]:
    """Older versions that can still be read, by position."""
    rows = bulk.rows(
        "SELECT position, body FROM publication WHERE collection_id = %s AND position = ANY(%s) "
        "AND superseded_by IS NOT NULL AND body IS NOT NULL",
        [collection.id, list(positions)],
    )
    return {position: json.loads(body) for position, body in rows}


def decided_under(collection: Collection, stix_ids: Sequence[str]) -> dict[str, str]:
    """The version of the policy that let the newest version of each of these objects pass."""
    ids = {"collection": collection.id, "ids": list(stix_ids)}
    live = bulk.rows(
        "SELECT stix_id, policy_version FROM publication WHERE collection_id = %(collection)s "
        "AND stix_id = ANY(%(ids)s) AND superseded_by IS NULL AND body IS NOT NULL",
        ids,
    )
    waiting = bulk.rows(
        "SELECT stix_id, policy_version FROM release_item WHERE collection_id = %(collection)s "
        "AND stix_id = ANY(%(ids)s)",
        ids,
    )
    return dict(live) | dict(waiting)


def live_bodies(collection: Collection, stix_ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """The live versions of these objects, parsed."""
    rows = bulk.rows(
        """SELECT stix_id, body FROM publication WHERE collection_id = %s AND stix_id = ANY(%s)
           AND superseded_by IS NULL AND body IS NOT NULL""",
        [collection.id, list(stix_ids)],
    )
    return {stix_id: json.loads(body) for stix_id, body in rows}
