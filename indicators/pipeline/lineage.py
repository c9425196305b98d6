"""Who stands behind what: contributions are written, counted and taken back. Tags only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeAlias

from indicators import keyring
from indicators.domain.objects import ReceivedObject, ScreenedObject
from indicators.domain.stix.times import parse_time, round_up
from indicators.domain.tokens import PARTS
from indicators.pipeline import bulk, weights
from indicators.pipeline.lookups import Sender, mac_of
from indicators.pipeline.mint import Minted
from indicators.pipeline.verdicts import version_text


_COLUMNS = (
    "lookup_tag", "contrib_tag", "collection_id", "stix_id", "original_version", "content_mac",
    "basis", "is_first", "confidence", "until", "exact_until", "first_day", "last_day", "seen_day",
    "state", "weight_ct", "member_ct",
)  # fmt: skip


Slot: TypeAlias = tuple[int, str]
"""The ordinal of a lab's object, and which part of what it became."""
Lost: TypeAlias = frozenset[tuple[uuid.UUID, str]]
"""Forum objects, by collection and id."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member's own id stands for now."""

    collection_id: uuid.UUID
    stix_id: str
    is_first: bool
    active: bool


@dataclass(frozen=True, slots=True)
class Contributed:
    """One object on its way into the lineage."""

    received: ReceivedObject
    screened: ScreenedObject
    minted: Minted


def standing(tags: Sequence[bytes]) -> dict[bytes, Standing]:
    """What these lookup tags stand for."""
    rows = bulk.rows(
        "SELECT lookup_tag, collection_id, stix_id, is_first, state = 'active' FROM contribution "
        "WHERE lookup_tag = ANY(%s)",
        [list(tags)],
    )
    return {bytes(tag): Standing(*rest) for tag, *rest in rows}


def led(collection_id: uuid.UUID, stix_ids: Sequence[str], *, now: datetime) -> set[str]:
    """Those of these objects that follow an active contribution and have not expired.

    An object that waits for its release follows one as well.
    The content of all others may follow a new contribution: nobody stands behind it any more, or
    its time is over.
    """
    # Asked one id at a time: joined, tables without statistics yet are read whole for each row.
    rows = bulk.rows(
        """SELECT stix_id FROM (
             SELECT a.stix_id,
               (SELECT state FROM forum_object
                WHERE collection_id = %(home)s AND stix_id = a.stix_id) AS state,
               (SELECT (body::jsonb ->> 'valid_until')::timestamptz FROM publication
                WHERE collection_id = %(home)s AND stix_id = a.stix_id
                  AND superseded_by IS NULL) AS until,
               (SELECT count(*) FROM contribution
                WHERE collection_id = %(home)s AND stix_id = a.stix_id
                  AND state = 'active' AND is_first) AS first
             FROM unnest(%(ids)s::text[]) AS a (stix_id)) AS asked
           WHERE first > 0 AND state IS NOT NULL
             AND (state = 'suspended' OR coalesce(until > %(now)s, true))""",
        {"home": collection_id, "ids": sorted(set(stix_ids)), "now": now},
    )
    return {row[0] for row in rows}


def write(
    sender: Sender,
    collection_id: uuid.UUID,
    contributed: Sequence[Contributed],
    *,
    leads: frozenset[Slot],
    now: datetime,
) -> None:
    """Write what a member contributed to one collection."""
    rows = {}
    for each in contributed:
        shared = each.minted.linked.shared
        tag = sender.lookup_tag(each.received.id, shared.part)
        rows[tag] = _row(sender, collection_id, tag, each, is_first=shared.slot in leads, now=now)
    _dethrone(collection_id, [each for each in contributed if each.minted.slot in leads])
    bulk.insert(
        "contribution",
        _COLUMNS,
        rows.values(),
        tail="""ON CONFLICT (lookup_tag) DO UPDATE SET contrib_tag = excluded.contrib_tag,
                collection_id = excluded.collection_id, stix_id = excluded.stix_id,
                original_version = excluded.original_version,
                content_mac = excluded.content_mac, basis = excluded.basis,
                is_first = excluded.is_first, confidence = excluded.confidence,
                until = excluded.until, exact_until = excluded.exact_until,
                last_day = excluded.last_day, seen_day = excluded.seen_day,
                state = excluded.state, weight_ct = excluded.weight_ct,
                member_ct = excluded.member_ct""",
    )


def displaced(
    slots: Mapping[Slot, bytes],
    before: Mapping[bytes, Standing],
    minted: Mapping[uuid.UUID, Iterable[Minted]],
) -> dict[uuid.UUID, set[str]]:
    """By collection, the Forum objects that lose a contribution because the lab's moved on.

    `slots` has the tag of each of the lab's objects, and of all that one could have become;
    `minted` what they are now, by collection: an observable has one id in all of them.
    """
    now_at = {
        slots[each.slot]: (collection_id, each.stix_id)
        for collection_id, objects in minted.items()
        for each in objects
    }
    lost: dict[uuid.UUID, set[str]] = {}
    for tag in slots.values():
        earlier = before.get(tag)
        if not earlier or not earlier.active:
            continue
        if (earlier.collection_id, earlier.stix_id) != now_at.get(tag):
            lost.setdefault(earlier.collection_id, set()).add(earlier.stix_id)
    return lost


