"""Give each shared object its Forum id: a new one, or that of the object that says the same.

Runs as the publisher. Two workers that mint the same key at once meet at the unique index, in key
order, so one waits for the other and then joins it. Every object that a chunk joins, changes or
refers to is locked, so that a withdrawal comes before or after the whole chunk.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators import keyring
from indicators.domain.objects import LinkedObject
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.types import SCO_TYPES
from indicators.pipeline import bulk


_COLUMNS = (
    "collection_id", "stix_id", "content_key", "type", "kind", "state", "corroborated",
    "minted_day",
)  # fmt: skip


class Moved(Exception):  # noqa: N818  what happened
    """The ground moved between the look and the lock; the chunk must be looked at again."""


@dataclass(frozen=True, slots=True)
class Minted:
    """The Forum object behind one linked object."""

    linked: LinkedObject
    stix_id: str
    is_new: bool
    content_key: bytes | None

    @property
    def slot(self) -> tuple[int, str]:
        """The lab's object, and which part of what it became."""
        return self.linked.shared.slot


def mint(
    collection_id: uuid.UUID,
    linked: Sequence[LinkedObject],
    *,
    own: Mapping[tuple[int, str], str],
    now: datetime,
) -> list[Minted]:
    """Mint a chunk; `own` has, by slot, the Forum id of an unkeyed object's earlier version.

    Raises:
        Moved: an object of it was withdrawn after it was looked up.
    """
    _lock_standing(linked, own)
    keyed = {
        each.shared.slot: _key(collection_id, each) for each in linked if each.canonical is not None
    }
    standing = _keyed(collection_id, [each for each in linked if each.canonical], keyed, now=now)
    unkeyed = [each for each in linked if each.canonical is None]
    ids = {each.shared.slot: own.get(each.shared.slot) or _new_id(each) for each in unkeyed}
    fresh = [each for each in unkeyed if each.shared.slot not in own]
    bulk.insert(
        "forum_object",
        _COLUMNS,
        (_row(collection_id, ids[each.shared.slot], None, each, now) for each in fresh),
    )
    return [
        *standing,
        *(
            Minted(each, ids[each.shared.slot], each.shared.slot not in own, None)
            for each in unkeyed
        ),
    ]


def _keyed(
    collection_id: uuid.UUID,
    linked: Sequence[LinkedObject],
    keys: Mapping[tuple[int, str], bytes],
    *,
    now: datetime,
) -> list[Minted]:
    first = {keys[each.shared.slot]: each for each in reversed(linked)}
    if not first:
        return []
    rows = [_row(collection_id, _new_id(first[key]), key, first[key], now) for key in sorted(first)]
    made = bulk.many(
        f"INSERT INTO forum_object ({', '.join(_COLUMNS)}) VALUES %s "  # noqa: S608  our own names
        "ON CONFLICT DO NOTHING RETURNING content_key",
        rows,
    )
    new = {bytes(row[0]) for row in made}
    # Locked against a withdrawal that is under way: it waits, and then sees this contribution.
    ids = {
        bytes(key): stix_id
        for key, stix_id in bulk.rows(
            "SELECT content_key, stix_id FROM forum_object WHERE collection_id = %s "
            "AND content_key = ANY(%s) ORDER BY content_key FOR SHARE",
            [collection_id, sorted(first)],
        )
    }
    if first.keys() - ids.keys():
        raise Moved  # withdrawn between our insert, which then did nothing, and our lock
    minted = []
    for each in linked:
        key = keys[each.shared.slot]
        is_new = key in new and first[key] is each
        minted.append(Minted(each, ids[key], is_new, key))
    return minted


def _lock_standing(linked: Sequence[LinkedObject], own: Mapping[tuple[int, str], str]) -> None:
    targets = {each for one in linked for ids in one.targets.values() for each in ids}
    wanted = targets.union(own.values())
    if not wanted:
        return
    rows = bulk.rows(
        "SELECT DISTINCT stix_id FROM (SELECT stix_id FROM forum_object WHERE stix_id = ANY(%s) "
        "AND state <> 'revoked' ORDER BY stix_id FOR SHARE) AS locked",
        [sorted(wanted)],
    )
    if wanted - {row[0] for row in rows}:
        raise Moved


def _key(collection_id: uuid.UUID, linked: LinkedObject) -> bytes:
    assert linked.canonical is not None
    return keyring.content_key(collection_id, linked.canonical)


def _new_id(linked: LinkedObject) -> str:
    type_ = linked.shared.type
    if type_ in SCO_TYPES:
        return sco_id(type_, linked.shared.properties)
    return f"{type_}--{uuid.uuid4()}"


def _row(
    collection_id: uuid.UUID,
    stix_id: str,
    key: bytes | None,
    linked: LinkedObject,
    now: datetime,
) -> tuple[object, ...]:
    shared = linked.shared
    return (collection_id, stix_id, key, shared.type, shared.kind, "live", False, now.date())
