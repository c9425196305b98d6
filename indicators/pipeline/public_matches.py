"""What matches a public template says so: a match on a text that anybody can read proves nothing.

A prompt family, which has no room for the Forum's words, gets a note with the label
`public-template`; an indicator over bands gets `public_template` in share-governance, and context
as its action tier. Whatever order they come in: what appears is compared with the list, and what is
new on the list with all that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.governance import forums_words, governed
from indicators.domain.public_patterns import bands_of, names_one_of
from indicators.models.collection import Collection
from indicators.pipeline import bands, bulk, skeletons
from indicators.pipeline.bands import Near
from indicators.pipeline.public_templates import ANEW
from indicators.pipeline.publish import Own, Publisher, revised, speak
from indicators.pipeline.standing import lock_live, standing_bodies
from indicators.pipeline.takedown import take_down
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing
from labkit.feed_tokens import MATCH


LABEL = "public-template"
NOTE = (
    "Public template: anybody can read what this family of prompts is made of. That it was seen "
    "proves nothing about who sent it."
)
NAMES_BANDS = "prompt-family:bands"
"""What stands in the text of an indicator that names bands."""
_PUBLIC = "public_template"


def hits_of(near: Iterable[Near]) -> dict[int, int]:
    """The public template that each of these skeletons is a variant of, if any: the most alike."""
    found = sorted(
        (each for each in near if each.other_is_public and each.bands >= MATCH),
        key=lambda each: (each.bands, -each.other),
    )
    return {each.one: each.other for each in found}


def flag(publisher: Publisher, hits: Mapping[int, int]) -> int:
    """Say of these skeletons' families that they are public; their objects are locked.

    Returns how many notes were published.
    """
    rows = bulk.rows(
        "SELECT id, stix_id, note_id FROM skeleton WHERE collection_id = %s AND id = ANY(%s) "
        "ORDER BY id",
        [publisher.collection.id, list(hits)],
    )
    silent = [(id_, stix_id) for id_, stix_id, note_id in rows if not note_id]
    notes = [
        Own("note", {"content": NOTE, "labels": [LABEL]}, {"object_refs": (stix_id,)})
        for _, stix_id in silent
    ]
    with publishing():
        said = speak(publisher, notes, tied=True) if notes else []
        note_of = {id_: note for (id_, _), note in zip(silent, said, strict=True)}
        bulk.many(
            "UPDATE skeleton SET public_id = new.public, "
            "note_id = coalesce(nullif(new.note, ''), note_id) "
            "FROM (VALUES %s) AS new (id, public, note) WHERE skeleton.id = new.id",
            ((id_, hits[id_], note_of.get(id_, "")) for id_, *_ in rows),
            template="(%s::bigint, %s::bigint, %s)",
        )
    _journal(publisher, said, "object published")
    return len(said)


def compare(publisher: Publisher) -> int:
    """Compare what is new on the list with all that stands in the collection.

    Returns how many objects were said or changed.
    """
    with transaction.atomic():
        said = _compare(publisher)
    return said + _unflag(publisher)


def _compare(publisher: Publisher) -> int:
    collection = publisher.collection
    with publishing():
        rows = bulk.rows(
            "SELECT public FROM family_mark WHERE collection_id = %s FOR UPDATE SKIP LOCKED",
            [collection.id],
        )
    if not rows:
        return 0  # another has the turn
    mark = rows[0][0]
    new = _listed_after(mark)
    if mark != ANEW and not new:
        return 0
    near = bands.alike(collection, new, everything=True)
    hits = hits_of(each.turned for each in near)
    naming = _naming_bands(collection)
    ids = {each.stix_id for each in skeletons.of_ids(collection.id, hits)}
    with publishing():
        lock_live(collection, [*ids, *naming])
    said = flag(publisher, hits) + say_of_indicators(publisher, naming)
    with publishing():
        bulk.run(
            "UPDATE family_mark SET public = %s WHERE collection_id = %s",
            [max(new, default=max(mark, 0)), collection.id],
        )
    return said


def _listed_after(mark: int) -> list[int]:
    rows = bulk.rows("SELECT id FROM skeleton WHERE template_id IS NOT NULL AND id > %s", [mark])
    return [row[0] for row in rows]


def _naming_bands(collection: Collection) -> list[str]:
    """Live indicators of the collection whose pattern names bands."""
    rows = bulk.rows(
        "SELECT stix_id FROM publication WHERE collection_id = %s AND type = 'indicator' "
        "AND superseded_by IS NULL AND strpos(body, %s) > 0",
        [collection.id, NAMES_BANDS],
    )
    return [row[0] for row in rows]


def say_of_indicators(publisher: Publisher, stix_ids: Iterable[str]) -> int:
    """Say of these indicators whether they name a public template's bands; they are locked."""
    with publishing():
        bodies = standing_bodies(publisher.collection, list(stix_ids))
        named = {stix_id: bands_of(body) for stix_id, body in bodies.items()}
        public = bands.public_with({band for each in named.values() for band in each})
        items = [
            revised(publisher, body, governed(body, {_PUBLIC: names_public or None}))
            for stix_id, body in bodies.items()
            if (names_public := names_one_of(named[stix_id], public)) is not _says_so(body)
        ]
        if items:
            publisher.reissue(items)
            publisher.publish()
    _journal(publisher, [each.stix_id for each in items], "object revised")
    return len(items)


def _says_so(body: Mapping[str, Any]) -> bool:
    return bool(forums_words(body).get(_PUBLIC))


def _unflag(publisher: Publisher) -> int:
    """Take back the notes over what matches nothing on the list any more."""
    collection = publisher.collection
    rows = bulk.rows(
        "SELECT id, note_id FROM skeleton WHERE collection_id = %s AND public_id IS NULL "
        "AND note_id <> ''",
        [collection.id],
    )
    if not rows:
        return 0
    gone = take_down(
        collection,
        [note for _, note in rows],
        act="object no longer public",
        policy=publisher.policy,
        now=publisher.now,
    )
    with transaction.atomic(), publishing():
        bulk.run(
            "UPDATE skeleton SET note_id = '' WHERE id = ANY(%s) AND public_id IS NULL",
            [[id_ for id_, _ in rows]],
        )
    return gone


def _journal(publisher: Publisher, stix_ids: Iterable[str], act: str) -> None:
    acts = published_acts(stix_ids, act=act, collection=publisher.collection.alias)
    record(acts, policy=publisher.policy, now=publisher.now)
