"""What the objects of an envelope have come to so far, as if each chunk had been written down.

Later ones find the earlier ones as they would in the tables: references lead to them, and the same
id in the same version is no news.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from indicators.domain.objects import KnownObject, LinkedObject, ReceivedObject
from indicators.domain.outcomes import Held, Reason, Waiting
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.references import type_of
from indicators.domain.stix.times import version_of
from indicators.domain.stix.types import SCO_TYPES
from indicators.domain.surroundings import Known, Past
from indicators.pipeline.hearing import Leads
from indicators.pipeline.lookups import Sender, mac_of
from indicators.pipeline.mint import Minted
from indicators.pipeline.verdicts import Decision


_ELSEWHERE = 9
_REFUSED = frozenset({"rejected", "unshared"})


@dataclass(slots=True)
class SoFar:
    """The decisions over one envelope, by ordinal."""

    sender: Sender
    decisions: dict[int, Decision] = field(default_factory=dict)
    minted: dict[int, list[Minted]] = field(default_factory=dict)
    overtaken: set[int] = field(default_factory=set)
    _standing: dict[str, tuple[KnownObject, UUID]] = field(default_factory=dict)
    """By the lab's own id: the Forum's object, and its collection."""
    _latest: dict[str, Decision] = field(default_factory=dict)
    _ids: dict[tuple[UUID, str], str] = field(default_factory=dict)
    """Of what has a common key, so that equal content of one envelope is one here, too."""

    def take(self, decisions: Iterable[Decision], linked: Sequence[LinkedObject] = ()) -> None:
        """Note what a chunk came to."""
        for each in decisions:
            self.decisions[each.received.ordinal] = each
            if each.is_new:
                self._overtake(each)
                self._latest[each.received.id] = each
        for one in linked:
            self._stand(one)

    def _overtake(self, newer: Decision) -> None:
        earlier = self._latest.get(newer.received.id)
        if (
            earlier
            and isinstance(earlier.verdict, Held | Waiting)
            and earlier.received.ordinal != newer.received.ordinal
        ):
            self.overtaken.add(earlier.received.ordinal)

    def _stand(self, linked: LinkedObject) -> None:
        ordinal, home = linked.shared.ordinal, self.sender.home_of(linked)
        stix_id = self._id(linked, home.id)
        self.minted.setdefault(ordinal, []).append(Minted(linked, stix_id, True, None))
        if not linked.shared.part:
            end = stix_id if linked.canonical else None
            found = KnownObject(stix_id, end, is_token=home is self.sender.tokens)
            self._standing[self.decisions[ordinal].received.id] = (found, home.id)

    def _id(self, linked: LinkedObject, home: UUID) -> str:
        shared = linked.shared
        screened = self.decisions[shared.ordinal].screened
        if shared.type in SCO_TYPES and screened and not screened.identifiers:
            return sco_id(shared.type, shared.properties)  # anybody's to compute
        made = placeholder(shared.type, shared.ordinal, part=int(bool(shared.part)))
        return self._ids.setdefault((home, linked.canonical), made) if linked.canonical else made

    def woken(self) -> set[int]:
        """What waits for something that stands by now."""
        tags = {self.sender.own_tag(each) for each in self._standing}
        return {
            ordinal
            for ordinal, each in self.decisions.items()
            if isinstance(each.verdict, Waiting)
            and ordinal not in self.overtaken
            and not tags.isdisjoint(each.verdict.needs)
        }

    def past(self, chunk: Sequence[ReceivedObject]) -> Mapping[str, Past]:
        """What the envelope itself has brought under the ids of a chunk before."""
        found: dict[str, Past] = {}
        for each in chunk:
            earlier = self._latest.get(each.id)
            if earlier is None or earlier.received.ordinal == each.ordinal:
                continue
            version = version_of(earlier.received.body)
            if not isinstance(earlier.verdict, Held | Waiting):
                same = mac_of(self.sender, earlier.received.body) == mac_of(self.sender, each.body)
                found[each.id] = Past(version, same_content=same, withdrawn=False)
            elif version:
                found[each.id] = Past(version, same_content=None, withdrawn=False)
        return found

    @property
    def ids(self) -> Collection[str]:
        """Ids under which the envelope has brought something that could be taken back."""
        return self._latest.keys()

    def known(self, found: Known) -> Known:
        """What references lead to, the envelope's own objects among it."""
        tags = {name: tag for tag, name in found.names.items()}
        own = {tags[each]: self._standing[each][0] for each in tags.keys() & self._standing.keys()}
        ended = [each for each in self.decisions.values() if each.received.id in tags]
        held = {
            tags[each.received.id]
            for each in ended
            if isinstance(each.verdict, Held) and each.received.ordinal not in self.overtaken
        }
        refused = {tags[each.received.id] for each in ended if each.outcome in _REFUSED}
        return replace(
            found,
            standing={**found.standing, **own},
            held=found.held | held,
            refused=found.refused | refused,
        )

    def leads(self, found: Leads) -> Leads:
        """The same for what is said of objects."""
        homes = {(each.stix_id, each.is_token): home for each, home in self._standing.values()}
        return replace(found, known=self.known(found.known), homes={**found.homes, **homes})

    def end_of(self, decision: Decision) -> tuple[str, Reason | None]:
        """The outcome as it would be written down, and its reason."""
        if decision.received.ordinal in self.overtaken:
            return "withdrawn", Reason.OLDER_VERSION
        return str(decision.outcome), decision.verdict.reason if decision.verdict else None


def anywhere(found: Known) -> Known:
    """Let every reference lead to something, and say of what is no reference data not to what."""
    standing = {}
    for number, (tag, name) in enumerate(sorted(found.names.items(), key=lambda each: each[1])):
        there = found.standing.get(tag)
        if there and there.end == there.stix_id:
            standing[tag] = there
        else:
            stix_id = placeholder(type_of(name), number, part=_ELSEWHERE)
            standing[tag] = KnownObject(stix_id, stix_id, is_token=bool(there and there.is_token))
    return replace(found, standing=standing)


def placeholder(type_: str, ordinal: int, *, part: int = 0) -> str:
    """An id that no object has, by the place of the lab's object in its envelope, from 1."""
    return f"{type_}--00000000-0000-0000-{part:04d}-{ordinal + 1:012d}"
