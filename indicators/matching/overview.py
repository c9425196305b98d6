"""What stands in the key list, for people: each epoch with its end, and what serves now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from indicators.matching.quarters import AHEAD, quarter_at
from labkit.keylist import Entry, KeyList
from labkit.normalise import KINDS


@dataclass(frozen=True, slots=True)
class Span:
    """The keys that one evaluator has in one epoch."""

    epoch: str
    evaluator: str
    kinds: Sequence[str]
    not_before: datetime
    not_after: datetime
    state: str
    """live, to come, over, revoked or destroyed."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Which epochs of a kind serve now: the current one, and those that overlap it."""

    name: str
    current: str
    overlap: Sequence[str]


@dataclass(frozen=True, slots=True)
class Next:
    """The quarter to come, and from when on its keys are listed."""

    epoch: str
    listed_from: datetime
    begins: datetime


def spans(found: KeyList, now: datetime) -> list[Span]:
    """One for each epoch and evaluator, oldest first."""
    added: dict[tuple[str, str], list[Entry]] = {}
    for each in found.entries:
        if each.act == "add":
            added.setdefault((each.epoch, each.evaluator), []).append(each)
    ended = {(each.epoch, each.evaluator): each.act for each in found.entries if each.act != "add"}
    return [_span(entries, ended.get(key, ""), now) for key, entries in sorted(added.items())]


def _span(entries: Sequence[Entry], ended: str, now: datetime) -> Span:
    last = entries[-1]  # all keys of an epoch give one span
    kinds = [each.kind for each in entries]
    state = _state(last, ended, now)
    return Span(last.epoch, last.evaluator, kinds, last.not_before, last.not_after, state)


def _state(entry: Entry, ended: str, now: datetime) -> str:
    if ended:
        return {"revoke": "revoked", "destroy": "destroyed"}[ended]
    if now < entry.not_before:
        return "to come"
    return "live" if now < entry.not_after else "over"


def kinds(found: KeyList, now: datetime) -> list[Kind]:
    """Every kind of identifier, and which epochs of it serve."""
    serving = ((kind, found.epochs(kind, now)) for kind in KINDS)
    return [Kind(kind, epochs[0] if epochs else "", epochs[1:]) for kind, epochs in serving]


def following(now: datetime) -> Next:
    """The quarter after this one."""
    quarter = quarter_at(now).next
    return Next(quarter.epoch(set()), quarter.starts - AHEAD, quarter.starts)
