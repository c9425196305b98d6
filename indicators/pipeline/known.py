"""What the references of a chunk lead to, in a handful of queries and never one per object."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from indicators import keyring
from indicators.domain.objects import KnownObject
from indicators.domain.stix.references import references_of
from indicators.domain.surroundings import Known
from indicators.models.collection import Collection
from indicators.pipeline import bulk
from indicators.pipeline.lookups import Sender
from indicators.pipeline.standing import standing_bodies


def known(sender: Sender, submission_id: uuid.UUID | None, references: Iterable[str]) -> Known:
    """The lab's own contributions first, then the feed.

    What was refused is looked for in the submission; None for what is none (yet).
    """
    tags = {sender.own_tag(each): each for each in references}
    if not tags:
        return Known()
    own = _contributed_as(sender, tags.values())
    leads = {tag: own.get(each, each) for tag, each in tags.items()}
    standing = _standing(sender, list(leads.values()), own=list(own.values()))
    return Known(
        standing={tag: standing[to] for tag, to in leads.items() if to in standing},
        held=_held(list(tags)),
        refused=_refused(submission_id, tags) if submission_id else frozenset(),
        names=tags,
    )


def _contributed_as(sender: Sender, original_ids: Iterable[str]) -> dict[str, str]:
    """The Forum ids that a lab's own ids stand behind."""
    tags = {sender.lookup_tag(each): each for each in original_ids}
    rows = bulk.rows(
        "SELECT lookup_tag, stix_id FROM contribution WHERE lookup_tag = ANY(%s) "
        "AND state = 'active'",
        [list(tags)],
    )
    return {tags[bytes(tag)]: stix_id for tag, stix_id in rows}


def _standing(sender: Sender, ids: Sequence[str], *, own: Sequence[str]) -> dict[str, KnownObject]:
    """What stands in this collection, and of the verbatim ones that the member may read.

    What still waits for its batch is there for who contributes to it: to others it would tell that
    somebody has sent it, and so would anything to who may write and not read. Not what names in
    clear an address that the submission calls residential: what refers to that would tell whose
    token it is.
    """
    telling = _telling(sender, ids)
    rows = bulk.rows(
        """SELECT o.stix_id, o.content_key, c.kind FROM forum_object o
           JOIN collection c ON c.id = o.collection_id
           WHERE o.stix_id = ANY(%(ids)s) AND o.state <> 'revoked'
             AND o.collection_id = ANY(%(readable)s)
             AND (o.stix_id = ANY(%(own)s)
                  OR ((%(may_read)s OR c.kind = 'verbatim') AND EXISTS (
                          SELECT FROM publication p WHERE p.collection_id = o.collection_id
                          AND p.stix_id = o.stix_id AND p.superseded_by IS NULL
                          AND p.body IS NOT NULL))
                  OR EXISTS (SELECT FROM contribution b WHERE b.contrib_tag = ANY(%(tags)s)
                             AND b.stix_id = o.stix_id AND b.state = 'active'))""",
        {
            "ids": list(ids),
            "own": own,
            "may_read": sender.may_read,
            "readable": [*(each.id for each in sender.collections), *sender.readable],
            "tags": [
                keyring.contrib_tag(sender.member.id, collection.id, each)
                for collection in sender.collections
                for each in ids
            ],
        },
    )
    return {
        stix_id: KnownObject(
            stix_id, _end(stix_id, key, kind), is_token=kind == Collection.Kind.TOKENS
        )
        for stix_id, key, kind in rows
        if stix_id not in telling
    }


def _telling(sender: Sender, ids: Sequence[str]) -> set[str]:
    """Those that name such an address, or refer to what does."""
    if not sender.residential:
        return set()
    bodies = _bodies(sender, ids)
    targets = {each: set(references_of(body)) for each, body in bodies.items()}
    bodies |= _bodies(sender, sorted({ref for refs in targets.values() for ref in refs}))
    naming = {
        each
        for each, body in bodies.items()
        if sender.residential.mentioned_in(body, limits=sender.limits)
    }
    return naming | {each for each, refs in targets.items() if not naming.isdisjoint(refs)}


def _bodies(sender: Sender, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """What stands under these ids in the collection and beside it; in clear, if in both."""
    found: dict[str, dict[str, Any]] = {}
    for collection in reversed(sender.collections):
        found |= standing_bodies(collection, ids)
    return found


def _end(stix_id: str, content_key: memoryview | None, kind: str) -> str | None:
    if kind == Collection.Kind.VERBATIM:
        return stix_id
    return bytes(content_key).hex() if content_key else None


def _held(tags: Sequence[bytes]) -> frozenset[bytes]:
    rows = bulk.rows(
        "SELECT own_tag FROM held_object WHERE own_tag = ANY(%s) AND part = 'object' "
        "AND state IN ('open', 'decided', 'released')",
        [list(tags)],
    )
    return frozenset(bytes(row[0]) for row in rows)


def _refused(submission_id: uuid.UUID, tags: Iterable[bytes]) -> frozenset[bytes]:
    rows = bulk.rows(
        "SELECT own_tag FROM submission_object WHERE submission_id = %s "
        "AND outcome IN ('rejected', 'unshared') AND own_tag = ANY(%s)",
        [submission_id, list(tags)],
    )
    return frozenset(bytes(row[0]) for row in rows)
