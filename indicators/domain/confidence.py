"""What all who stand behind an object say together: noisy-or over distinct members.

Every function is pure and independent of the order of its input. Until k distinct members saw a
thing, `alone` says what is exported, from its first contributor's word and nothing else; from k on
`together` does (docs/privacy.md). Confidence runs from 0 to 100.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from indicators.domain.decay import DecayPolicy, Model, WeightRule
from indicators.domain.stix.times import round_up


_SCALE = ((70, 85), (30, 50), (1, 15), (0, 0))
"""Confidence from, and what is said: the None/Low/Med/High scale of STIX 2.1 appendix A."""
OWN = "own-telemetry"
_ELSEWHERE = b"elsewhere"
"""Whoever read it somewhere read the same: all of them are one contributor."""


def on_scale(confidence: float) -> int:
    """The step of the scale: 0, 15, 50 or 85."""
    rounded = round(confidence, 6)  # the last digits of a product depend on nothing that is meant
    return next((said for least, said in _SCALE if rounded >= least), 0)


def capped(stated: int, model: Model) -> int:
    """The step of the scale that one contributor may say of such a thing."""
    return on_scale(min(stated, 100 * model.cap))


@dataclass(frozen=True, slots=True)
class Word:
    """One contribution to an object."""

    member: bytes
    """One value per distinct member, and per object: the contributor's tag."""
    tag: bytes
    basis: str
    active: bool
    is_first: bool
    """The content of the object follows it, or did when it was taken back."""
    confidence: int | None
    end: datetime | None
    begun: date
    seen: date
    """The last day on which its member vouched for it."""


@dataclass(frozen=True, slots=True)
class Backing:
    """Everybody who stands behind one object."""

    kind: str
    """In the words of `policy/decay.toml`."""
    words: tuple[Word, ...]
    sightings: Mapping[bytes, date]
    """By member, contributor or not, the last day on which it saw the thing itself."""

    @property
    def members(self) -> frozenset[bytes]:
        """The distinct members that saw it themselves."""
        own = {each.member for each in self.words if each.active and each.basis == OWN}
        return frozenset(own | self.sightings.keys())

    def lead(self, *, active: bool) -> Word | None:
        """The word that the content follows; if it must be `active` and is not, the oldest that is.

        What was taken back goes on leading while others keep the object alive: that it was must
        not show.
        """
        led = [each for each in self.words if each.is_first and (each.active or not active)]
        left = [each for each in self.words if each.active] if active else []
        return min(led or left, key=lambda each: (each.begun, each.tag), default=None)

    def seen(self, word: Word) -> date:
        """The last day on which its member vouched for it, under whatever id, or saw it."""
        again = [each.seen for each in self.words if each.active and each.member == word.member]
        return max([word.seen, self.sightings.get(word.member, word.seen), *again])


@dataclass(frozen=True, slots=True)
class Belief:
    """What is exported."""

    confidence: int | None
    end: datetime | None


def alone(backing: Backing, word: Word, *, today: date, decay: DecayPolicy) -> Belief:
    """What one contributor says of it, at its age; nobody else's word and no weight counts."""
    end = _end(backing, word, decay)
    if word.confidence is None:
        return Belief(None, end)
    model = decay.model(backing.kind)
    left = model.left(_days(backing.seen(word), today))
    return Belief(on_scale(min(word.confidence, capped(100, model)) * left), end)


def together(
    backing: Backing, weights: Mapping[bytes, float], *, today: date, decay: DecayPolicy
) -> Belief:
    """What all say; `weights` has the weight of each contribution by its tag."""
    terms = terms_of(backing, weights, today=today, decay=decay)
    active = [each for each in backing.words if each.active]
    ends = [end for each in active if (end := _end(backing, each, decay))]
    ends += [
        end
        for member, day in backing.sightings.items()
        if member not in {each.member for each in active}
        if (end := _after(day, backing.kind, decay))
    ]
    stated = any(each.confidence is not None for each in active)
    return Belief(
        on_scale(combined(terms.values(), most=decay.most)) if stated else None,
        _latest(ends),
    )


def _latest(ends: Sequence[datetime]) -> datetime | None:
    """Of all but the first only days are kept: the first's hour counts on its own day."""
    last = max(ends, default=None)
    return last and min(each for each in ends if round_up(each, "day") >= last)


def terms_of(
    backing: Backing, weights: Mapping[bytes, float], *, today: date, decay: DecayPolicy
) -> dict[bytes, float]:
    """What each distinct member's best word is worth."""
    model = decay.model(backing.kind)
    terms: dict[bytes, float] = {}
    for word in backing.words:
        if word.active and word.confidence is not None:
            member = word.member if word.basis == OWN else _ELSEWHERE
            days = _days(backing.seen(word), today)
            worth = weights[word.tag] * _worth(model, word.confidence, days) / 100
            terms[member] = max(terms.get(member, 0), worth)
    for member, day in backing.sightings.items():
        if member not in terms:
            terms[member] = decay.weight.sighting * model.cap * model.left(_days(day, today))
    return terms


def combined(terms: Iterable[float], *, most: float) -> float:
    """Noisy-or: the doubts that all have multiply. Terms from 0 to 1, one per distinct member."""
    doubt = math.prod(1 - each for each in sorted(terms))
    return min(most, 100 * (1 - doubt))


def _worth(model: Model, stated: int, days: int) -> float:
    """One contributor's confidence, capped by what such a thing can prove and at its age."""
    return min(stated, 100 * model.cap) * model.left(days)


def _days(since: date, today: date) -> int:
    return max(0, (today - since).days)


def _end(backing: Backing, word: Word, decay: DecayPolicy) -> datetime | None:
    """When it ends by its contributor's word; that it saw the thing later sets that back."""
    seen = backing.seen(word)
    later = _after(seen, backing.kind, decay) if seen > word.seen else None
    return max((each for each in (word.end, later) if each), default=None)


def _after(day: date, kind: str, decay: DecayPolicy) -> datetime | None:
    lives = decay.lives(kind)
    if lives is None:
        return None
    whole = math.ceil(lives / timedelta(days=1))
    return datetime.combine(day + timedelta(days=whole), time(), UTC)


def is_news(
    standing: datetime, wanted: datetime, *, lives: timedelta | None, now: datetime, step: float
) -> bool:
    """Whether another end is worth a new version: it is earlier, much later, or close at hand."""
    if lives is None or wanted < standing:
        return wanted != standing
    much = step * lives
    return wanted - standing >= much or (wanted > standing and standing - now < much)


def weight(history: Mapping[str, int], rule: WeightRule) -> float:
    """A contributor's weight, by how many of its objects came to what.

    `history` counts objects under the names of `rule.values`. Whoever has none is a newcomer; the
    more there are, the less that counts.
    """
    span = rule.most - rule.least
    prior = rule.prior * (rule.newcomer - rule.least) / span
    earned = sum(rule.values[name] * count for name, count in history.items())
    share = (prior + earned) / (rule.prior + sum(history.values()))
    return rule.least + span * share
