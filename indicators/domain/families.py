"""Which skeletons are of one prompt family: pure, over numbers that rise as they appear.

Two skeletons with MATCH equal bands are variants of one template, with PROBABLE perhaps. A newcomer
joins one family by itself. Two families that stand never become one by themselves: that is
proposed to a person, since a text in the middle between two templates would tie them for good.

What holds in whatever order they arrive (tests), of skeletons that match FEW others or less: two
with PROBABLE equal bands or more are of one family, or their two families are proposed as one; a
family is held together by links of
MATCH bands, or by a decision; if all proposals of MATCH bands are accepted, the families are the
connected components of that relation, and if all are, of the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from operator import eq
from typing import NamedTuple, TypeAlias

from labkit.feed_tokens import MATCH, PROBABLE
from labkit.normalise import BANDS


TOKEN = 32
"""Bytes of a band's token."""
DECIDED = BANDS
"""As many bands as there are: no match is stronger than what was decided."""
FEW = 3
"""Families that one skeleton asks about. Whoever chooses bands can make one that matches hundreds;
a text that lies between two templates, or three, is asked about as before."""
Pair: TypeAlias = tuple[int, int]
"""Two families."""


class Match(NamedTuple):
    """How many bands of two skeletons are equal; the one that appeared first comes first."""

    older: int
    newer: int
    bands: int


@dataclass(frozen=True, slots=True)
class Grouped:
    """The family of each skeleton, and the matches that hold families together from now on."""

    families: Mapping[int, int]
    links: Sequence[Match]


def parted(tokens: bytes) -> list[bytes]:
    """A skeleton's tokens, which are kept one after the other."""
    return [tokens[at : at + TOKEN] for at in range(0, len(tokens), TOKEN)]


def equal_bands(one: Sequence[bytes], other: Sequence[bytes]) -> int:
    """How many of two skeletons' tokens are equal, place by place."""
    return sum(map(eq, one, other))


@dataclass(frozen=True, slots=True)
class Public:
    """What matches a public template, and so proves nothing."""

    newcomers: AbstractSet[int] = frozenset()
    families: AbstractSet[int] = frozenset()
    """Of which a member does."""


def join(
    newcomers: Iterable[int],
    families: Mapping[int, int],
    matches: Iterable[Match],
    public: Public,
) -> Grouped:
    """Each newcomer's family: that of the skeleton most like it, or a new one under its own number.

    `families` has those of all that it matches and that came before. What matches a public template
    joins no family of which no member does: it would make all of it prove nothing.
    """
    variants = defaultdict(list)
    for each in matches:
        if each.bands >= MATCH:
            variants[each.newer].append(each)
    known, links, weightless = dict(families), [], set(public.families)
    for one in sorted(newcomers):
        is_public = one in public.newcomers
        may_join = [
            each for each in variants[one] if not is_public or known[each.older] in weightless
        ]
        best = min(may_join, key=lambda each: _likest(each, known), default=None)
        known[one] = known[best.older] if best else one
        if best:
            links.append(best)
        if is_public:
            weightless.add(known[one])
    return Grouped(known, links)


def _likest(match: Match, families: Mapping[int, int]) -> tuple[int, int, int]:
    """The most bands first; of equal ones the oldest family, and in it the oldest."""
    return -match.bands, families[match.older], match.older


def regroup(
    family: int, members: Sequence[int], links: Iterable[Match], matches: Iterable[Match]
) -> Grouped:
    """What is left of a family that lost a member: what nothing holds to the rest goes apart.

    The part with the oldest member keeps the family's number; another gets that of its own oldest.
    """
    parts = _Parts(members)
    for link in links:
        parts.tie(link.older, link.newer)
    variants = sorted((each for each in matches if each.bands >= MATCH), key=_strongest)
    new = [each for each in variants if parts.tie(each.older, each.newer)]
    oldest = min(members)
    return Grouped(
        {each: family if parts.of(each) == oldest else parts.of(each) for each in members}, new
    )


def accept(decided: Match, families: Mapping[int, int]) -> Grouped:
    """Two families become one under the number of the older; `families` has all members of both."""
    older, newer = sorted((families[decided.older], families[decided.newer]))
    return Grouped(
        {one: older if its == newer else its for one, its in families.items()}, [decided]
    )


def spanning(matches: Iterable[Match]) -> list[Match]:
    """As few of these as hold the same together; where there is a choice, the strongest."""
    listed = sorted(set(matches), key=_strongest)
    parts = _Parts(end for each in listed for end in (each.older, each.newer))
    return [each for each in listed if parts.tie(each.older, each.newer)]


def proposals(
    matches: Iterable[Match],
    families: Mapping[int, int],
    raised: Mapping[frozenset[int], int],
    asked: Mapping[int, Iterable[frozenset[int]]],
) -> list[Match]:
    """For each two families that match, the match that says most, unless it was proposed.

    A skeleton asks about FEW other families, those that came before it and are most like it.
    `raised` has, by the two families, on how many bands the open proposal rests; DECIDED if there
    is a decision; `asked`, by skeleton, between which families its own proposals stand.
    """
    few: dict[int, set[frozenset[int]]] = defaultdict(set)
    few |= {one: set(pairs) for one, pairs in asked.items()}
    best: dict[frozenset[int], Match] = {}
    for each in sorted(matches, key=_strongest):
        pair = frozenset({families[each.older], families[each.newer]})
        if len(pair) == 1 or each.bands < PROBABLE:
            continue
        pairs = few[each.newer]
        if pair in pairs or len(pairs) < FEW:
            pairs.add(pair)
            if each.bands > raised.get(pair, 0):
                best.setdefault(pair, each)
    return list(best.values())


def would_meet(apart: Pair, together: Iterable[Pair]) -> bool:
    """Whether joining these families two by two makes those one that are to stay apart."""
    listed = list(together)
    parts = _Parts({*apart, *(family for pair in listed for family in pair)})
    for one, other in listed:
        parts.tie(one, other)
    return parts.of(apart[0]) == parts.of(apart[1])


def _strongest(match: Match) -> tuple[int, int, int]:
    return -match.bands, match.older, match.newer


class _Parts:
    """Parts of a whole that grow together, each named after its oldest."""

    def __init__(self, members: Iterable[int]) -> None:
        self._above = {each: each for each in members}

    def of(self, member: int) -> int:
        while self._above[member] != member:
            self._above[member] = member = self._above[self._above[member]]
        return member

    def tie(self, one: int, other: int) -> bool:
        """Make two parts one; False if they are."""
        older, newer = sorted((self.of(one), self.of(other)))
        self._above[newer] = older
        return older != newer
