"""What a changed policy means for objects of one collection, and carrying it out.

Each is compared under the policy of then and that of now (`revision`): what the new one does not
let pass is withdrawn, what it lets pass in part gets a new version without the rest. Where a newer
version that it lets pass waits for its batch, that one goes out at once in the old one's place.
"""

from __future__ import annotations

import logging
from collections.abc import Collection as Ids
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
from indicators.pipeline.standing import live_bodies, lock_live, standing_bodies, waiting_bodies
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


logger = logging.getLogger(__name__)


Part: TypeAlias = Sequence[tuple[str, str]]
"""Versions: Forum id, and the version of the policy that decided over each."""


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
    """Decide over live versions, and publish what comes of it."""
    collection = publisher.collection
    with publishing():
        standing = lock_live(collection, _ids(part))
        # In this order: what goes out in between is found among the live ones.
        newer = waiting_bodies(collection, standing)
        bodies = live_bodies(collection, standing)
    change = look(part, bodies, newer=newer.keys(), policy=publisher.policy, around=around)
    _carry_out(publisher, change, bodies)
    return change.count


@transaction.atomic
def over_waiting(publisher: Publisher, part: Part, around: Surroundings) -> Count:
    """Decide over versions that wait for their batch; what may go out waits on.

    What nobody can decide over, because the policy of then is lost, may go out, and the journal
    names it for good: its row says the policy of now, without which it would never go.
    """
    collection, policy = publisher.collection, publisher.policy
    with publishing():
        bodies = waiting_bodies(collection, lock_live(collection, _ids(part)))
    change = look(part, bodies, newer=(), policy=policy, around=around)
    unread = published_acts(
        change.unknown, act="object not looked at again", collection=collection.alias
    )
    record(unread, policy=policy, now=publisher.now)
    with publishing():
        release.decided(collection.id, _ids(part), policy_version=policy.version)
    _carry_out(publisher, change, bodies)
    return change.count


def _ids(part: Part) -> list[str]:
    return sorted(stix_id for stix_id, _ in part)


def look(
    part: Part,
    bodies: Mapping[str, dict[str, Any]],
    *,
    newer: Ids[str],
    policy: Policy,
    around: Surroundings,
) -> Change:
    """Decide over a part and change nothing; of `newer` a version waits that may go out."""
    change, kept = Change(), _kept({version for _, version in part})
    for stix_id, version in part:
        if stix_id not in bodies:  # it has fallen since
            continue
        change.count.checked += 1
        outcome = _outcome(bodies[stix_id], kept.get(version), policy=policy, around=around)
        _note(change, stix_id, outcome, waits=stix_id in newer)
    return change


def _note(change: Change, stix_id: str, outcome: Outcome | None, *, waits: bool) -> None:
    match outcome:
        case None:
            change.count.unknown += 1
            change.unknown.append(stix_id)
        case Stands():
            pass
        case Falls() | Differs() if waits:
            change.count.revised += 1
            change.overtaken.append(stix_id)
        case Falls():
            change.count.withdrawn += 1
            change.falls.append(stix_id)
        case Differs(changes):
            change.count.revised += 1
            change.differs[stix_id] = changes


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
