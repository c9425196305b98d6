"""An invented world as the STIX that its labs would send: each account a grouping of observables.

Equal arguments give equal bytes.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from indicators.domain.objects import JSON
from indicators.domain.stix.extensions import BY_NAME
from indicators.simulation.observables import Observables
from indicators.simulation.world import View, World


ACCOUNTS = 1000
"""In one envelope, at most: with their observables they stay far below its limit."""
_TERMS: JSON = {
    BY_NAME["share-governance"].id: {
        "extension_type": "property-extension",
        "threat_nexus": ["fraudulent-account"],
    }
}


@dataclass(frozen=True, slots=True)
class Envelope:
    """One POST of one lab."""

    lab: int
    objects: Sequence[JSON]
    accounts: Mapping[str, int] = field(default_factory=dict)
    """The accounts in it: the lab's own id of each → its number in the world."""


@dataclass(frozen=True, slots=True)
class Labs:
    """All labs of a world. Each sends an observable once, and then refers to it."""

    world: World
    epoch: str
    """Of the tokens: the quarter."""
    moment: str
    """When everything was seen and written, as STIX writes it."""
    _sent: set[tuple[int, str]] = field(default_factory=set)

    @property
    def _observables(self) -> Observables:
        return Observables(self.world.seed, self.epoch)

    def views(self) -> Iterator[Envelope]:
        """What labs say of wholes: how a campaign behaves, and what it comes through."""
        for lab in range(self.world.labs):
            own = [(n, view) for n, view in enumerate(self.world.views) if view.lab == lab]
            if objects := [each for n, view in own for each in self._view(n, view)]:
                yield Envelope(lab, objects)

    def reports(self, numbers: range) -> Iterator[Envelope]:
        """What labs say of these accounts, lab by lab."""
        for lab in range(self.world.labs):
            own = [n for n in numbers if self.world.accounts[n].lab == lab]
            for begin in range(0, len(own), ACCOUNTS):
                yield self._reported(lab, own[begin : begin + ACCOUNTS])

    def _reported(self, lab: int, numbers: Iterable[int]) -> Envelope:
        objects: list[JSON] = []
        accounts: dict[str, int] = {}
        for number in numbers:
            *observables, account = self._account(lab, number)
            objects += [*observables, account]
            accounts[str(account["id"])] = number
            if self.world.accounts[number].seen_again:
                objects.append(self._own("sighting", number, sighting_of_ref=account["id"]))
        return Envelope(lab, objects, accounts)

    def _account(self, lab: int, number: int) -> Iterator[JSON]:
        shown = [*map(self._observables.of, self.world.accounts[number].values)]
        yield from self._unsent(lab, shown)
        refs = sorted({str(each["id"]) for each in shown})
        said = {"context": "suspicious-activity", "object_refs": refs, "extensions": _TERMS}
        yield self._own("grouping", number, **said)

    def _view(self, number: int, view: View) -> Iterator[JSON]:
        profile: JSON = {"extension_type": "property-extension", **view.profile}
        extensions = {BY_NAME["distillation-profile"].id: profile}
        campaign = self._own("campaign", number, name=f"Simulated {number}", extensions=extensions)
        through = self._own("infrastructure", number, name=f"Simulated {number}")
        shown = [*map(self._observables.of, view.infrastructure)]
        yield from (campaign, through, *self._unsent(view.lab, shown))
        yield self._related(campaign, "uses", through)
        yield from (self._related(through, "consists-of", each) for each in shown)

    def _unsent(self, lab: int, shown: Iterable[JSON]) -> Iterator[JSON]:
        for each in shown:
            key = (lab, str(each["id"]))
            if key not in self._sent:
                self._sent.add(key)
                yield each

    def _related(self, source: JSON, verb: str, target: JSON) -> JSON:
        ends = {"source_ref": source["id"], "target_ref": target["id"]}
        return self._own("relationship", f"{ends}", relationship_type=verb, **ends)

    def _own(self, type_: str, key: object, **properties: object) -> JSON:
        """An object of a lab's own."""
        digest = self._observables.digest(type_, str(key))[:16]
        return {
            "type": type_,
            "spec_version": "2.1",
            "id": f"{type_}--{uuid.UUID(bytes=digest, version=4)}",
            "created": self.moment,
            "modified": self.moment,
            **properties,
        }
