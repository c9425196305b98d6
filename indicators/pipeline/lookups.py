"""What a chunk needs to know of the world, in a handful of queries and never one per object."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings

from indicators import keyring
from indicators.domain.objects import Declaration, KnownObject, ReceivedObject
from indicators.domain.stix.times import version_of
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.surroundings import Audience, Known, Past, Surroundings
from indicators.models.collection import Collection
from indicators.models.lineage import Contribution
from indicators.models.member import Grant, Member
from indicators.pipeline import bulk
from indicators.pipeline.queue import Lease


_CATALOGUED = frozenset({"attack-pattern", "course-of-action"})


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose submission it is and where it goes: read once per submission."""

    member: Member
    collection: Collection
    standing: Declaration | None
    first_objects: bool

    def tag(self, original_id: str) -> bytes:
        return keyring.lookup_tag(self.member.id, self.collection.id, original_id)


def sender(lease: Lease) -> Sender:
    """The private side of a submission."""
    member = Member.objects.get(pk=lease.member_id)
    collection = Collection.objects.get(pk=lease.collection_id)
    grant = Grant.objects.filter(member=member, collection=collection).first()
    return Sender(member, collection, _declared(grant), _is_new(member))


def _declared(grant: Grant | None) -> Declaration | None:
    if grant is None:
        return None
    return Declaration(grant.purpose, tuple(grant.threat_nexus), defaulted=True)


def _is_new(member: Member) -> bool:
    if not member.review_first_n:
        return False
    decided = bulk.rows(
        """SELECT count(*) FROM (SELECT 1 FROM submission_object o JOIN submission s
             ON s.id = o.submission_id WHERE s.member_id = %s AND o.outcome = 'published'
             LIMIT %s) AS published""",
        [member.id, member.review_first_n],
    )
    return bool(decided[0][0] < member.review_first_n)


def surroundings(
    sender: Sender, chunk: Sequence[ReceivedObject], *, received_at: datetime, now: datetime
) -> Surroundings:
    """Everything about a chunk that is not in its objects."""
    collection = sender.collection
    ids = {each.id: each.type for each in chunk}
    observables = [each for each, type_ in ids.items() if type_ in SCO_TYPES]
    others = [each for each, type_ in ids.items() if type_ not in SCO_TYPES]
    return Surroundings(
        audience=audience(collection),
        standing=sender.standing,
        forum_identity=settings.FORUM_IDENTITY_ID,
        received_at=received_at,
        now=now,
        refuses_raw=sender.member.refuses_raw,
        first_objects=sender.first_objects,
        catalogue=_catalogued([each for each, type_ in ids.items() if type_ in _CATALOGUED]),
        forum_ids=_forum_ids(collection.id, others),
        published=_published(collection.id, observables),
        past=_past(sender, chunk),
    )


def audience(collection: Collection) -> Audience:
    """Where an object of this collection goes."""
    return Audience(
        marking=collection.level,
        exercise=collection.exercise,
        accepts_reserved=collection.accepts_reserved or collection.exercise,
    )


def _catalogued(ids: Sequence[str]) -> frozenset[str]:
    """Ids that stand in a verbatim collection; every member may read those."""
    if not ids:
        return frozenset()
    rows = bulk.rows(
        """SELECT o.stix_id FROM forum_object o JOIN collection c ON c.id = o.collection_id
           WHERE c.kind = 'verbatim' AND o.state = 'live' AND o.stix_id = ANY(%s)""",
        [list(ids)],
    )
    return frozenset(row[0] for row in rows)


def _forum_ids(collection_id: uuid.UUID, ids: Sequence[str]) -> frozenset[str]:
    rows = bulk.rows(
        "SELECT stix_id FROM forum_object WHERE collection_id = %s AND stix_id = ANY(%s)",
        [collection_id, list(ids)],
    )
    return frozenset(row[0] for row in rows)


