"""Runs of the hub over an invented world, and how well they agree with the truth."""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from indicators.domain.correlation.policy import current_correlation
from indicators.domain.stix.times import format_time
from indicators.management.simulating.hub import Hub
from indicators.members.registry import Clerk
from indicators.models.campaign import CampaignCandidate, CampaignMember
from indicators.pipeline import correlate
from indicators.pipeline.campaigns.evidence import take_in
from indicators.simulation.envelopes import Envelope, Labs
from indicators.simulation.score import kept, score, stability
from indicators.simulation.world import World
from labkit.progress import bar


_LAST = 320
"""Accounts that come last: with their observables a thousand objects."""


@dataclass(frozen=True, slots=True)
class _Found:
    """Each report's campaign after a run, and its first candidate before it."""

    named: Mapping[str, str]
    candidates: Mapping[str, str]


@dataclass(slots=True)
class Measurement:
    """One world through one hub, which is empty at first."""

    world: World
    hub: Hub
    clerk: Clerk
    processes: int
    quiet: bool
    seconds: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    objects: int = 0
    reports: dict[int, str] = field(default_factory=dict)
    """By account, the Forum id of its report."""

    def run(self) -> dict[str, Any]:
        """Push half, correlate, push the rest, correlate, push a thousand objects, correlate."""
        labs = Labs(self.world, self.hub.epoch, format_time(self.clerk.now))
        every = len(self.world.accounts)
        half, last = every // 2, max(every // 2, every - _LAST)
        self._push([*labs.views(), *labs.reports(range(half))])
        first = self._correlate("half")
        self._push(labs.reports(range(half, last)))
        second = self._correlate("all")
        before = self.objects
        self._push(labs.reports(range(last, every)))
        third = self._correlate("new")
        found = score(self.world.truth, [third.named.get(self.reports[n]) for n in range(every)])
        new = {self.reports[n] for n in range(last, every)} & third.named.keys()
        return {
            "objects": self.objects,
            "new_objects": self.objects - before,
            "found": len(set(third.named.values())),
            "precision": round(found.precision, 4),
            "recall": round(found.recall, 4),
            "largest": found.largest,
            "stability": round(stability(first.named, second.named), 4),
            "stability_new": round(stability(second.named, third.named), 4),
            "kept": round(kept(first.named, second.named), 4),
            "kept_new": round(kept(second.named, third.named), 4),
            "candidates": round(_right(third, new), 4),
            "seconds": {name: round(taken, 1) for name, taken in self.seconds.items()},
        }

    def _push(self, envelopes: Iterable[Envelope]) -> None:
        with self._timed("generate"):
            made = list(envelopes)
        total = sum(len(each.objects) for each in made)
        with self._timed("push"), bar("push", unit="", quiet=self.quiet, total=total) as progress:
            for pushed in self.hub.push(made, processes=self.processes):
                progress.update(pushed.objects)
                self.objects += pushed.objects
                self.reports |= pushed.accounts

    def _correlate(self, name: str) -> _Found:
        with self._timed(f"take_in_{name}"):
            take_in(self.hub.collection, policy=current_correlation())
        candidates = CampaignCandidate.objects.filter(collection=self.hub.collection)
        by_number = candidates.order_by("values", "campaign_id")  # the last one stays
        first = dict(by_number.values_list("report", "campaign_id"))
        with self._timed(f"run_{name}"):
            report = correlate.run(
                self.hub.collection, policy=self.clerk.policy, now=self.clerk.now
            )
        if report is not None:
            self.seconds[f"correlate_{name}"] = report.seconds
        members = CampaignMember.objects.filter(collection=self.hub.collection)
        return _Found(dict(members.values_list("report", "campaign_id")), first)

    @contextmanager
    def _timed(self, name: str) -> Iterator[None]:
        begin = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - begin


def _right(found: _Found, new: Collection[str]) -> float:
    """The share of new reports whose campaign was their first candidate."""
    right = sum(found.candidates.get(each) == found.named[each] for each in new)
    return right / len(new) if new else 1.0
