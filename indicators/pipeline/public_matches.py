"""What matches a public template says so: a match on a text that anybody can read proves nothing.

A prompt family, which has no room for the Forum's words, gets a note with the label
`public-template`; an indicator over bands gets `public_template` in share-governance, and context
as its action tier. Whatever order they come in: what appears is compared with the list, and what is
new on the list with all that stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import transaction

from indicators.domain.governance import forums_words, governed
from indicators.domain.public_patterns import bands_of, names_one_of
from indicators.models.collection import Collection
from indicators.pipeline import bands, bulk, public_tiers, skeletons
from indicators.pipeline.bands import Near
from indicators.pipeline.family_mark import Mark, TurnLost, has_compared, take_turn, take_turn_again
from indicators.pipeline.publish import Own, Publisher, revised, speak
from indicators.pipeline.standing import lock_live, lock_standing, standing_bodies
from indicators.pipeline.takedown import AT_ONCE, parts, take_down
from indicators.pipeline.verdicts import journal
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
        """SELECT s.id, s.stix_id, EXISTS (
             SELECT FROM forum_object o WHERE o.state <> 'revoked'
             AND (o.collection_id, o.stix_id) = (s.collection_id, s.note_id))
           FROM skeleton s WHERE s.collection_id = %s AND s.id = ANY(%s) ORDER BY s.id""",
        [publisher.collection.id, list(hits)],
    )
    silent = [(id_, stix_id) for id_, stix_id, is_said in rows if not is_said]
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
    journal(publisher, said, act="object published")
    return len(said)


def compare(publisher: Publisher) -> int:
    """Compare what is new on the list with all that stands in the collection.

    In parts, and the mark last: what stops in between is begun again by the next turn. Returns how
    many objects were said or changed.
    """
    collection = publisher.collection
    with transaction.atomic(), publishing():
        mark = take_turn(collection)
    if mark is None:
        return 0  # another has the turn
    new = _listed_after(mark.public)
    try:
        said = _compare(publisher, new, mark) if new or mark.is_anew else 0
    except TurnLost:
        return 0
    while took_back := _unflag(publisher):
        said += took_back
    return said


def _compare(publisher: Publisher, new: Sequence[int], mark: Mark) -> int:
    collection = publisher.collection
    hits = hits_of(each.turned for each in bands.alike(collection, new, everything=True))
    said = 0
    for some in parts(sorted(hits)):
        said += _say_of_families(publisher, {each: hits[each] for each in some})
    for naming in parts(_naming_bands(collection)):
        said += _say_of_standing(publisher, naming)
    with transaction.atomic(), publishing():
        has_compared(collection, max(new, default=0), since=mark)
    return said


@transaction.atomic
def _say_of_families(publisher: Publisher, hits: Mapping[int, int]) -> int:
    collection = publisher.collection
    with publishing():
        take_turn_again(collection)
        found = skeletons.of_ids(collection.id, hits)
        standing = set(lock_standing(collection, [each.stix_id for each in found]))
        # A template that left the list meanwhile is no match, and has all compared anew.
        listed = skeletons.listed_among(hits.values())
    return flag(
        publisher,
        {
            each.id: hits[each.id]
            for each in found
            if each.stix_id in standing and hits[each.id] in listed
        },
    )


@transaction.atomic
def _say_of_standing(publisher: Publisher, naming: Sequence[str]) -> int:
    with publishing():
        take_turn_again(publisher.collection)
        live = lock_live(publisher.collection, naming)
    return say_of_indicators(publisher, live)


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
    """Say of these indicators whether they name a public template's bands.

    They are locked and live: what is suspended keeps its terms, and appears again after it.
    """
    with publishing():
        bodies = standing_bodies(publisher.collection, list(stix_ids))
        named = {stix_id: bands_of(body) for stix_id, body in bodies.items()}
        public = bands.public_with({band for each in named.values() for band in each})
        names_public = {each: names_one_of(named[each], public) for each in bodies}
        changed = {
            stix_id: body
            for stix_id, body in bodies.items()
            if names_public[stix_id] is not _says_so(body)
        }
        new = {each: body for each, body in changed.items() if names_public[each]}
        public_tiers.remember(publisher.collection, new)
        own = public_tiers.give_back(publisher.collection, changed.keys() - new.keys())
        items = [
            revised(
                publisher,
                body,
                governed(body, {_PUBLIC: stix_id in new or None, **own.get(stix_id, {})}),
            )
            for stix_id, body in changed.items()
        ]
        if items:
            publisher.reissue(items)
            publisher.publish()
    journal(publisher, [each.stix_id for each in items], act="object revised")
    return len(items)


def _says_so(body: Mapping[str, Any]) -> bool:
    return bool(forums_words(body).get(_PUBLIC))


@transaction.atomic
def _unflag(publisher: Publisher) -> int:
    """Take back some of the notes over what matches nothing on the list any more.

    In a turn: between a note and the word that it is gone nobody may take it for said.
    """
    collection = publisher.collection
    with publishing():
        if take_turn(collection) is None:
            return 0
        rows = bulk.rows(
            "SELECT id, note_id FROM skeleton WHERE collection_id = %s AND public_id IS NULL "
            "AND note_id <> '' ORDER BY id LIMIT %s",
            [collection.id, AT_ONCE],
        )
    take_down(
        collection,
        [note for _, note in rows],
        act="object no longer public",
        policy=publisher.policy,
        now=publisher.now,
    )
    with publishing():
        bulk.run("UPDATE skeleton SET note_id = '' WHERE id = ANY(%s)", [[id_ for id_, _ in rows]])
    return len(rows)
