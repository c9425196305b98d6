"""Who stands behind what: contributions are written, counted and taken back. Tags only."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators import keyring
from indicators.domain.objects import ReceivedObject, ScreenedObject
from indicators.pipeline import bulk
from indicators.pipeline.lookups import Sender, mac_of
from indicators.pipeline.mint import Minted
from indicators.pipeline.verdicts import version_text


_COLUMNS = (
    "lookup_tag", "contrib_tag", "collection_id", "stix_id", "original_version", "content_mac",
    "basis", "is_first", "first_day", "last_day", "state", "member_ct",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """What a member's own id stands for now."""

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
        "SELECT lookup_tag, stix_id, is_first, state = 'active' FROM contribution "
        "WHERE lookup_tag = ANY(%s)",
        [list(tags)],
    )
    return {bytes(tag): Standing(*rest) for tag, *rest in rows}


def led(collection_id: uuid.UUID, stix_ids: Sequence[str], *, now: datetime) -> set[str]:
    """Those of these objects that follow an active contribution and have not expired.

    The content of all others may follow a new contribution: nobody stands behind it any more, or
    its time is over.
    """
    rows = bulk.rows(
        """SELECT DISTINCT c.stix_id FROM contribution c
           JOIN publication p ON p.collection_id = c.collection_id AND p.stix_id = c.stix_id
           WHERE c.collection_id = %s AND c.stix_id = ANY(%s) AND c.state = 'active' AND c.is_first
             AND p.superseded_by IS NULL
             AND coalesce((p.body::jsonb ->> 'valid_until')::timestamptz > %s, true)""",
        [collection_id, list(stix_ids), now],
    )
    return {row[0] for row in rows}


def write(
    sender: Sender,
    contributed: Sequence[Contributed],
    before: dict[bytes, Standing],
    *,
    leads: frozenset[int],
    now: datetime,
) -> set[str]:
    """Write contributions; return the Forum ids that lost one because the lab's object moved on."""
    displaced: set[str] = set()
    rows = {}
    for each in contributed:
        tag = sender.lookup_tag(each.received.id)
        earlier = before.get(tag)
        if earlier and earlier.active and earlier.stix_id != each.minted.stix_id:
            displaced.add(earlier.stix_id)
        is_first = each.minted.linked.shared.ordinal in leads
        rows[tag] = _row(sender, tag, each, is_first=is_first, now=now)
    _dethrone(sender, [each for each in contributed if each.minted.linked.shared.ordinal in leads])
    bulk.insert(
        "contribution",
        _COLUMNS,
        rows.values(),
        tail="""ON CONFLICT (lookup_tag) DO UPDATE SET contrib_tag = excluded.contrib_tag,
                stix_id = excluded.stix_id, original_version = excluded.original_version,
                content_mac = excluded.content_mac, basis = excluded.basis,
                is_first = excluded.is_first, last_day = excluded.last_day, state = excluded.state,
                member_ct = excluded.member_ct""",
    )
    return displaced


def _dethrone(sender: Sender, leading: Sequence[Contributed]) -> None:
    """The content follows one contribution at a time."""
    bulk.run(
        "UPDATE contribution SET is_first = false WHERE collection_id = %s AND stix_id = ANY(%s) "
        "AND is_first",
        [sender.collection.id, [each.minted.stix_id for each in leading]],
    )


def _row(
    sender: Sender, tag: bytes, each: Contributed, *, is_first: bool, now: datetime
) -> tuple[object, ...]:
    stix_id = each.minted.stix_id
    member_id = sender.member.id
    return (
        tag,
        keyring.contrib_tag(member_id, sender.collection.id, stix_id),
        sender.collection.id,
        stix_id,
        version_text(each.received),
        mac_of(sender, each.received.body),
        each.screened.basis,
        is_first,
        now.date(),
        now.date(),
        "active",
        keyring.seal("link", member_id.bytes, place=tag),
    )


def take_back(sender: Sender, ids: Iterable[str], *, now: datetime) -> dict[str, set[str]]:
    """Withdraw what this member contributed under each id, its own or a Forum id.

    Returns, by the id asked for, the Forum ids that lost a contribution.
    """
    lost: dict[str, set[str]] = {}
    for each in ids:
        rows = bulk.rows(
            """UPDATE contribution SET state = 'withdrawn', last_day = %s
               WHERE (lookup_tag = %s OR contrib_tag = %s) AND state = 'active'
               RETURNING stix_id""",
            [
                now.date(),
                sender.lookup_tag(each),
                keyring.contrib_tag(sender.member.id, sender.collection.id, each),
            ],
        )
        if rows:
            lost[each] = {row[0] for row in rows}
    return lost


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
