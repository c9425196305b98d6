"""Withdrawn means gone: what nobody stands behind any more is revoked, its old words blanked.

A revoked version carries identity and times and a fixed pattern; observables, which STIX cannot
revoke, are removed; both are listed in `<alias>-withdrawn` (ADR-0008). What referred to a
withdrawn object falls with it or is published without it: the mere id of an observable would tell
its value. What stands beside a collection, in that of its tokens, may refer into it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from indicators.audit.journal import record
from indicators.domain import render
from indicators.domain.stix.times import format_time
from indicators.domain.stix.types import SCO_TYPES
from indicators.models.collection import Collection
from indicators.pipeline import bulk, feedback, lineage, release
from indicators.pipeline.publish import Own, Publisher, after, rank_of, speak
from indicators.pipeline.standing import Place, live_bodies, lock_standing, standing_bodies
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


def settle(
    publisher: Publisher, lost: Mapping[uuid.UUID, Iterable[str]], *, labels: Sequence[str] = ()
) -> list[Place]:
    """Revoke those of these objects that lost their last contributor; return all that fell.

    `lost` has what lost one by collection: the publisher's, and that of its tokens. `labels` are
    what readers are told of it, beside that it is withdrawn. Must be the last act of its
    transaction that needs a lock before the heads'.
    """
    if not any(lost.values()):
        return []
    family = _Family.of(publisher.collection)
    gone = {each.id: _abandoned(each, lost.get(each.id, ())) for each in family.speaking}
    with publishing():
        for collection_id, stix_ids in lost.items():
            release.uncount(collection_id, stix_ids)
    return _withdraw(publisher, family, gone, labels) if any(gone.values()) else []


def _abandoned(collection: Collection, stix_ids: Iterable[str]) -> list[str]:
    asked = sorted(set(stix_ids))
    if not asked:
        return []
    with publishing():
        # A further contribution holds the row: we wait for it, and then count it.
        lock_standing(collection, asked)
    return lineage.abandoned(collection.id, asked)


def revoke(publisher: Publisher, stix_ids: Sequence[str]) -> list[Place]:
    """Revoke these objects, whoever stands behind them; return all that fell with them."""
    family = _Family.of(publisher.collection)
    return _withdraw(publisher, family, {publisher.collection.id: stix_ids}, ())


def _withdraw(
    publisher: Publisher,
    family: _Family,
    gone: Mapping[uuid.UUID, Sequence[str]],
    labels: Sequence[str],
) -> list[Place]:
    with publishing():
        falls = _falls(family, gone)
        release.lock_heads(family.ids)
        for fall in falls:
            _revoke(replace(publisher, collection=fall.collection), fall, family.withdrawn, labels)
        _forget_edges(falls)
    for fall in falls:
        lineage.close(fall.collection.id, fall.fallen)
        feedback.close(fall.collection.id, fall.fallen)
        _journal(replace(publisher, collection=fall.collection), fall)
    return [(fall.collection.id, stix_id) for fall in falls for stix_id in fall.fallen]


def _journal(publisher: Publisher, fall: _Fall) -> None:
    alias = publisher.collection.alias
    acts = [
        *published_acts(fall.fallen, act="object revoked", collection=alias),
        *published_acts(fall.reduced, act="object reduced", collection=alias),
    ]
    record(acts, policy=publisher.policy, now=publisher.now)


@dataclass(frozen=True, slots=True)
class _Family:
    """A collection and those that stand beside it."""

    main: Collection
    tokens: Collection | None
    withdrawn: Collection | None

    @classmethod
    def of(cls, collection: Collection) -> _Family:
        main = collection.parent or collection
        beside = {each.kind: each for each in Collection.objects.filter(parent=main)}
        kinds = Collection.Kind
        return cls(main, beside.get(kinds.TOKENS), beside.get(kinds.WITHDRAWN))

    @property
    def speaking(self) -> list[Collection]:
        """Where what labs send is published, in the order in which all lock what is in them."""
        return [each for each in (self.main, self.tokens) if each]

    @property
    def ids(self) -> list[uuid.UUID]:
        return [each.id for each in (self.main, self.tokens, self.withdrawn) if each]


def _falls(family: _Family, gone: Mapping[uuid.UUID, Sequence[str]]) -> list[_Fall]:
    """What falls where: what speaks of tokens refers to its collection, never the reverse."""
    falls: list[_Fall] = []
    for collection in family.speaking:
        beside = [stix_id for fall in falls for stix_id in fall.fallen]
        falls.append(_fall(collection, gone.get(collection.id, ()), beside=beside))
    return [each for each in falls if each.fallen or each.reduced]


@dataclass(slots=True)
class _Fall:
    """Everything that goes with a withdrawal."""

    collection: Collection
    fallen: dict[str, None]
    """In the order of falling."""
    reduced: dict[str, dict[str, Any]] = field(default_factory=dict)
    """What stays, without its references to what fell: next bodies by id."""


def _fall(collection: Collection, stix_ids: Sequence[str], *, beside: Iterable[str]) -> _Fall:
    """Find, level by level, what refers to what is gone: relationships fall too."""
    fall = _Fall(collection, dict.fromkeys(stix_ids))
    level = {*stix_ids, *beside}
    while level:
        rows = bulk.rows(
            "SELECT DISTINCT stix_id FROM edge WHERE collection_id = %s AND target_id = ANY(%s)",
            [collection.id, sorted(level)],
        )
        holders = sorted({row[0] for row in rows} - fall.fallen.keys())
        lock_standing(collection, holders)
        level = _next_level(fall, holders, level)
    for stix_id in fall.fallen:
        fall.reduced.pop(stix_id, None)
    return fall


def _next_level(fall: _Fall, holders: Sequence[str], level: set[str]) -> set[str]:
    following: set[str] = set()
    live = live_bodies(fall.collection, holders)
    for stix_id, body in standing_bodies(fall.collection, holders).items():
        kept = fall.reduced.get(stix_id, body)
        without = _without(kept, level)
        if without is None:
            fall.fallen[stix_id] = None
            following.add(stix_id)
        elif without != kept or _without(live.get(stix_id, {}), level) != live.get(stix_id, {}):
            fall.reduced[stix_id] = without
    return following


def _revoke(
    publisher: Publisher, fall: _Fall, withdrawn: Collection | None, labels: Sequence[str]
) -> None:
    collection = publisher.collection
    live = live_bodies(collection, fall.fallen)
    release.drop(collection.id, fall.fallen)
    publisher.enqueue(_revoked(publisher, live, labels))
    reduced = [_reduced(publisher, body) for body in fall.reduced.values()]
    publisher.reissue(reduced, takes_away=True)
    _forget(collection, list(fall.fallen))
    publisher.publish()
    _blank(collection, list(fall.fallen))
    blank_superseded(collection, list(fall.reduced))
    if withdrawn:
        _list_withdrawn(replace(publisher, collection=withdrawn), live, labels)


def _without(body: Mapping[str, Any], gone: set[str]) -> dict[str, Any] | None:
    """The body without these references, or None if one that STIX requires is among them."""
    kept = dict(body)
    for name, value in body.items():
        if name.endswith("_ref") and value in gone:
            return None
        if name.endswith("_refs") and isinstance(value, list) and not gone.isdisjoint(value):
            kept[name] = [each for each in value if each not in gone]
            if not kept[name]:
                if name == "object_refs":
                    return None
                del kept[name]
    return kept


def _revoked(
    publisher: Publisher, live: Mapping[str, dict[str, Any]], labels: Sequence[str]
) -> list[release.Item]:
    items = []
    for stix_id, body in live.items():
        if body["type"] in SCO_TYPES:
            continue
        modified = after(body, publisher.now)
        text = render.revoke(body, modified=modified, labels=labels)
        items.append(release.Item(stix_id, body["type"], text, modified, rank_of(body["type"])))
    return items


def _reduced(publisher: Publisher, body: Mapping[str, Any]) -> release.Item:
    version, new = publisher.now, dict(body)
    if body["type"] not in SCO_TYPES:
        version = after(body, publisher.now)
        new["modified"] = format_time(version)
    return release.Item(body["id"], body["type"], render.dump(new), version, rank_of(body["type"]))


def _forget(collection: Collection, stix_ids: list[str]) -> None:
    """Give the keys back: the same content from a lab that still sees it gets a new object."""
    parameters = [collection.id, stix_ids]
    bulk.run(
        "DELETE FROM forum_object WHERE collection_id = %s AND stix_id = ANY(%s) "
        "AND type = ANY(%s)",
        [*parameters, list(SCO_TYPES)],
    )
    bulk.run(
        "UPDATE forum_object SET state = 'revoked', content_key = NULL "
        "WHERE collection_id = %s AND stix_id = ANY(%s)",
        parameters,
    )


def _forget_edges(falls: Sequence[_Fall]) -> None:
    """Of what fell, and of all that led to it, in its collection or beside it."""
    fallen = [stix_id for fall in falls for stix_id in fall.fallen]
    for fall in falls:
        bulk.run(
            "DELETE FROM edge WHERE collection_id = %s "
            "AND (stix_id = ANY(%s) OR target_id = ANY(%s))",
            [fall.collection.id, list(fall.fallen), fallen],
        )


def _blank(collection: Collection, fallen: list[str]) -> None:
    """Take the words out of observables too, which no revoked version takes the place of."""
    blank_superseded(collection, fallen)
    bulk.run(
        """UPDATE publication SET body = NULL, superseded_by = position
           WHERE collection_id = %s AND body IS NOT NULL AND stix_id = ANY(%s)
             AND type = ANY(%s)""",
        [collection.id, fallen, list(SCO_TYPES)],
    )


def blank_superseded(collection: Collection, stix_ids: list[str]) -> None:
    """Take the old words out; the rows stay, so that positions stay dense and provable."""
    bulk.run(
        "UPDATE publication SET body = NULL WHERE collection_id = %s AND body IS NOT NULL "
        "AND stix_id = ANY(%s) AND superseded_by IS NOT NULL",
        [collection.id, stix_ids],
    )


def blank_at(collection: Collection, positions: list[int]) -> None:
    """Take the words out of older versions, by position."""
    bulk.run(
        "UPDATE publication SET body = NULL WHERE collection_id = %s AND position = ANY(%s) "
        "AND superseded_by IS NOT NULL",
        [collection.id, positions],
    )


def _list_withdrawn(
    other: Publisher, live: Mapping[str, dict[str, Any]], labels: Sequence[str]
) -> None:
    """Name what fell in `<alias>-withdrawn`, for clients that missed it: plain STIX, one form.

    The edge from a note to what it names is how the hub finds who has read of it.
    """
    speak(
        other,
        [
            Own(
                "note",
                {"content": f"Withdrawn: {stix_id}", "labels": ["withdrawn", *labels]},
                {"object_refs": (stix_id,)},
            )
            for stix_id in live
        ],
        tied=True,
    )
