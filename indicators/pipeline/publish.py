"""Turn minted objects into versions and put them into the release queue. Runs as the publisher."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, TypedDict

from django.conf import settings

from indicators import keyring
from indicators.domain import render
from indicators.domain.disclosure import WITHHELD, Policy, TypeRule
from indicators.domain.governance import forums_words, governed
from indicators.domain.objects import CatalogueObject
from indicators.domain.stix.extensions import BY_NAME
from indicators.domain.stix.references import references_of, type_of
from indicators.domain.stix.times import cut_down, parse_time
from indicators.domain.stix.types import SCO_TYPES, SRO_TYPES
from indicators.domain.tlp import Level
from indicators.models.collection import Collection
from indicators.pipeline import bulk, public_tiers, release
from indicators.pipeline.mint import Minted
from indicators.pipeline.standing import decided_under, live_bodies, standing_bodies


@dataclass(frozen=True, slots=True)
class Publisher:
    """What every version of one transaction shares."""

    collection: Collection
    policy: Policy
    now: datetime
    wait: release.Wait | None = None
    """How what a lab sends waits for its batch; None in the immediate lane."""

    @property
    def stamp(self) -> datetime:
        """When what a lab sends is said to be made.

        In a batch by day: a moment would say what came in one push, and when.
        """
        return cut_down(self.now, "day") if self.wait else self.now

    @classmethod
    def for_member(
        cls, member_id: uuid.UUID, collection: Collection, *, policy: Policy, now: datetime
    ) -> Publisher:
        """Publishes what this member sends, in the lane of the collection."""
        if collection.lane == Collection.Lane.IMMEDIATE:
            return cls(collection, policy, now)
        deadline = now + timedelta(hours=collection.batch_longest_hours)
        tag = keyring.batch_tag(member_id, collection.id)
        return cls(collection, policy, now, release.Wait(deadline, tag))

    def enqueue(self, items: Sequence[release.Item], wait: release.Wait | None = None) -> None:
        """Queue what the policy of now lets pass."""
        decided = {each.stix_id: self.policy.version for each in items}
        release.enqueue(self.collection.id, items, policies=decided, wait=wait, now=self.now)

    def reissue(self, items: Sequence[release.Item], *, takes_away: bool = False) -> None:
        """Queue next versions that no stage looked at: each stays decided under the policy of then.

        Otherwise the look back at a changed policy would pass them by (ADR-0021).
        """
        decided = {each.stix_id: self.policy.version for each in items}
        decided |= decided_under(self.collection, list(decided))
        release.enqueue(
            self.collection.id,
            items,
            policies=decided,
            wait=None,
            takes_away=takes_away,
            now=self.now,
        )

    def publish(self) -> int:
        """Publish what is due, last in the transaction."""
        return release.publish_due(
            self.collection.id, policy_version=self.policy.version, now=self.now
        )


def new_and_changed(
    publisher: Publisher, minted: Sequence[Minted], *, leads: frozenset[tuple[int, str]]
) -> list[str]:
    """Queue first versions, and next versions where the content differs; return all their ids.

    `leads` are the slots whose contribution the published content follows: until k members
    contributed that is the first one alone, and a further one changes nothing that anybody can
    read (docs/privacy.md).
    """
    following = [each for each in minted if each.slot in leads]
    live = standing_bodies(publisher.collection, [each.stix_id for each in following])
    items = [first_version(publisher, each) for each in minted if each.is_new]
    for each in following:
        if not each.is_new and each.stix_id in live:
            items += _next(publisher, each, live[each.stix_id])
    publisher.enqueue(items, publisher.wait)
    _write_edges(publisher, following)
    return [each.stix_id for each in items]


def first_version(publisher: Publisher, minted: Minted) -> release.Item:
    """A new object, made when what its lab sends is said to be made."""
    return _item(publisher, minted, created=publisher.stamp, modified=publisher.stamp)


def as_published(publisher: Publisher, minted: Minted) -> dict[str, Any]:
    """What readers would get of a new object."""
    body: dict[str, Any] = json.loads(first_version(publisher, minted).body)
    return body


def _item(
    publisher: Publisher, minted: Minted, *, created: datetime, modified: datetime
) -> release.Item:
    shared = minted.linked.shared
    body = render.render(
        shared.type,
        minted.stix_id,
        shared.properties,
        targets=minted.linked.targets,
        single=shared.single_references,
        **_setting(publisher),
        created=created,
        modified=modified,
    )
    return release.Item(minted.stix_id, shared.type, body, modified, rank_of(shared.type))


class _Setting(TypedDict):
    author: str
    marking: Level
    exercise: bool


def _setting(publisher: Publisher) -> _Setting:
    """What every object of a collection bears."""
    collection = publisher.collection
    return {
        "author": settings.FORUM_IDENTITY_ID,
        "marking": collection.level,
        "exercise": collection.exercise,
    }


def _next(publisher: Publisher, minted: Minted, live: Mapping[str, Any]) -> list[release.Item]:
    if minted.linked.shared.type in SCO_TYPES:
        return []
    modified = after(live, publisher.stamp)
    item = _item(publisher, minted, created=parse_time(live["created"]), modified=modified)
    body = json.loads(item.body)
    kept = _reviewed(publisher.policy.types[item.type], live, body) | _corroborated(live)
    if words := forums_words(live):
        if words.get("public_template"):
            public_tiers.remember(publisher.collection, {item.stix_id: body})
        kept |= governed(body, words)
    if words.get("disputed") and "valid_until" in live:
        kept["valid_until"] = live["valid_until"]  # suspended, whatever its contributor says next
    next_body = render.enrich(body, kept, modified=modified)
    if {**json.loads(next_body), "modified": ""} == {**live, "modified": ""}:
        return []
    return [release.Item(item.stix_id, item.type, next_body, modified, item.rank)]


def _reviewed(
    rule: TypeRule, live: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, object]:
    """What a reviewer released stays; what the lab changes in it waits for a reviewer again."""
    names = [name for name, each in rule.properties.items() if each.action in WITHHELD]
    kept: dict[str, object] = {
        name: live[name] for name in names if name in live and (name == "name" or name not in body)
    }
    for name, each in rule.extensions.items():
        identifier = BY_NAME[name].id
        if each.action in WITHHELD and identifier in live.get("extensions", {}):
            kept[f"extensions.{name}"] = live["extensions"][identifier]
    return kept


CORROBORATED = "corroborated"
"""The label of what at least k members saw; given and taken at the daily run alone."""


def _corroborated(live: Mapping[str, Any]) -> dict[str, object]:
    """What follows all contributors, and so changes at the daily run alone; every label does."""
    names = ["labels"]
    if CORROBORATED in live.get("labels", ()):
        names += ["confidence", "valid_until"]
    return {name: live[name] for name in names if name in live}


def after(live: Mapping[str, Any], now: datetime) -> datetime:
    """A version later than the live one, whatever the clock says; whole milliseconds."""
    return max(now, parse_time(live["modified"]) + timedelta(milliseconds=1))


def revised(
    publisher: Publisher, body: Mapping[str, Any], parts: Mapping[str, object]
) -> release.Item:
    """The next version of an object that bears versions, with these parts; None takes one away."""
    modified = after(body, publisher.now)
    text = render.enrich(body, parts, modified=modified)
    return release.Item(body["id"], body["type"], text, modified, rank_of(body["type"]))


@dataclass(frozen=True, slots=True)
class Own:
    """What the Forum says by itself: no member stands behind it, and none can take it back."""

    type: str
    properties: Mapping[str, object]
    targets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @classmethod
    def relationship(cls, source: str, verb: str, target: str) -> Own:
        """One end leads to the other."""
        ends = {"source_ref": (source,), "target_ref": (target,)}
        return cls("relationship", {"relationship_type": verb}, ends)


def speak(
    publisher: Publisher, words: Sequence[Own], *, beside: str = "", tied: bool = False
) -> list[str]:
    """Publish objects of the Forum's own; returns their new ids. Runs as the publisher.

    What is said `beside` an object falls with it, and goes out with it if it waits for its batch.
    What is `tied` falls with anything that it refers to, all of which must stand on the feed.
    """
    items = [_own_item(publisher, each) for each in words]
    bulk.insert(
        "forum_object",
        ("collection_id", "stix_id", "type", "state", "corroborated", "minted_day"),
        (
            (publisher.collection.id, each.stix_id, each.type, "live", False, publisher.now.date())
            for each in items
        ),
    )
    publisher.enqueue(items)
    ids = [each.stix_id for each in items]
    if beside:
        release.wait_beside(publisher.collection.id, ids, stix_id=beside)
        _tie(publisher.collection, [(stix_id, beside) for stix_id in ids])
    if tied:
        _tie(
            publisher.collection,
            (
                (stix_id, target)
                for stix_id, own in zip(ids, words, strict=True)
                for targets in own.targets.values()
                for target in targets
            ),
        )
    publisher.publish()
    return ids


def _own_item(publisher: Publisher, own: Own) -> release.Item:
    stix_id = f"{own.type}--{uuid.uuid4()}"
    text = render.render(
        own.type,
        stix_id,
        own.properties,
        targets=own.targets,
        single=frozenset(name for name in own.targets if name.endswith("_ref")),
        **_setting(publisher),
        created=publisher.now,
        modified=publisher.now,
    )
    return release.Item(stix_id, own.type, text, publisher.now, rank_of(own.type))


def rank_of(type_: str) -> int:
    """Observables before objects before relationships, so that a page rarely points ahead."""
    return 0 if type_ in SCO_TYPES else 2 if type_ in SRO_TYPES else 1


def _write_edges(publisher: Publisher, minted: Sequence[Minted]) -> None:
    """What each object refers to now, and nothing it referred to before.

    While its newer version waits, what stands on the feed still refers to what it did; and an
    observable always does, since it has no next version.
    """
    collection = publisher.collection
    earlier = [each.stix_id for each in minted if not each.is_new]
    stays = [each for each in earlier if publisher.wait or type_of(each) in SCO_TYPES]
    live = live_bodies(collection, stays)
    bulk.run(
        "DELETE FROM edge WHERE collection_id = %s AND stix_id = ANY(%s)", [collection.id, earlier]
    )
    targets = [
        (stix_id, target) for stix_id, body in live.items() for target in references_of(body)
    ]
    for each in minted:
        targets += [(each.stix_id, to) for ids in each.linked.targets.values() for to in ids]
    _tie(collection, targets)


def _tie(collection: Collection, references: Iterable[tuple[str, str]]) -> None:
    """Write down what refers to what: what falls takes with it what refers to it."""
    bulk.insert(
        "edge",
        ("collection_id", "stix_id", "target_id"),
        ((collection.id, stix_id, target) for stix_id, target in references if stix_id != target),
        tail="ON CONFLICT DO NOTHING",
    )


def verbatim(publisher: Publisher, objects: Sequence[CatalogueObject]) -> None:
    """Queue objects of a verbatim collection under their own ids and versions."""
    bulk.insert(
        "forum_object",
        ("collection_id", "stix_id", "type", "state", "corroborated", "minted_day"),
        (
            (publisher.collection.id, each.id, each.type, "live", False, publisher.now.date())
            for each in objects
        ),
        tail="ON CONFLICT DO NOTHING",
    )
    publisher.enqueue(
        [
            release.Item(each.id, each.type, each.body, each.version or publisher.now, rank)
            for rank, each in enumerate(objects)
        ]
    )
