"""Accounts at labs, of campaigns and of honest people, and what each account shows of itself.

Everything follows from the seed. Half of the accounts are of campaigns, whose sizes are spread as
those of the public record are: some of twenty accounts, some of four hundred. A campaign draws on
pools of its own (cards, devices, numbers, prompt families, gateways). What makes it hard: values
that very many have, services and instruments that several campaigns use, mailboxes seen at two
labs, accounts that hide among ordinary traffic; and honest groups that look alike: companies with
one card, and evaluations with public prompts. `Shape` has the figures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from indicators.domain.correlation.links import Report, Value
from indicators.domain.objects import JSON
from indicators.simulation import profiles
from indicators.simulation.shape import INFRASTRUCTURE, INSTRUMENTS, Shape


@dataclass(frozen=True, slots=True)
class Account:
    """One account at one lab."""

    lab: int
    campaign: int | None
    values: tuple[Value, ...]
    seen_again: bool = False


@dataclass(frozen=True, slots=True)
class View:
    """What one lab says of a whole: how it behaves, and what it comes through."""

    lab: int
    profile: JSON
    infrastructure: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class World:
    """All accounts, in an order that says nothing, and what labs say beside."""

    seed: int
    labs: int
    accounts: Sequence[Account]
    views: Sequence[View]

    @property
    def truth(self) -> list[int | None]:
        """Each account's campaign; None for the honest."""
        return [each.campaign for each in self.accounts]

    def reports(self) -> list[Report]:
        """What correlation sees of each account, in order: a variant counts as its family."""
        return [
            Report(f"{number:07}", tuple(map(family, each.values)))
            for number, each in enumerate(self.accounts)
        ]


def family(value: Value) -> Value:
    """The prompt family of which this is a variant; any other value as it is."""
    if value.kind != "prompt-family":
        return value
    return Value(value.kind, value.text.partition("/")[0])


