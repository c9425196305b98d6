"""After a change of the disclosure policy: look again at what is held, and at what is published.

Held objects go down the river again. Published ones are compared (`revision`): what the new policy
does not let pass is withdrawn, what it lets pass in part gets a new version without the rest. Works
through each collection by position and writes down how far it is, so that it can be stopped and
taken up again; what is published from now on bears the new version and needs no look.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, TypeAlias

from django.conf import settings
from django.db import transaction
from django.db.models import F

from indicators.audit.journal import record
from indicators.domain.disclosure import Policy, read_policy
from indicators.domain.stix.references import references_of
from indicators.domain.stix.times import format_time
from indicators.domain.surroundings import Surroundings
from indicators.matching.epochs import live_epochs
from indicators.models.collection import Collection
from indicators.models.rescreen import PolicyText, Rescreen
from indicators.pipeline import bulk, lookups, release, revision, withdraw
from indicators.pipeline.again import look_again
from indicators.pipeline.publish import Publisher, after, rank_of
from indicators.pipeline.revision import Differs, Falls, Outcome
from indicators.pipeline.standing import lock_live, standing_bodies
from indicators.pipeline.verdicts import published_acts
from indicators.roles import publishing


logger = logging.getLogger(__name__)
_AT_ONCE = 200
A_NIGHT = 100_000
"""Published objects that the nightly job looks at, at the most; the next night goes on."""


_Part: TypeAlias = Sequence[tuple[int, str, str]]
"""Live versions: position, Forum id, and the policy that decided them."""


@dataclass(slots=True)
class Count:
    """What a look came to."""

    held: int = 0
    checked: int = 0
    revised: int = 0
    withdrawn: int = 0
    unknown: int = 0
    """Published under a policy whose text is not kept, or cannot be read any more."""

    def add(self, other: Count) -> None:
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass(slots=True)
class _Change:
    """What a part of a collection comes to: by Forum id."""

    count: Count = field(default_factory=Count)
    falls: list[str] = field(default_factory=list)
    differs: dict[str, Mapping[str, object]] = field(default_factory=dict)


def remember(policy: Policy, *, now: datetime) -> None:
    """Keep the text of the policy in force, for the look back when it has changed."""
    PolicyText.objects.get_or_create(
        version=policy.version, defaults={"text": policy.text, "since": now}
    )


def run(*, policy: Policy, now: datetime, most: int | None = None) -> Count:
    """Look again at everything that another policy decided; at `most` published objects.

    Each part is a transaction of its own; nothing that is done is done again.
    """
    remember(policy, now=now)
    total = Count(held=rescreen_held(policy=policy, now=now))
    total.add(waiting(policy=policy, now=now))
    for collection in _collections():
        left = None if most is None else most - total.checked
        total.add(_collection(Publisher(collection, policy, now), left))
    return total


def preview(*, policy: Policy, now: datetime) -> Count:
    """What `run` would come to; writes nothing."""
    total = Count(held=len(_held(policy)))
    for collection in _collections():
        position = _mark(collection, policy).position
        around = _around(collection, now=now)
        while part := _part(collection, policy, position):
            position = part[-1][0]
            bodies = standing_bodies(collection, [stix_id for _, stix_id, _ in part])
            total.add(_look(part, bodies, policy=policy, around=around).count)
    return total


def rescreen_held(*, policy: Policy, now: datetime) -> int:
    """Make due again what is held under another policy; returns how many objects."""
    ids = _held(policy)
    return sum(
        len(look_again(ids[start : start + _AT_ONCE], why="policy changed", policy=policy, now=now))
        for start in range(0, len(ids), _AT_ONCE)
    )


def _held(policy: Policy) -> list[Any]:
    rows = bulk.rows(
        """SELECT h.id FROM held_object h
           JOIN submission_object o ON o.submission_id = h.submission_id AND o.ordinal = h.ordinal
           JOIN submission s ON s.id = h.submission_id
           WHERE h.state = 'open' AND h.part = 'object' AND o.policy_version <> %s
             AND s.body_ct IS NOT NULL ORDER BY h.held_at""",
        [policy.version],
    )
    return [row[0] for row in rows]


def _collections() -> Iterator[Collection]:
    kinds = [Collection.Kind.SHARING, Collection.Kind.TOKENS]
    yield from Collection.objects.filter(kind__in=kinds).order_by("id")


def _mark(collection: Collection, policy: Policy) -> Rescreen:
    found = Rescreen.objects.filter(collection=collection, policy_version=policy.version).first()
    return found or Rescreen(collection=collection, policy_version=policy.version)


def _collection(publisher: Publisher, most: int | None) -> Count:
    """Go on where the last run under this policy stopped."""
    collection, policy = publisher.collection, publisher.policy
    total = Count()
    around = _around(collection, now=publisher.now)
    while most is None or total.checked < most:
        part = _part(collection, policy, _mark(collection, policy).position)
        if not part:
            _finish(publisher)
            break
        total.add(_work(publisher, part, around))
    return total


def waiting(*, policy: Policy, now: datetime) -> Count:
    """Look again at what waits for its batch, which must not go out before that."""
    total = Count()
    for collection in _collections():
        around = _around(collection, now=now)
        while part := _waiting(collection, policy):
            total.add(_decide(Publisher(collection, policy, now), part, around))
    if total.unknown:
        logger.warning("%d waited under a policy that nobody can read; they go out", total.unknown)
    return total


def _waiting(collection: Collection, policy: Policy) -> _Part:
    return bulk.rows(
        """SELECT 0, stix_id, policy_version FROM release_item
           WHERE collection_id = %s AND policy_version <> %s ORDER BY stix_id LIMIT %s""",
        [collection.id, policy.version, _AT_ONCE],
    )


def _part(collection: Collection, policy: Policy, position: int) -> _Part:
    """The next live versions that another policy decided: position, Forum id, that policy."""
    return bulk.rows(
        """SELECT position, stix_id, policy_version FROM publication
           WHERE collection_id = %s AND position > %s AND superseded_by IS NULL
             AND body IS NOT NULL AND policy_version <> %s ORDER BY position LIMIT %s""",
        [collection.id, position, policy.version, _AT_ONCE],
    )


@transaction.atomic
def _work(publisher: Publisher, part: _Part, around: Surroundings) -> Count:
    """Decide over one part, publish what comes of it, and write down how far we are."""
    count = _decide(publisher, part, around)
    _write_down(publisher, part[-1][0], count)
    return count


@transaction.atomic
def _decide(publisher: Publisher, part: _Part, around: Surroundings) -> Count:
    collection, policy = publisher.collection, publisher.policy
    with publishing():
        standing = lock_live(collection, sorted(stix_id for _, stix_id, _ in part))
        bodies = standing_bodies(collection, standing)
    change = _look(part, bodies, policy=policy, around=around)
    _journal(publisher, change)
    with publishing():
        publisher.enqueue(
            [_item(publisher, bodies[key], changes) for key, changes in change.differs.items()]
        )
        _forget_edges(publisher, change)
        looked_at = [stix_id for _, stix_id, _ in part]  # each once, or this would never end
        release.decided(collection.id, looked_at, policy_version=policy.version)
    if change.falls:
        withdraw.revoke(publisher, change.falls)
    with publishing():
        publisher.publish()
        withdraw.blank_superseded(collection, list(change.differs))
    return change.count


def _look(
    part: _Part, bodies: Mapping[str, dict[str, Any]], *, policy: Policy, around: Surroundings
) -> _Change:
    change, kept = _Change(), _kept({version for _, _, version in part})
    for _, stix_id, version in part:
        if stix_id not in bodies:  # it has fallen since
            continue
        change.count.checked += 1
        match _outcome(bodies[stix_id], kept.get(version), policy=policy, around=around):
            case None:
                change.count.unknown += 1
            case Falls():
                change.count.withdrawn += 1
                change.falls.append(stix_id)
            case Differs(changes):
                change.count.revised += 1
                change.differs[stix_id] = changes
            case _:
                pass
    return change


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


def _around(collection: Collection, *, now: datetime) -> Surroundings:
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


def _forget_edges(publisher: Publisher, change: _Change) -> None:
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


def _journal(publisher: Publisher, change: _Change) -> None:
    alias = publisher.collection.alias
    acts = [
        *published_acts(change.falls, act="object against new policy", collection=alias),
        *published_acts(change.differs, act="object revised for new policy", collection=alias),
    ]
    record(acts, policy=publisher.policy, now=publisher.now)


def _write_down(publisher: Publisher, position: int, count: Count) -> None:
    key: dict[str, Any] = {
        "collection": publisher.collection,
        "policy_version": publisher.policy.version,
    }
    Rescreen.objects.get_or_create(**key)
    Rescreen.objects.filter(**key).update(
        position=position,
        checked=F("checked") + count.checked,
        revised=F("revised") + count.revised,
        withdrawn=F("withdrawn") + count.withdrawn,
        unknown=F("unknown") + count.unknown,
        finished_at=None,
    )


def _finish(publisher: Publisher) -> None:
    Rescreen.objects.filter(
        collection=publisher.collection,
        policy_version=publisher.policy.version,
        finished_at=None,
    ).update(finished_at=publisher.now)
