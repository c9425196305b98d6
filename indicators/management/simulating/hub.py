"""A hub for invented labs: each pushes its envelopes, and the river works them off."""

from __future__ import annotations

import json
import multiprocessing
import re
import signal
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain, zip_longest

from django.db import connection

from indicators.demo.cast import PURPOSE, THREAT_NEXUS
from indicators.intake.receive import receive
from indicators.intake.status import status_of
from indicators.matching import rotation
from indicators.matching.seeds import store
from indicators.members import registry
from indicators.members.authenticate import Principal
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.pipeline.tasks import process_submission
from indicators.simulation.envelopes import Envelope


_PUBLISHED = re.compile(r"published as (\S+--[0-9a-f-]{36})")


class NotPublishedError(Exception):
    """The hub did not publish an account; the message has the first reason."""


@dataclass(frozen=True, slots=True)
class Pushed:
    """What became of one envelope."""

    objects: int
    accounts: Mapping[int, str]
    """The Forum id of each account's report."""


@dataclass(frozen=True, slots=True)
class Hub:
    """One collection, and labs that may write into it."""

    collection: Collection
    labs: Sequence[Principal]
    epoch: str
    """Of tokens that are taken now."""

    @classmethod
    def open(cls, labs: int, clerk: Clerk) -> Hub:
        """Make keys, labs, a collection where nothing waits, and the grants."""
        epoch = min(rotation.ensure(clerk, store(), {}))
        place = Collection(
            alias="simulated",
            title="Simulated",
            kind=Collection.Kind.SHARING,
            exercise=True,
            accepts_reserved=True,
        )
        collection = registry.add_collection(clerk, place)
        return cls(collection, [_lab(clerk, number, collection) for number in range(labs)], epoch)

    def push(self, envelopes: Iterable[Envelope], *, processes: int) -> Iterator[Pushed]:
        """Push all, and work on them.

        A lab's envelopes go in order; those of different labs at the same time.
        """
        turns = _turns(envelopes)
        if processes == 1:
            yield from map(self._push, chain.from_iterable(turns))
            return
        connection.close()  # each process opens one of its own
        with multiprocessing.get_context("fork").Pool(processes, _obedient) as pool:
            for turn in turns:
                yield from pool.imap_unordered(self._push, turn)

    def _push(self, envelope: Envelope) -> Pushed:
        lab = self.labs[envelope.lab]
        raw = json.dumps({"objects": envelope.objects}).encode()
        status = receive(principal=lab, collection=self.collection, raw=raw, now=_now())
        process_submission(submission_id=str(status.id))
        after = status_of(member_id=lab.member_id, submission_id=status.id)
        said = {each.original_id: each.message for each in after.entries} if after else {}
        ids = {n: _published(said.get(own, "nothing")) for own, n in envelope.accounts.items()}
        return Pushed(len(envelope.objects), ids)


def _lab(clerk: Clerk, number: int, collection: Collection) -> Principal:
    slug = f"lab-{number:02}"
    lab = registry.add_member(clerk, Member(slug=slug, name=f"Simulated {number}"))
    registry.grant(
        clerk,
        lab,
        collection,
        can_read=True,
        can_write=True,
        purpose=PURPOSE,
        threat_nexus=THREAT_NEXUS,
    )
    return Principal(lab.id, slug, slug, ("feed:read", "submit"))


def _turns(envelopes: Iterable[Envelope]) -> list[list[Envelope]]:
    """The first of each lab, then the second of each, and so on."""
    by_lab: dict[int, list[Envelope]] = defaultdict(list)
    for each in envelopes:
        by_lab[each.lab].append(each)
    return [[each for each in turn if each] for turn in zip_longest(*by_lab.values())]


def _published(message: str) -> str:
    found = _PUBLISHED.match(message)
    if found is None:
        raise NotPublishedError(f"The hub did not publish an account; it said: {message}")
    return found[1]


def _obedient() -> None:
    """Let the process that forked this one hear of Ctrl-C alone; it ends this one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _now() -> datetime:
    now = datetime.now(UTC)  # noqa: TID251  the simulated labs' door
    return now.replace(microsecond=now.microsecond // 1000 * 1000)