def make(
    seed: int,
    *,
    labs: int = 8,
    campaigns: int = 300,
    accounts: int = 60_000,
    shape: Shape | None = None,
) -> World:
    """Invent a world; equal arguments give equal worlds."""
    maker = _Maker(Random(seed), labs, shape or Shape())  # noqa: S311  invented, to be repeatable
    made: list[Account] = []
    sizes = maker.sizes(campaigns, accounts // 2)
    pools = maker.pools(sizes)
    for number, size in enumerate(sizes):
        made += maker.campaign(number, size, pools[number])
    while len(made) < accounts:
        made += maker.honest_group(pools)
    maker.random.shuffle(made)
    return World(seed, labs, made[:accounts], maker.views)


_Pools = Mapping[str, list[Value]]


@dataclass(slots=True)
class _Maker:
    random: Random
    labs: int
    shape: Shape
    views: list[View] = field(default_factory=list)
    fresh: Iterator[int] = field(default_factory=count)
    common: list[Value] = field(init=False)
    services: list[Value] = field(init=False)
    public: list[Value] = field(init=False)
    libraries: list[Value] = field(init=False)

    def __post_init__(self) -> None:
        kinds = ("device-id", "phone")
        self.common = [Value(kinds[n % 2], f"common-{n}") for n in range(self.shape.common)]
        self.services = _named("domain-name", "service", self.shape.services)
        self.public = _named("prompt-family", "public", self.shape.public)
        self.libraries = _named("tls-client-fingerprint", "library", self.shape.libraries)

    def sizes(self, campaigns: int, accounts: int) -> list[int]:
        drawn = [
            min(400.0, max(20.0, self.random.lognormvariate(math.log(80), 0.6)))
            for _ in range(campaigns)
        ]
        return [max(8, round(size * accounts / sum(drawn))) for size in drawn]

    def pools(self, sizes: Sequence[int]) -> Sequence[_Pools]:
        """One for each campaign; some of what is in them stands in another's, too."""
        own = [self._own(number, size) for number, size in enumerate(sizes)]
        for pool in own:
            for kind in (*INSTRUMENTS, *INFRASTRUCTURE):
                pool[kind] = [self._lent(kind, value, own) for value in pool[kind]]
        return own

    def _own(self, number: int, size: int) -> dict[str, list[Value]]:
        pools = {
            kind: _named(kind, str(number), max(2, size // pool.for_each))
            for kind, pool in self.shape.pools.items()
        }
        if self._by_half():
            pools["tls-client-fingerprint"] = [self.random.choice(self.libraries)]
        else:
            pools["tls-client-fingerprint"] = _named("tls-client-fingerprint", str(number), 1)
        return pools

    def _by_half(self) -> bool:
        return self.random.getrandbits(1) == 1

    def _happens(self, share: float) -> bool:
        return self.random.random() < share

    def _lent(self, kind: str, value: Value, pools: Sequence[_Pools]) -> Value:
        shape = self.shape
        share = shape.cross_used if kind in INSTRUMENTS else shape.infrastructure_shared
        if not self._happens(share):
            return value
        if kind == "domain-name":
            return self.random.choice(self.services)
        return self.random.choice(self.random.choice(pools)[kind])

    def campaign(self, number: int, size: int, pools: _Pools) -> Iterator[Account]:
        wanted = min(self.labs, self.random.choice(self.shape.labs_of_a_campaign))
        labs = self.random.sample(range(self.labs), wanted)
        whole = profiles.profile(self.random)
        for lab in labs:
            through = tuple(sorted({self.random.choice(pools[kind]) for kind in INFRASTRUCTURE}))
            self.views.append(View(lab, profiles.as_seen(whole, self.random), through))
        for _ in range(size):
            values = self._shown(pools)
            yield Account(
                self.random.choice(labs), number, values, self._happens(self.shape.seen_again)
            )
            if len(labs) > 1 and self._happens(self.shape.seen_twice):
                again = tuple(each for each in values[1:] if self._by_half())
                yield Account(self.random.choice(labs), number, (values[0], *again))

    def _shown(self, pools: _Pools) -> tuple[Value, ...]:
        hides = self._happens(self.shape.cover)
        shown = [self._mailbox()]
        for kind, pool in self.shape.pools.items():
            if self._happens(pool.shown) and not (hides and kind == "prompt-family"):
                shown.append(self._variant(self.random.choice(pools[kind])))
        if self._happens(self.shape.public_share):
            shown.append(self.random.choice(self.public))
        return tuple(self._with_common(shown))

    def _variant(self, value: Value) -> Value:
        if value.kind != "prompt-family":
            return value
        return Value(value.kind, f"{value.text}/{self.random.randrange(self.shape.variants)}")

    def _mailbox(self) -> Value:
        return Value("email-canon", f"mailbox-{next(self.fresh)}")

    def _with_common(self, shown: list[Value]) -> list[Value]:
        if self._happens(self.shape.common_share):
            shown.append(self.random.choice(self.common))
        return shown

    def honest_group(self, pools: Sequence[_Pools]) -> Iterator[Account]:
        drawn, number, shape = self.random.random(), next(self.fresh), self.shape
        if drawn < shape.evaluation:
            shared = [Value("ipv6-addr", f"harness-{number}"), self.random.choice(self.public)]
            size = self.random.randint(20, 60)
            lab = self.random.randrange(self.labs)
            self.views.append(View(lab, profiles.HARNESS, tuple(shared[:1])))
        elif drawn < shape.evaluation + shape.company:
            shared = [Value("ipv6-addr", f"company-{number}"), Value("pan", f"company-{number}")]
            size = self.random.randint(3, 8)
        else:
            shared, size = [], 1
        for _ in range(size):
            yield Account(self.random.randrange(self.labs), None, self._honest(shared, pools))

    def _honest(self, shared: Sequence[Value], pools: Sequence[_Pools]) -> tuple[Value, ...]:
        shown = [self._mailbox(), self.random.choice(self.libraries), *shared]
        missing = [kind for kind in INSTRUMENTS if all(each.kind != kind for each in shared)]
        shown += [
            Value(kind, f"own-{next(self.fresh)}")
            for kind in missing
            if self._happens(self.shape.pools[kind].shown)
        ]
        if self._happens(self.shape.stolen):
            kind = self.random.choice(INSTRUMENTS)
            shown.append(self.random.choice(self.random.choice(pools)[kind]))
        return tuple(self._with_common(shown))


def _named(kind: str, name: str, number: int) -> list[Value]:
    return [Value(kind, f"{name}-{each}") for each in range(number)]
