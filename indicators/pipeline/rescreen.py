"""After a change of the disclosure policy: look again at what is held, and at what is published.

Held objects go down the river again. Published ones are compared (`revision`): what the new policy
does not let pass is withdrawn, what it lets pass in part gets a new version without the rest. Works
through each collection by position and writes down how far it is, so that it can be stopped and
taken up again; what is published from now on bears the new version and needs no look.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.db.models import F

from indicators.domain.disclosure import Policy
from indicators.domain.surroundings import Surroundings
from indicators.models.collection import Collection
from indicators.models.rescreen import PolicyText, Rescreen
from indicators.pipeline import bulk, lookback, release
from indicators.pipeline.again import look_again
from indicators.pipeline.lookback import Count
from indicators.pipeline.publish import Publisher
from indicators.pipeline.standing import live_bodies, waiting_bodies


logger = logging.getLogger(__name__)
_AT_ONCE = 200
A_NIGHT = 100_000
"""Published objects that the nightly job looks at, at the most; the next night goes on."""


class _Row(NamedTuple):
    """A version that another policy decided."""

    position: int
    stix_id: str
    policy_version: str
    is_live: bool


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
        around = lookback.surroundings_of(collection, now=now)
        settled = _preview_waiting(collection, policy, around, total)
        position = _mark(collection, policy).position
        while part := _part(collection, policy, position):
            position = part[-1].position
            left = [each for each in part if each.stix_id not in settled]
            total.add(_preview_part(collection, left, policy, around))
    return total


def _preview_waiting(
    collection: Collection, policy: Policy, around: Surroundings, total: Count
) -> set[str]:
    """Add up what waits; returns that of which nothing live would be left as it is."""
    settled: set[str] = set()
    for part in _waiting(collection, policy):
        bodies = waiting_bodies(collection, [stix_id for stix_id, _ in part])
        change = lookback.look_waiting(part, bodies, policy=policy, around=around)
        total.add(change.count)
        settled |= {*change.falls, *release.free_to_go(collection.id, change.differs)}
    return settled


def _preview_part(
    collection: Collection, part: Sequence[_Row], policy: Policy, around: Surroundings
) -> Count:
    live, older = _told_apart(part)
    ids = [stix_id for stix_id, _ in live]
    newer = waiting_bodies(collection, ids)
    ready = release.free_to_go(collection.id, newer)
    change = lookback.look(
        live,
        live_bodies(collection, ids),
        newer={stix_id: stix_id in ready for stix_id in newer},
        policy=policy,
        around=around,
    )
    blanks = lookback.look_superseded(collection, older, policy=policy, around=around)
    change.count.add(blanks.count)
    return change.count


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
    around = lookback.surroundings_of(collection, now=publisher.now)
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
        around = lookback.surroundings_of(collection, now=now)
        for part in _waiting(collection, policy):
            total.add(lookback.over_waiting(Publisher(collection, policy, now), part, around))
    if total.unknown:
        logger.warning("%d waited under a policy that nobody can read: withdrawn", total.unknown)
    return total


def _waiting(collection: Collection, policy: Policy) -> Iterator[lookback.Part]:
    """What waits under another policy, in the order of its ids, each once."""
    last = ""
    while part := bulk.rows(
        """SELECT stix_id, policy_version FROM release_item
           WHERE collection_id = %s AND policy_version <> %s AND stix_id > %s
           ORDER BY stix_id LIMIT %s""",
        [collection.id, policy.version, last, _AT_ONCE],
    ):
        yield part
        last = part[-1][0]


def _part(collection: Collection, policy: Policy, position: int) -> list[_Row]:
    """The next versions that another policy decided and that can be read, older ones too."""
    rows = bulk.rows(
        """SELECT position, stix_id, policy_version, superseded_by IS NULL FROM publication
           WHERE collection_id = %s AND position > %s
             AND body IS NOT NULL AND policy_version <> %s ORDER BY position LIMIT %s""",
        [collection.id, position, policy.version, _AT_ONCE],
    )
    return [_Row(*row) for row in rows]


def _told_apart(part: Sequence[_Row]) -> tuple[lookback.Part, lookback.Places]:
    """The live versions and the older ones."""
    live = [(each.stix_id, each.policy_version) for each in part if each.is_live]
    older = [(each.position, each.policy_version) for each in part if not each.is_live]
    return live, older


@transaction.atomic
def _work(publisher: Publisher, part: Sequence[_Row], around: Surroundings) -> Count:
    """Decide over one part, publish what comes of it, and write down how far we are."""
    live, _older = _told_apart(part)
    count = lookback.over_live(publisher, live, around)
    # All of them: what was live when it was read may have been superseded before it was locked.
    places = [(each.position, each.policy_version) for each in part]
    count.add(lookback.over_superseded(publisher, places, around))
    _write_down(publisher, part[-1].position, count)
    return count


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
