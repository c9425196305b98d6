"""The objects of a submission that are still to be decided, in chunks that can be worked on.

Observables go first, then what stands alone, then what refers, then what is said of any of it, so
that references inside an envelope resolve whatever its order.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from indicators.domain.feedback import TYPES as FEEDBACK
from indicators.domain.objects import ReceivedObject
from indicators.domain.screens.removal import cleaned
from indicators.domain.sizes import oversize
from indicators.domain.stix.times import version_of
from indicators.domain.stix.types import SCO_TYPES
from indicators.pipeline import bulk
from indicators.pipeline.queue import Lease


CHUNK = 1000
_REFERS = {"observed-data": 3, "relationship": 4}
_SPEAKS_OF_MANY = frozenset({"grouping", "report", "note"})


def undecided(lease: Lease) -> list[ReceivedObject]:
    rows = bulk.rows(
        "SELECT ordinal, outcome = 'pending', waived FROM submission_object "
        "WHERE submission_id = %s",
        [lease.submission_id],
    )
    decided = {ordinal for ordinal, pending, _ in rows if not pending}
    waived = {ordinal: frozenset(reasons) for ordinal, _, reasons in rows}
    return as_received(lease.objects(), waived=waived, decided=decided)


def as_received(
    objects: Sequence[Mapping[str, Any]],
    *,
    waived: Mapping[int, frozenset[str]],
    decided: Collection[int] = (),
) -> list[ReceivedObject]:
    """The objects of an envelope that are not decided; `waived` are reasons, by ordinal."""
    authors = {each["created_by_ref"] for each in objects if _names_author(each)}
    return [
        ReceivedObject(
            ordinal=ordinal,
            body=body,
            is_author=body.get("id") in authors,
            waived=waived.get(ordinal, frozenset()),
        )
        for ordinal, body in enumerate(objects)
        if ordinal not in decided
    ]


def _names_author(body: Mapping[str, Any]) -> bool:
    return isinstance(body.get("created_by_ref"), str)


def in_chunks(
    received: Sequence[ReceivedObject], *, verbatim: bool, by_chance: bool = True
) -> Iterator[list[ReceivedObject]]:
    """Chunks of one phase each, at most one object per id in each, newest versions first.

    Within a phase the order is by chance, where anything is published: a lab's own order would
    show in the feed. Here secrets and card numbers leave the objects, before anything looks at
    them; a publisher's own objects are kept as they are.
    """
    waiting_list = list(received) if verbatim else list(map(_cleaned, received))
    if not verbatim:
        if by_chance:
            secrets.SystemRandom().shuffle(waiting_list)
        waiting_list.sort(key=_newest_first)
        waiting_list.sort(key=_phase)
    while waiting_list:
        phase, seen = _phase(waiting_list[0]), set[str]()
        chunk: list[ReceivedObject] = []
        later: list[ReceivedObject] = []
        for each in waiting_list:
            fits = each.id not in seen and len(chunk) < CHUNK
            if fits and (verbatim or _phase(each) == phase):
                seen.add(each.id)
                chunk.append(each)
            else:
                later.append(each)
        yield chunk
        waiting_list = later


def _cleaned(received: ReceivedObject) -> ReceivedObject:
    """What is too large is refused without a look at it."""
    return received if oversize(received.body) else cleaned(received)


def _newest_first(received: ReceivedObject) -> float:
    version = version_of(received.body)
    return -version.timestamp() if version else 0.0


def _phase(received: ReceivedObject) -> int:
    if received.body.get("revoked") is True:
        return 7
    if received.type in FEEDBACK:
        return 6
    if received.type in _SPEAKS_OF_MANY:
        return 5
    if received.type in SCO_TYPES:
        return 1 if any(name.endswith(("_ref", "_refs")) for name in received.body) else 0
    return _REFERS.get(received.type, 2)