def _dethrone(collection_id: uuid.UUID, leading: Sequence[Contributed]) -> None:
    """The content follows one contribution at a time."""
    bulk.run(
        "UPDATE contribution SET is_first = false, exact_until = NULL WHERE collection_id = %s "
        "AND stix_id = ANY(%s) AND is_first",
        [collection_id, [each.minted.stix_id for each in leading]],
    )


def _row(
    sender: Sender,
    collection_id: uuid.UUID,
    tag: bytes,
    each: Contributed,
    *,
    is_first: bool,
    now: datetime,
) -> tuple[object, ...]:
    stix_id, said = each.minted.stix_id, each.minted.linked.shared.properties
    member_id = sender.member.id
    return (
        tag,
        keyring.contrib_tag(member_id, collection_id, stix_id),
        collection_id,
        stix_id,
        version_text(each.received),
        mac_of(sender, each.received.body),
        each.screened.basis,
        is_first,
        said.get("confidence"),
        _day(said.get("valid_until")),
        parse_time(str(said["valid_until"])) if is_first and "valid_until" in said else None,
        now.date(),
        now.date(),
        now.date(),
        "active",
        weights.sealed(tag, sender.weight),
        keyring.seal("link", member_id.bytes, place=tag),
    )


def _day(until: object) -> date | None:
    return round_up(parse_time(str(until)), "day").date() if until else None


def enthrone(rows: Sequence[tuple[bytes, uuid.UUID, str, datetime | None]]) -> None:
    """Let content follow these contributions: those that it followed have gone, and show no more.

    Each row has the contribution's tag, the collection and id of the object, and its end.
    """
    bulk.many(
        """UPDATE contribution AS c SET is_first = (c.lookup_tag = v.tag),
               exact_until = CASE WHEN c.lookup_tag = v.tag THEN v.until END
           FROM (VALUES %s) AS v (tag, collection_id, stix_id, until)
           WHERE c.collection_id = v.collection_id AND c.stix_id = v.stix_id
             AND (c.is_first OR c.lookup_tag = v.tag)""",
        rows,
        template="(%s::bytea, %s::uuid, %s, %s::timestamptz)",
    )


def take_back(sender: Sender, ids: Iterable[str], *, now: datetime) -> dict[str, Lost]:
    """Withdraw what this member contributed under each id, its own or a Forum id.

    Returns, by the id asked for, the Forum objects that lost a contribution.
    """
    lost: dict[str, Lost] = {}
    for each in ids:
        rows = bulk.rows(
            """UPDATE contribution SET state = 'withdrawn', last_day = %s
               WHERE (lookup_tag = ANY(%s) OR contrib_tag = ANY(%s)) AND state = 'active'
               RETURNING collection_id, stix_id""",
            [
                now.date(),
                *_tags(sender, each),
            ],
        )
        if rows:
            lost[each] = frozenset(rows)
    return lost


def take_back_rows(tags: Sequence[bytes], *, now: datetime) -> Lost:
    """Withdraw the contributions of these lookup tags; returns what lost one."""
    rows = bulk.rows(
        "UPDATE contribution SET state = 'withdrawn', last_day = %s "
        "WHERE lookup_tag = ANY(%s) AND state = 'active' RETURNING collection_id, stix_id",
        [now.date(), list(tags)],
    )
    return frozenset(rows)


def contributed(sender: Sender, ids: Iterable[str]) -> set[str]:
    """Of these ids, the member's own or Forum ids, those under which it contributes something."""
    tags = {each: _tags(sender, each) for each in ids}
    rows = bulk.rows(
        "SELECT lookup_tag, contrib_tag FROM contribution "
        "WHERE (lookup_tag = ANY(%s) OR contrib_tag = ANY(%s)) AND state = 'active'",
        [
            [tag for own, _ in tags.values() for tag in own],
            [tag for _, of in tags.values() for tag in of],
        ],
    )
    found = {bytes(tag) for row in rows for tag in row}
    return {each for each, (own, of) in tags.items() if not found.isdisjoint([*own, *of])}


def _tags(sender: Sender, stix_id: str) -> tuple[list[bytes], list[bytes]]:
    """What a contribution bears under this id: of the member's own, and of the Forum's."""
    return (
        [sender.lookup_tag(stix_id, part) for part in PARTS],
        [keyring.contrib_tag(sender.member.id, each.id, stix_id) for each in sender.collections],
    )


def abandoned(collection_id: uuid.UUID, stix_ids: Iterable[str]) -> list[str]:
    """Those of these Forum ids that nobody stands behind any more."""
    asked = sorted(set(stix_ids))
    rows = bulk.rows(
        "SELECT DISTINCT stix_id FROM contribution WHERE collection_id = %s "
        "AND stix_id = ANY(%s) AND state = 'active'",
        [collection_id, asked],
    )
    return sorted(set(asked) - {row[0] for row in rows})


def close(collection_id: uuid.UUID, stix_ids: Iterable[str]) -> None:
    """End what still stands behind objects that fell with another."""
    bulk.run(
        "UPDATE contribution SET state = 'withdrawn' WHERE collection_id = %s "
        "AND stix_id = ANY(%s) AND state = 'active'",
        [collection_id, list(stix_ids)],
    )
