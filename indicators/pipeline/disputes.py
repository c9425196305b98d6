"""How the feed shows that an object is disputed, and that one is suspended.

An object that bears labels gets `under-dispute` in its next version, and loses it in a further one;
where there is room for it `share-governance` says `appealed` when a person appeals, and `disputed`
while enough members dispute it. What they dispute is suspended: its tier has no force and an
indicator's end has come, so that machines stop acting on it; both are given back if it stands.
An observable bears none of that, so a note with the label refers to it. Either way every reader of
the collection sees it, at once and in whatever lane; of what waits for its batch, when it goes out,
and of what waits to be replaced by a version that waits for something else, with that version.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from indicators.domain.governance import Terms, flagged
from indicators.domain.stix.types import SCO_TYPES
from indicators.models.collection import Collection
from indicators.models.publication import ForumObject
from indicators.pipeline import bulk
from indicators.pipeline.publish import Own, Publisher, revised, speak
from indicators.pipeline.standing import lock_standing, standing_bodies
from indicators.pipeline.takedown import take_down
from indicators.roles import publishing


LABEL = "under-dispute"
NOTE = "Disputed: whether this belongs here is being looked at. Do not rely on it alone."
APPEALED, DISPUTED = "appealed", "disputed"
"""Words of share-governance: a person appeals; enough members dispute it."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What showing a flag took: what is needed to take it away again."""

    note_id: str = ""
    before: Terms | None = None
    """On what terms it stood before it was suspended."""


def newest(collection: Collection, stix_id: str) -> dict[str, Any] | None:
    """The newest body of an object that stands, published or waiting for release."""
    bodies = standing_bodies(collection, [stix_id])
    found = bodies.get(stix_id)
    return None if found is None or found.get("revoked") else found


def flag(publisher: Publisher, stix_id: str, word: str) -> Shown:
    """Show that an object is appealed, or disputed and so suspended.

    Inside a transaction. An object that has fallen meanwhile is left alone.
    """
    with publishing():
        body = _locked(publisher, stix_id)
        if body is None:
            return Shown()
        if word == DISPUTED:
            _put(publisher, stix_id, ForumObject.State.SUSPENDED)
        if body["type"] in SCO_TYPES:
            return Shown(_note(publisher, stix_id))
        suspended = Terms.suspended(body, now=publisher.now) if word == DISPUTED else None
        labels = {*body.get("labels", ()), LABEL}
        _say(publisher, body, labels, flagged(body, {word: True}, suspended))
    return Shown(before=Terms.of(body) if suspended else None)


def unflag(publisher: Publisher, stix_id: str, word: str, shown: Shown, *, others: bool) -> None:
    """Show it no longer; with `others` it is disputed all the same, and the label stays."""
    with publishing():
        body = _locked(publisher, stix_id)  # before the heads, which taking the note down takes
    if shown.note_id:
        take_down(
            publisher.collection,
            [shown.note_id],
            act="object dispute ended",
            policy=publisher.policy,
            now=publisher.now,
        )
    if body is None:
        return
    with publishing():
        if word == DISPUTED:
            _put(publisher, stix_id, ForumObject.State.LIVE)
        if body["type"] not in SCO_TYPES:
            labels = {*body.get("labels", ())} - (set() if others else {LABEL})
            _say(publisher, body, labels, flagged(body, {word: None}, shown.before))


def _locked(publisher: Publisher, stix_id: str) -> dict[str, Any] | None:
    standing = lock_standing(publisher.collection, [stix_id])
    return newest(publisher.collection, stix_id) if standing else None


def _put(publisher: Publisher, stix_id: str, state: ForumObject.State) -> None:
    bulk.run(
        "UPDATE forum_object SET state = %s WHERE collection_id = %s AND stix_id = %s",
        [state, publisher.collection.id, stix_id],
    )


def _say(
    publisher: Publisher, body: dict[str, Any], labels: set[str], parts: Mapping[str, object]
) -> None:
    item = revised(publisher, body, {"labels": sorted(labels) or None, **parts})
    if {**json.loads(item.body), "modified": ""} != {**body, "modified": ""}:
        publisher.reissue([item])
        publisher.publish()


def _note(publisher: Publisher, stix_id: str) -> str:
    note = Own("note", {"content": NOTE, "labels": [LABEL]}, {"object_refs": (stix_id,)})
    [note_id] = speak(publisher, [note], beside=stix_id)
    return note_id
