"""How the feed shows that an object is disputed: a label, or a note where there is no room for one.

An object that bears labels gets `under-dispute` in its next version, and loses it in a further one.
An observable bears none, so a note with that label refers to it. Either way every reader of the
collection sees it, at once and in whatever lane; of what waits for its batch, when it goes out, and
of what waits to be replaced by a version that waits for something else, with that version.
"""

from __future__ import annotations

from typing import Any

from indicators.domain.stix.types import SCO_TYPES
from indicators.models.collection import Collection
from indicators.pipeline.publish import Own, Publisher, revised, speak
from indicators.pipeline.standing import lock_live, standing_bodies
from indicators.pipeline.takedown import take_down
from indicators.roles import publishing


LABEL = "under-dispute"
NOTE = "Disputed: whether this belongs here is being looked at. Do not rely on it alone."


def newest(collection: Collection, stix_id: str) -> dict[str, Any] | None:
    """The newest body of an object that stands, published or waiting for release."""
    bodies = standing_bodies(collection, [stix_id])
    found = bodies.get(stix_id)
    return None if found is None or found.get("revoked") else found


def flag(publisher: Publisher, stix_id: str) -> str:
    """Show that an object is disputed; returns the id of the note, if it took one.

    Inside a transaction. An object that has fallen meanwhile is left alone.
    """
    with publishing():
        standing = lock_live(publisher.collection, [stix_id])
        body = newest(publisher.collection, stix_id) if standing else None
        if body is None:
            return ""
        if body["type"] in SCO_TYPES:
            return _note(publisher, stix_id)
        _say(publisher, body, {*body.get("labels", ()), LABEL})
    return ""


def unflag(publisher: Publisher, stix_id: str, note_id: str) -> None:
    """Show no longer that it is disputed."""
    if note_id:
        take_down(
            publisher.collection,
            [note_id],
            act="object dispute ended",
            policy=publisher.policy,
            now=publisher.now,
        )
        return
    with publishing():
        standing = lock_live(publisher.collection, [stix_id])
        body = newest(publisher.collection, stix_id) if standing else None
        if body is not None:
            _say(publisher, body, {*body.get("labels", ())} - {LABEL})


def _say(publisher: Publisher, body: dict[str, Any], labels: set[str]) -> None:
    if sorted(labels) == sorted(body.get("labels", ())):
        return
    publisher.reissue([revised(publisher, body, {"labels": sorted(labels) or None})])
    publisher.publish()


def _note(publisher: Publisher, stix_id: str) -> str:
    note = Own("note", {"content": NOTE, "labels": [LABEL]}, {"object_refs": (stix_id,)})
    [note_id] = speak(publisher, [note], beside=stix_id)
    return note_id