def _published(collection_id: uuid.UUID, ids: Sequence[str]) -> Mapping[str, str]:
    return dict(
        bulk.rows(
            """SELECT stix_id, body FROM publication WHERE collection_id = %s
               AND stix_id = ANY(%s) AND superseded_by IS NULL AND body IS NOT NULL""",
            [collection_id, list(ids)],
        )
    )


def _past(sender: Sender, chunk: Sequence[ReceivedObject]) -> Mapping[str, Past]:
    by_tag = {sender.tag(each.id): each for each in chunk}
    found = Contribution.objects.filter(lookup_tag__in=list(by_tag))
    past: dict[str, Past] = {}
    for each in found:
        received = by_tag[bytes(each.lookup_tag)]
        past[received.id] = Past(
            version=version_of({"modified": each.original_version}),
            same_content=bytes(each.content_mac) == mac_of(received.body),
            withdrawn=each.state == Contribution.State.WITHDRAWN,
        )
    return past


def mac_of(body: Mapping[str, Any]) -> bytes:
    """Tells equal content of the same sender, whatever the order of its properties."""
    return keyring.content_mac(json.dumps(body, sort_keys=True, separators=(",", ":")).encode())


def known(sender: Sender, submission_id: uuid.UUID, references: Iterable[str]) -> Known:
    """What the references of a chunk lead to: the lab's own contributions first, then the feed."""
    tags = {sender.tag(each): each for each in references}
    if not tags:
        return Known()
    own = dict(
        bulk.rows(
            "SELECT lookup_tag, stix_id FROM contribution WHERE lookup_tag = ANY(%s) "
            "AND state = 'active'",
            [list(tags)],
        )
    )
    wanted = {bytes(tag): stix_id for tag, stix_id in own.items()}
    direct = {tag: each for tag, each in tags.items() if tag not in wanted}
    standing = _standing(sender.collection.id, [*wanted.values(), *direct.values()])
    return Known(
        standing={
            tag: standing[stix_id]
            for tag, stix_id in {**direct, **wanted}.items()
            if stix_id in standing
        },
        held=_held(list(tags)),
        refused=_refused(submission_id, tags),
        names=tags,
    )


def _standing(collection_id: uuid.UUID, ids: Sequence[str]) -> dict[str, KnownObject]:
    """Live objects of this collection, and of verbatim ones, which every member may read."""
    rows = bulk.rows(
        """SELECT o.stix_id, o.content_key, c.kind = 'verbatim' FROM forum_object o
           JOIN collection c ON c.id = o.collection_id
           WHERE o.stix_id = ANY(%s) AND o.state = 'live'
             AND (o.collection_id = %s OR c.kind = 'verbatim')""",
        [list(ids), collection_id],
    )
    return {
        stix_id: KnownObject(stix_id, _end(stix_id, key, fixed)) for stix_id, key, fixed in rows
    }


def _end(stix_id: str, content_key: memoryview | None, fixed: bool) -> str | None:  # noqa: FBT001  a row
    if fixed:
        return stix_id
    return bytes(content_key).hex() if content_key else None


def _held(tags: Sequence[bytes]) -> frozenset[bytes]:
    rows = bulk.rows(
        "SELECT lookup_tag FROM held_object WHERE lookup_tag = ANY(%s) AND state = 'open' "
        "AND part = 'object'",
        [list(tags)],
    )
    return frozenset(bytes(row[0]) for row in rows)


def _refused(submission_id: uuid.UUID, tags: Mapping[bytes, str]) -> frozenset[bytes]:
    rows = bulk.rows(
        "SELECT original_id FROM submission_object WHERE submission_id = %s "
        "AND outcome IN ('rejected', 'unshared') AND original_id = ANY(%s)",
        [submission_id, list(tags.values())],
    )
    refused = {row[0] for row in rows}
    return frozenset(tag for tag, each in tags.items() if each in refused)
