"""What a changed policy means for objects of one collection, and carrying it out.

Each is compared under the policy of then and that of now (`revision`): what the new one does not
let pass is withdrawn, what it lets pass in part gets a new version without the rest. Where a newer
version that it lets pass waits for its batch, that one goes out at once in the old one's place.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db import transaction

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy, read_policy
from indicators.domain.stix.references import references_of
from indicators.domain.stix.times import format_time
from indicators.domain.surroundings import Surroundings
from indicators.matching.epochs import live_epochs
from indicators.models.collection import Collection
from indicators.models.rescreen import PolicyText
from indicators.pipeline import bulk, lookups, release, revision, withdraw
from indicators.pipeline.publish import Publisher, after, rank_of
from indicators.pipeline.revision import Differs, Falls, Outcome, Stands
from indicators.pipeline.standing import (
    live_bodies,
    lock_standing,
    standing_bodies,
    superseded_bodies,
    waiting_bodies,
    waiting_under_another,
)
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


logger = logging.getLogger(__name__)


Part: TypeAlias = Sequence[tuple[str, str]]
"""Versions: Forum id, and the version of the policy that decided over each."""
Places: TypeAlias = Sequence[tuple[int, str]]
"""Older versions: position, and the version of the policy that decided over each."""


@dataclass(slots=True)
class Count:
    """What a look came to."""

    held: int = 0
    checked: int = 0
    revised: int = 0
    withdrawn: int = 0
    unknown: int = 0
    """Let pass under a policy whose text is not kept, or cannot be read any more."""

    def add(self, other: Count) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class Change:
    """What a part comes to, by Forum id."""

    count: Count = field(default_factory=Count)
    falls: list[str] = field(default_factory=list)
    differs: dict[str, Mapping[str, object]] = field(default_factory=dict)
    overtaken: list[str] = field(default_factory=list)
    """A newer version waits, and takes the place of what may not stand as it does."""
    unknown: list[str] = field(default_factory=list)


@transaction.atomic
def over_live(publisher: Publisher, part: Part, around: Surroundings) -> Count:
    """Decide over live versions, and publish what comes of it.

    What another policy let into the queue since then is decided over first.
    """
    collection, policy = publisher.collection, publisher.policy
    with publishing():
        standing = lock_standing(collection, _ids(part))
        late = waiting_under_another(collection, standing, policy_version=policy.version)
    before = over_waiting(publisher, late, around) if late else Count()
    with publishing():
        # In this order: what goes out in between is found among the live ones.
        newer = waiting_bodies(collection, standing)
        ready = release.free_to_go(collection.id, newer)
        bodies = live_bodies(collection, standing)
    waits = {stix_id: stix_id in ready for stix_id in newer}
    change = look(part, bodies, newer=waits, policy=policy, around=around)
    _carry_out(publisher, change, bodies)
    change.count.add(before)
    return change.count


@transaction.atomic
def over_waiting(publisher: Publisher, part: Part, around: Surroundings) -> Count:
    """Decide over versions that wait for their batch; what may go out waits on.

    What nobody can decide over, because the policy of then is lost, falls.
    """
    collection, policy = publisher.collection, publisher.policy
    with publishing():
        bodies = waiting_bodies(collection, lock_standing(collection, _ids(part)))
    change = look_waiting(part, bodies, policy=policy, around=around)
    with publishing():
        release.decided(collection.id, _ids(part), policy_version=policy.version)
    _carry_out(publisher, change, bodies)
    return change.count


@transaction.atomic
def over_superseded(publisher: Publisher, part: Places, around: Surroundings) -> Count:
    """Blank those of older versions that the policy of now would not let pass as they are."""
    collection, policy = publisher.collection, publisher.policy
    blanks = look_superseded(collection, part, policy=policy, around=around)
    with publishing():
        withdraw.blank_at(collection, list(blanks.positions))
    act = "older version blanked for new policy"
    blanked = published_acts(blanks.positions.values(), act=act, collection=collection.alias)
    record(blanked, policy=policy, now=publisher.now)
    return blanks.count


def _ids(part: Part) -> list[str]:
    return sorted(stix_id for stix_id, _ in part)


def look(
    part: Part,
    bodies: Mapping[str, dict[str, Any]],
    *,
    newer: Mapping[str, bool],
    policy: Policy,
    around: Surroundings,
) -> Change:
    """Decide over a part and change nothing.

    `newer` has the ids of which a version waits that may go out, and whether it may do so now.
    """
    change, kept = Change(), _kept({version for _, version in part})
    for stix_id, version in part:
        if stix_id not in bodies:  # it has fallen since
            continue
        change.count.checked += 1
        outcome = _outcome(bodies[stix_id], kept.get(version), policy=policy, around=around)
        _note(change, stix_id, outcome, newer=newer.get(stix_id))
    return change


def _note(change: Change, stix_id: str, outcome: Outcome | None, *, newer: bool | None) -> None:
    """`newer`: whether the version that waits may go out now; None where none waits."""
    match outcome:
        case None:
            change.count.unknown += 1
            change.unknown.append(stix_id)
        case Stands():
            pass
        case Falls() | Differs() if newer:
            change.count.revised += 1
            change.overtaken.append(stix_id)
        case Differs(changes) if newer is None:
            change.count.revised += 1
            change.differs[stix_id] = changes
        case _:
            # With what waits for something else: there is one place for its next version, no two.
            change.count.withdrawn += 1
            change.falls.append(stix_id)


def look_waiting(
    part: Part, bodies: Mapping[str, dict[str, Any]], *, policy: Policy, around: Surroundings
) -> Change:
    """Decide over what waits, and change nothing."""
    change = look(part, bodies, newer={}, policy=policy, around=around)
    change.falls += change.unknown
    change.count.withdrawn += len(change.unknown)
    return change


@dataclass(slots=True)
class Blanks:
    """Of older versions those that are to be blanked: the ids, by position."""

    count: Count = field(default_factory=Count)
    positions: dict[int, str] = field(default_factory=dict)


def look_superseded(
    collection: Collection, part: Places, *, policy: Policy, around: Surroundings
) -> Blanks:
    """Decide over older versions, and change nothing."""
    blanks, kept = Blanks(), _kept({version for _, version in part})
    bodies = superseded_bodies(collection, [position for position, _ in part])
    for position, version in part:
        if position not in bodies:  # blanked since
            continue
        body = bodies[position]
        blanks.count.checked += 1
        match _outcome(body, kept.get(version), policy=policy, around=around):
            case None:
                blanks.count.unknown += 1
            case Falls() | Differs():
                blanks.count.revised += 1
                blanks.positions[position] = body["id"]
            case _:
                pass
    return blanks


def _carry_out(publisher: Publisher, change: Change, bodies: Mapping[str, dict[str, Any]]) -> None:
    collection = publisher.collection
    _journal(publisher, change)
    with publishing():
        publisher.enqueue(
            [_item(publisher, bodies[key], changes) for key, changes in change.differs.items()]
        )
        _forget_edges(publisher, change)
        release.at_once(collection.id, change.overtaken, now=publisher.now)
    if change.falls:
        withdraw.revoke(publisher, change.falls)
    with publishing():
        publisher.publish()
        withdraw.blank_superseded(collection, [*change.differs, *change.overtaken])


def _outcome(
    body: Mapping[str, Any], old: Policy | None, *, policy: Policy, around: Surroundings
) -> Outcome | None:
    """None where nobody can say, because the policy of then is not kept."""
    if body.get("revoked"):
        return revision.Stands()
    if old is None:
        return None
    here = revision.around_published(around, body)
    return revision.outcome(body, old=old, new=policy, around=here)


def _kept(versions: set[str]) -> dict[str, Policy | None]:
    texts = PolicyText.objects.filter(pk__in=versions).values_list("version", "text")
    return {version: _read(text) for version, text in texts}


@cache
def _read(text: str) -> Policy | None:
    try:
        return read_policy(text)
    except (ValueError, KeyError) as error:
        # The words of policies change with the code; what we cannot read any more a person must.
        logger.warning("a kept policy cannot be read any more: %s", error)
        return None


def surroundings_of(collection: Collection, *, now: datetime) -> Surroundings:
    return Surroundings(
        audience=lookups.audience(collection),
        standing=None,
        forum_identity=settings.FORUM_IDENTITY_ID,
        received_at=now,
        now=now,
        epochs=live_epochs(now),
    )


def _item(
    publisher: Publisher, body: dict[str, Any], changes: Mapping[str, object]
) -> release.Item:
    # An observable has no version of its own.
    modified = after(body, publisher.now) if "modified" in body else publisher.now
    text = revision.revised(body, changes, modified=format_time(modified))
    return release.Item(body["id"], body["type"], text, modified, rank_of(body["type"]))


def _forget_edges(publisher: Publisher, change: Change) -> None:
    """What an object does not refer to any more must not fall with it."""
    for stix_id, changes in change.differs.items():
        if not any(name.endswith(("_ref", "_refs")) for name in changes):
            continue
        kept = standing_bodies(publisher.collection, [stix_id])[stix_id]
        bulk.run(
            "DELETE FROM edge WHERE collection_id = %s AND stix_id = %s "
            "AND NOT target_id = ANY(%s)",
            [publisher.collection.id, stix_id, list(references_of(kept))],
        )


def _journal(publisher: Publisher, change: Change) -> None:
    alias = publisher.collection.alias
    acts = [
        *published_acts(change.falls, act="object against new policy", collection=alias),
        *published_acts(
            [*change.differs, *change.overtaken],
            act="object revised for new policy",
            collection=alias,
        ),
    ]
    record(acts, policy=publisher.policy, now=publisher.now)
