"""What small patterns mean, found by trying all worlds: the judge of the normaliser's laws.

It shares no code with the normaliser. A *world* is a handful of observations, of each which atoms
are true of it. A pattern holds in a world if different observations of it can be chosen for all
that is joined by AND (STIX 2.1 §9.5); two patterns mean the same if they hold in the same worlds.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations, combinations_with_replacement, product
from random import Random
from typing import TypeAlias

from tests.domain.stix.spelling import Tree, is_true


ATOMS = ("a:b = 1", "a:c = 2", "a:d = 3")
"""Independent of each other; three are enough for every law."""
MOST_OBSERVATIONS = 3
MOST_WAYS = 16
"""As far as the normaliser multiplies observations out."""

Pattern: TypeAlias = tuple[str, "Tree | list[Pattern]"]
"""`[` with what is asked of one observation, or AND or OR with its operands."""
Kind: TypeAlias = frozenset[str]
"""An observation: the atoms that are true of it."""
Table: TypeAlias = frozenset[tuple[Kind, ...]]

KINDS = [frozenset(some) for size in range(1, 4) for some in combinations(ATOMS, size)]
WORLDS = [
    world
    for size in range(1, MOST_OBSERVATIONS + 1)
    for world in combinations_with_replacement(KINDS, size)
]


def a_pattern(random: Random, *, observations: int = MOST_OBSERVATIONS, depth: int = 3) -> Pattern:
    """A pattern that never asks for more than so many observations at once."""
    if depth == 0 or random.random() < 0.3:
        return "[", _an_expression(random, 2)
    if observations > 1 and random.random() < 0.6:
        few = random.randrange(1, observations)
        parts = [few, observations - few]
        return "AND", [a_pattern(random, observations=n, depth=depth - 1) for n in parts]
    parts = [observations] * 2
    return "OR", [a_pattern(random, observations=n, depth=depth - 1) for n in parts]


def _an_expression(random: Random, depth: int) -> Tree:
    if depth == 0 or random.random() < 0.5:
        return random.choice(ATOMS)
    return random.choice(["AND", "OR"]), [_an_expression(random, depth - 1) for _ in range(2)]


def ways(pattern: Pattern) -> int:
    """In how many ways it can be met, multiplied out."""
    operator, inner = pattern
    if operator == "[":
        assert isinstance(inner, str | tuple)
        return _terms(inner)
    return _folded(operator, [ways(each) for each in _operands(pattern)])


def _terms(tree: Tree) -> int:
    return 1 if isinstance(tree, str) else _folded(tree[0], [_terms(each) for each in tree[1]])


def _folded(operator: str, sizes: list[int]) -> int:
    total = sizes[0]
    for size in sizes[1:]:
        total = total + size if operator == "OR" else total * size
    return total


def _operands(pattern: Pattern) -> list[Pattern]:
    assert isinstance(pattern[1], list)
    return pattern[1]


def table(pattern: Pattern) -> Table:
    """The worlds in which it holds."""
    return frozenset(world for world in WORLDS if any(_choices(pattern, world)))


def _choices(pattern: Pattern, world: tuple[Kind, ...]) -> Iterator[frozenset[int]]:
    """The observations of the world, by number, that can be chosen for it."""
    operator, inner = pattern
    if operator == "[":
        assert isinstance(inner, str | tuple)
        yield from (frozenset({at}) for at, kind in enumerate(world) if _is_met(inner, kind))
        return
    found = [set(_choices(each, world)) for each in _operands(pattern)]
    if operator == "OR":
        yield from set().union(*found)
        return
    for chosen in product(*found):
        together = frozenset().union(*chosen)
        if len(together) == sum(map(len, chosen)):
            yield together


def _is_met(tree: Tree, kind: Kind) -> bool:
    return is_true(tree, set(kind))


def spelled(pattern: Pattern, random: Random) -> str:
    """One of the texts of a pattern."""
    operator, inner = pattern
    if operator == "[":
        assert isinstance(inner, str | tuple)
        return f"[{_expression(inner, random)}]"
    return _joined(operator, [spelled(each, random) for each in _operands(pattern)], random)


def _expression(tree: Tree, random: Random) -> str:
    if isinstance(tree, str):
        return tree
    return _joined(tree[0], [_expression(each, random) for each in tree[1]], random)


def _joined(operator: str, texts: list[str], random: Random) -> str:
    random.shuffle(texts)
    return f" {operator} ".join(
        f"({text})" if " OR " in text or " AND " in text else text for text in texts
    )


def respelled(pattern: Pattern, random: Random) -> Pattern:
    """Another pattern that means the same, by one law here and there."""
    operator, inner = pattern
    if operator == "[":
        assert isinstance(inner, str | tuple)
        return _observation_respelled(inner, random)
    operands = [respelled(each, random) for each in _operands(pattern)]
    random.shuffle(operands)
    if operator == "OR":
        return "OR", [*operands, random.choice(operands)] if random.random() < 0.3 else operands
    for at, (kind, alternatives) in enumerate(operands):
        if kind == "OR" and isinstance(alternatives, list) and random.random() < 0.7:
            others = operands[:at] + operands[at + 1 :]
            return "OR", [("AND", [*others, each]) for each in alternatives]
    return "AND", operands


def _observation_respelled(tree: Tree, random: Random) -> Pattern:
    if isinstance(tree, str):
        implied: Tree = ("OR", [tree, ("AND", [tree, random.choice(ATOMS)])])
        return "[", random.choice([tree, implied])
    operator, operands = tree
    if operator == "OR" and random.random() < 0.6:
        return "OR", [_observation_respelled(each, random) for each in operands]
    return "[", (operator, [*operands, random.choice(operands)])


def changed(pattern: Pattern, random: Random) -> Pattern:
    """A pattern like it, which may mean something else."""
    operator, _ = pattern
    if operator == "[":
        return "[", random.choice(ATOMS)
    operands = list(_operands(pattern))
    if random.random() < 0.4:
        return ("AND" if operator == "OR" else "OR"), operands
    at = random.randrange(len(operands))
    operands[at] = changed(operands[at], random)
    return operator, operands


def observations(pattern: Pattern) -> int:
    """How many observations it asks for at once, at most."""
    if pattern[0] == "[":
        return 1
    each = [observations(operand) for operand in _operands(pattern)]
    return sum(each) if pattern[0] == "AND" else max(each)
