"""Sightings and opinions: recognised in the river, counted, and never published as they were sent.

They name what they are about by the member's own id or by the Forum's, in the collection or in that
of its tokens. A chunk of them is one transaction, and the objects that they are about are locked in
it: two disputes at the same moment see each other, and a withdrawal comes before or after.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Collection as AnyOf
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.db import transaction

from indicators.domain.disclosure import Policy
from indicators.domain.feedback import TYPES
from indicators.domain.leads import follow
from indicators.domain.objects import KnownObject, ReceivedObject, Said
from indicators.domain.outcomes import Reason, Rejected, Unchanged, Unshared, Verdict
from indicators.domain.stix.references import type_of
from indicators.domain.surroundings import Known, Surroundings
from indicators.pipeline import bulk, feedback, lookups, process, queue, suspension, verdicts
from indicators.pipeline.commit import recheck
from indicators.pipeline.feedback import Heard
from indicators.pipeline.known import known
from indicators.pipeline.lookups import Sender
from indicators.pipeline.mint import Moved
from indicators.pipeline.queue import Lease
from indicators.pipeline.standing import Place, lock_places
from indicators.pipeline.verdicts import Decision
from indicators.roles import publishing


_LOOKS = 3
_ABOUT = (
    "A sighting or an opinion is about what members share here: neither about what stands in a "
    "reference collection, nor about another sighting or opinion."
)


@dataclass(frozen=True, slots=True)
class Chunk:
    """What a chunk came to: what is counted, and what became of everything in it."""

    heard: Sequence[Heard]
    decisions: Sequence[Decision]
    names: Mapping[bytes, str]

    @property
    def targets(self) -> list[Place]:
        return sorted({target for each in self.heard for target in each.targets})


def work_on_chunk(
    lease: Lease, sender: Sender, chunk: Sequence[ReceivedObject], *, policy: Policy, now: datetime
) -> None:
    """Count each object of the chunk; look again if what it is about was withdrawn meanwhile.

    Raises:
        Moved: it was, every time.
        LeaseLost: another worker took over; nothing was written.
    """
    for look in range(1, _LOOKS + 1):
        try:
            around = lookups.surroundings(sender, chunk, received_at=lease.received_at, now=now)
            where = partial(leads, sender, lease.submission_id)
            heard = listen(sender, chunk, leads=where, policy=policy, around=around)
            _count(lease, sender, heard, policy, now)
        except Moved:
            if look == _LOOKS:
                raise
        else:
            return


@transaction.atomic
def _count(lease: Lease, sender: Sender, chunk: Chunk, policy: Policy, now: datetime) -> None:
    queue.extend(lease)
    _lock(chunk.targets)
    feedback.write(sender, chunk.heard)
    verdicts.write(
        chunk.decisions,
        submission_id=lease.submission_id,
        sender=sender,
        policy=policy,
        waits_until=lease.received_at + timedelta(days=settings.RETENTION_DAYS),
        now=now,
    )
    recheck(lease, sender, chunk.decisions, chunk.names)
    suspension.open_over(chunk.targets, policy=policy, now=now)


def _lock(targets: Sequence[Place]) -> None:
    """Raise Moved unless all of them stand; they do until the transaction ends."""
    with publishing():
        standing = lock_places(targets)
    if len(standing) < len(targets):
        raise Moved


def listen(
    sender: Sender,
    chunk: Sequence[ReceivedObject],
    *,
    leads: Callable[[AnyOf[str]], Leads],
    policy: Policy,
    around: Surroundings,
) -> Chunk:
    """Decide over a chunk and write nothing; `leads` is asked once where its references lead."""
    # What lies held or waiting under an id is newer than what was counted under it.
    around = replace(around, past={**feedback.past(sender, chunk), **around.past})
    said: dict[int, Said] = {}
    ends: dict[int, Verdict] = {}
    for each in chunk:
        try:
            said[each.ordinal] = process.listen(each, policy=policy, around=around)
        except Unchanged as same:
            ends[each.ordinal] = Unshared(same.reason, same.message)  # it never was published
        except Verdict as verdict:
            ends[each.ordinal] = verdict
    references = {ref for each in said.values() for ref in each.references}
    found = leads(references)
    heard = _heard(chunk, said, found, ends)
    return Chunk(heard, [Decision(each, ends[each.ordinal], None) for each in chunk], found.names)


@dataclass(frozen=True, slots=True)
class Leads:
    """Where the references of a chunk lead."""

    known: Known
    names: Mapping[bytes, str]
    homes: Mapping[tuple[str, bool], uuid.UUID]
    """The collection of each object, by its id and whether it stands in that of the tokens."""

    def of(self, said: Said) -> tuple[Place, ...]:
        """What it is about.

        Raises:
            Waiting: that is not here yet.
            Rejected: that was refused, or is none of what labs share.
        """
        if any(type_of(each) in TYPES for each in said.references):
            raise Rejected(Reason.REFERENCE_REFUSED, _ABOUT)
        tags = {name: tag for tag, name in self.names.items()}
        wanted = [tags[each] for each in said.references]
        found = follow(wanted, known=self.known, single=not said.is_about_many)
        return tuple((self._home(each), each.stix_id) for each in found)

    def _home(self, found: KnownObject) -> uuid.UUID:
        home = self.homes.get((found.stix_id, found.is_token))
        if home is None:
            raise Rejected(Reason.REFERENCE_REFUSED, _ABOUT)
        return home


def leads(sender: Sender, submission_id: uuid.UUID | None, references: AnyOf[str]) -> Leads:
    """Where references lead: the collections of what stands; what the Forum has revoked is gone."""
    found = known(sender, submission_id, references)
    gone = _gone(sender, references)
    refused = {tag for tag, name in found.names.items() if name in gone}
    ids = [each.stix_id for each in found.standing.values()]
    rows = bulk.rows(
        "SELECT stix_id, collection_id FROM forum_object "
        "WHERE collection_id = ANY(%s) AND stix_id = ANY(%s) AND state <> 'revoked'",
        [[each.id for each in sender.collections], ids],
    )
    tokens = sender.tokens.id if sender.tokens else None
    homes = {(stix_id, home == tokens): home for stix_id, home in rows}
    return Leads(replace(found, refused=found.refused | refused), found.names, homes)


def _gone(sender: Sender, references: Iterable[str]) -> set[str]:
    """Ids that the Forum has revoked: waiting for them would be for nothing.

    Of what fell before it came out nobody is told that it was ever there.
    """
    rows = bulk.rows(
        """SELECT o.stix_id FROM forum_object o
           WHERE o.collection_id = ANY(%s) AND o.stix_id = ANY(%s) AND o.state = 'revoked'
             AND EXISTS (SELECT FROM publication p WHERE p.collection_id = o.collection_id
                         AND p.stix_id = o.stix_id)""",
        [[each.id for each in sender.collections], list(references)],
    )
    return {row[0] for row in rows}


def _heard(
    chunk: Iterable[ReceivedObject],
    said: Mapping[int, Said],
    leads: Leads,
    ends: dict[int, Verdict],
) -> list[Heard]:
    """What is counted; every end is written into `ends`."""
    heard = []
    for each in chunk:
        if each.ordinal not in said:
            continue
        one = said[each.ordinal]
        try:
            heard.append(Heard(each, one, leads.of(one)))
            ends[each.ordinal] = Unshared(Reason.COUNTED, _counted(one))
        except Verdict as verdict:
            ends[each.ordinal] = verdict
    return heard


def _counted(said: Said) -> str:
    left = f"; left behind: {', '.join(said.dropped[:10])}" if said.dropped else ""
    return f"counted as {said.verdict}{left}"
