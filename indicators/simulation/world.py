"""Accounts at labs, of campaigns and of honest people, and what each account shows of itself.

Everything follows from the seed. Half of the accounts are of campaigns, whose sizes are spread as
those of the public record are: some of twenty accounts, some of four hundred. A campaign draws on
pools of its own (cards, devices, numbers, prompt families, gateways). What makes it hard: values
that very many have, services and instruments that several campaigns use, mailboxes seen at two
labs, accounts that hide among ordinary traffic; and honest groups that look alike: companies with
one card, and evaluations with public prompts.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

from indicators.domain.correlation.links import Value


_POOLS = {
    # kind: one value for how many accounts; what share of a campaign's accounts shows one
    "pan": (12, 0.75),
    "device-id": (8, 0.8),
    "phone": (4, 0.6),
    "prompt-family": (40, 0.85),
    "tls-client-fingerprint": (400, 0.9),
    "domain-name": (60, 0.4),
    "ipv4-addr": (10, 0.95),
}
_INSTRUMENTS = ("pan", "device-id", "phone")
_INFRASTRUCTURE = ("domain-name", "ipv4-addr")
_COMMON, _COMMON_SHARE = 30, 0.3
"""Values that everybody may have, and the share of all accounts that has one."""
_SERVICES = 15
"""Resellers that anybody can buy from."""
_PUBLIC, _PUBLIC_SHARE = 10, 0.05
"""Public prompt templates, and the share of campaign accounts that uses one beside its own."""
_LIBRARIES = 5
"""Client libraries that very many use; half of the campaigns has a build of its own."""
_SHARED_INFRASTRUCTURE = 0.05
_CROSS_USED = 0.02
_COVER = 0.1
"""Accounts of a campaign among whose traffic no prompt family is seen."""
_SEEN_TWICE = 0.1
"""Mailboxes that a second lab sees."""
_STOLEN = 0.002
"""Honest accounts that an instrument of a campaign was used on."""
_LABS_OF_A_CAMPAIGN = (1, 2, 2, 3, 3, 4)
_COMPANY, _EVALUATION = 0.028, 0.002
"""Of honest groups: one card for three to eight, one public harness for twenty to sixty."""


@dataclass(frozen=True, slots=True)
class Account:
    """One account at one lab."""

    lab: int
    campaign: int | None
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class World:
    """All accounts, in an order that says nothing."""

    labs: int
    accounts: Sequence[Account]
    public: frozenset[Value]
    """Prompt families that are published for everybody to use."""


def make(seed: int, *, labs: int = 8, campaigns: int = 300, accounts: int = 60_000) -> World:
    """Invent a world; equal arguments give equal worlds."""
    maker = _Maker(Random(seed), labs)  # noqa: S311  invented, and to be repeatable
    made: list[Account] = []
    sizes = maker.sizes(campaigns, accounts // 2)
    pools = maker.pools(sizes)
    for number, size in enumerate(sizes):
        made += maker.campaign(number, size, pools[number])
    while len(made) < accounts:
        made += maker.honest_group(pools)
    maker.random.shuffle(made)
    return World(labs, made[:accounts], frozenset(maker.public))


_Pools = Mapping[str, list[Value]]


@dataclass(slots=True)
class _Maker:
    random: Random
    labs: int
    fresh: Iterator[int] = field(default_factory=count)
    common: list[Value] = field(init=False)
    services: list[Value] = field(init=False)
    public: list[Value] = field(init=False)
    libraries: list[Value] = field(init=False)

    def __post_init__(self) -> None:
        kinds = ("device-id", "phone")
        self.common = [Value(kinds[n % 2], f"common-{n}") for n in range(_COMMON)]
        self.services = [Value("domain-name", f"service-{n}") for n in range(_SERVICES)]
        self.public = [Value("prompt-family", f"public-{n}") for n in range(_PUBLIC)]
        self.libraries = [
            Value("tls-client-fingerprint", f"library-{n}") for n in range(_LIBRARIES)
        ]

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
            for kind in (*_INSTRUMENTS, *_INFRASTRUCTURE):
                pool[kind] = [self._lent(kind, value, own) for value in pool[kind]]
        return own

    def _own(self, number: int, size: int) -> dict[str, list[Value]]:
        pools = {
            kind: [Value(kind, f"{number}-{n}") for n in range(max(2, size // for_each))]
            for kind, (for_each, _) in _POOLS.items()
        }
        pools["tls-client-fingerprint"] = [
            Value("tls-client-fingerprint", f"{number}-0")
            if self._by_half()
            else self.random.choice(self.libraries)
        ]
        return pools

    def _by_half(self) -> bool:
        return self.random.getrandbits(1) == 1

    def _lent(self, kind: str, value: Value, pools: Sequence[_Pools]) -> Value:
        share = _CROSS_USED if kind in _INSTRUMENTS else _SHARED_INFRASTRUCTURE
        if self.random.random() >= share:
            return value
        if kind == "domain-name":
            return self.random.choice(self.services)
        return self.random.choice(self.random.choice(pools)[kind])

    def campaign(self, number: int, size: int, pools: _Pools) -> Iterator[Account]:
        labs = self.random.sample(
            range(self.labs), min(self.labs, self.random.choice(_LABS_OF_A_CAMPAIGN))
        )
        for _ in range(size):
            values = self._shown(pools)
            yield Account(self.random.choice(labs), number, values)
            if len(labs) > 1 and self.random.random() < _SEEN_TWICE:
                again = tuple(each for each in values[1:] if self._by_half())
                yield Account(self.random.choice(labs), number, (values[0], *again))

    def _shown(self, pools: _Pools) -> tuple[Value, ...]:
        hides = self.random.random() < _COVER
        shown = [self._mailbox()]
        for kind, (_, share) in _POOLS.items():
            if self.random.random() < share and not (hides and kind == "prompt-family"):
                shown.append(self.random.choice(pools[kind]))
        if self.random.random() < _PUBLIC_SHARE:
            shown.append(self.random.choice(self.public))
        return tuple(self._with_common(shown))

    def _mailbox(self) -> Value:
        return Value("email-canon", f"mailbox-{next(self.fresh)}")

    def _with_common(self, shown: list[Value]) -> list[Value]:
        if self.random.random() < _COMMON_SHARE:
            shown.append(self.random.choice(self.common))
        return shown

    def honest_group(self, pools: Sequence[_Pools]) -> Iterator[Account]:
        drawn, number = self.random.random(), next(self.fresh)
        if drawn < _EVALUATION:
            shared = [Value("ipv4-addr", f"harness-{number}"), self.random.choice(self.public)]
            size = self.random.randint(20, 60)
        elif drawn < _EVALUATION + _COMPANY:
            shared = [Value("ipv4-addr", f"company-{number}"), Value("pan", f"company-{number}")]
            size = self.random.randint(3, 8)
        else:
            shared, size = [], 1
        for _ in range(size):
            yield Account(self.random.randrange(self.labs), None, self._honest(shared, pools))

    def _honest(self, shared: Sequence[Value], pools: Sequence[_Pools]) -> tuple[Value, ...]:
        shown = [self._mailbox(), self.random.choice(self.libraries), *shared]
        missing = [kind for kind in _INSTRUMENTS if all(each.kind != kind for each in shared)]
        shown += [
            Value(kind, f"own-{next(self.fresh)}")
            for kind in missing
            if self.random.random() < _POOLS[kind][1]
        ]
        if self.random.random() < _STOLEN:
            kind = self.random.choice(_INSTRUMENTS)
            shown.append(self.random.choice(self.random.choice(pools)[kind]))
        return tuple(self._with_common(shown))
