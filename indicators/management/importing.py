"""Put many objects into a verbatim collection at once, in process.

Each chunk is one transaction and takes the same way as a publisher's POST, so an import that is
broken off has kept whole chunks and may be run again: what stands is unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from django.db import transaction

from indicators.domain.objects import ReceivedObject
from indicators.domain.outcomes import Unchanged, Verdict
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.pipeline import verbatim
from indicators.pipeline.publish import Publisher


CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Refusal:
    """An object that was not taken; `ordinal` counts the file's objects from 0."""

    ordinal: int
    id: str
    reason: str
    message: str


@dataclass(slots=True)
class Report:
    """What became of an import."""

    new: int = 0
    unchanged: int = 0
    refused: list[Refusal] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.new + self.unchanged + len(self.refused)


def import_objects(
    objects: Sequence[Mapping[str, object]],
    *,
    collection: Collection,
    clerk: Clerk,
    tell: Callable[[Report], None] = lambda _report: None,
) -> Report:
    """Publish what is new among these objects; `tell` hears the report grow after each chunk."""
    report = Report()
    for number, chunk in enumerate(_chunks(objects)):
        # An object without a version gets the moment as its version: each chunk has its own.
        now = clerk.now + timedelta(milliseconds=number)
        _keep(chunk, collection=collection, clerk=replace(clerk, now=now), report=report)
        tell(report)
    return report


@transaction.atomic
def _keep(
    chunk: Sequence[ReceivedObject], *, collection: Collection, clerk: Clerk, report: Report
) -> None:
    verdicts = verbatim.keep(Publisher(collection, clerk.policy, clerk.now), chunk)
    unchanged = sum(isinstance(each, Unchanged) for each in verdicts.values())
    refused = [
        _refusal(each, verdict)
        for each in chunk
        if (verdict := verdicts.get(each.ordinal)) and not isinstance(verdict, Unchanged)
    ]
    new = len(chunk) - len(verdicts)
    if new:
        clerk.note("catalogue imported", f"collection/{collection.alias}", new=new)
    report.new += new
    report.unchanged += unchanged
    report.refused += refused


def _refusal(received: ReceivedObject, verdict: Verdict) -> Refusal:
    return Refusal(received.ordinal, received.id, verdict.reason.value, verdict.message)


def _chunks(objects: Sequence[Mapping[str, object]]) -> Iterator[list[ReceivedObject]]:
    """Chunks in the file's order, with no id twice in one: the first must stand before the next."""
    waiting = [ReceivedObject(ordinal, body) for ordinal, body in enumerate(objects)]
    while waiting:
        chunk: dict[str, ReceivedObject] = {}
        later: list[ReceivedObject] = []
        for each in waiting:
            if each.id in chunk or len(chunk) == CHUNK:
                later.append(each)
            else:
                chunk[each.id] = each
        yield list(chunk.values())
        waiting = later
