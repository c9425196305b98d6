"""In what ways a pattern can be met: its observations multiplied out, and written in few again.

A *way* is a set of different observations, of each what must be true of it at once; the same may be
asked for twice. The laws of §9.5 hold between ways: one that needs all another needs, and more, is
implied by it. What remains depends on the meaning alone, and so does the text written from it.
Source: STIX 2.1 §9.5.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby, product
from typing import TypeAlias

from indicators.domain.stix.pattern_tree import (
    Expression,
    Node,
    Observation,
    Test,
    combine,
    join,
)


Term: TypeAlias = frozenset[str]
"""Comparisons, as text, that must be true of one observation at once."""
Asked: TypeAlias = tuple[Term, ...]
"""What one observation is asked for: any of these, shortest first."""
Way: TypeAlias = tuple[Asked, ...]
"""Observations, in the order of their text."""


def ordered(terms: Iterable[Term]) -> Asked:
    """Alternatives in their one order, less those that ask for all another asks for and more."""
    kept: list[Term] = []
    for _, of_one_length in groupby(sorted(set(terms), key=len), key=len):
        kept += [term for term in of_one_length if not any(other <= term for other in kept)]
    return tuple(sorted(kept, key=_text_of))


def _text_of(term: Term) -> str:
    return " AND ".join(sorted(term))


def together(parts: Sequence[Sequence[Way]]) -> list[Way]:
    """The ways of observations joined by AND: one of each, all different observations."""
    return [_way(asked for way in chosen for asked in way) for chosen in product(*parts)]


def _way(observations: Iterable[Asked]) -> Way:
    return tuple(sorted(observations, key=_key))


def _key(asked: Asked) -> list[str]:
    return [_text_of(term) for term in asked]


def in_few(ways: Iterable[Way]) -> list[Way]:
    """Ways of one term an observation, less what is implied, put together where they differ in one.

    `[a] AND [c]` and `[b] AND [c]` become `[a OR b] AND [c]`; the largest such group goes first.
    """
    left = _without_implied(ways)
    while group := _largest_group(left):
        rest, alternatives = group
        merged = ordered(term for asked in alternatives for term in asked)
        gone = {_way([*rest, asked]) for asked in alternatives}
        left = [each for each in left if each not in gone] + [_way([*rest, merged])]
    return sorted(left, key=_keys)


def _keys(way: Way) -> list[list[str]]:
    return [_key(asked) for asked in way]


def _without_implied(ways: Iterable[Way]) -> list[Way]:
    kept: list[Way] = []
    for way in sorted(
        set(ways), key=lambda each: (len(each), sum(len(asked[0]) for asked in each))
    ):
        if not any(_implies(way, other) for other in kept):
            kept.append(way)
    return kept


def _implies(way: Way, other: Way) -> bool:
    """Whether each observation of the other can be met by one of this way's own."""
    taken: dict[int, int] = {}
    fits = [[at for at, (term,) in enumerate(way) if wanted <= term] for (wanted,) in other]

    def place(number: int, seen: set[int]) -> bool:
        for at in fits[number]:
            if at not in seen:
                seen.add(at)
                if at not in taken or place(taken[at], seen):
                    taken[at] = number
                    return True
        return False

    return all(place(number, set()) for number in range(len(other)))


def _largest_group(ways: Sequence[Way]) -> tuple[Way, list[Asked]] | None:
    """The rest that most ways have in common but for one observation, and those observations."""
    groups: dict[Way, set[Asked]] = {}
    for way in ways:
        for asked in set(way):
            at = way.index(asked)
            groups.setdefault(way[:at] + way[at + 1 :], set()).add(asked)
    several = [rest for rest, found in groups.items() if len(found) > 1]
    if not several:
        return None
    rest = min(several, key=lambda each: (-len(groups[each]), _keys(each)))
    return rest, list(groups[rest])


def written(ways: Sequence[Way], tests: Mapping[str, Test]) -> Node:
    """The tree of ways, all in their order; `tests` has each comparison by its text."""
    return combine(
        "OR",
        [combine("AND", [Observation(expression(asked, tests)) for asked in way]) for way in ways],
    )


def expression(asked: Asked, tests: Mapping[str, Test]) -> Expression:
    """What one observation is asked for, as a tree."""
    return join("OR", [join("AND", [tests[text] for text in sorted(term)]) for term in asked])
