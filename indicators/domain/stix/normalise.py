"""The one text of a pattern: equal meaning, equal bytes.

Covered is the restricted grammar: observations joined by AND and OR. A comparison is true or false
of one object, so inside an observation the laws of logic hold: AND is multiplied out over OR, IN is
OR, duplicates and what another alternative implies are dropped, all is sorted.

Between observations they hold in part only (STIX 2.1 §9.5): `[a] OR [b]` is `[a OR b]`, either is
met by one observation of either. But `[a] AND [b]` wants two different observations: it is not
`[a AND b]`, and `[a] AND [a]` is not `[a]`.

How large it grows is computed before anything is multiplied out. What would grow beyond the limits
is put in order as it stands: operands sorted, duplicates dropped, equal paths of an OR gathered in
an IN list. So is what has FOLLOWEDBY or qualifiers, whose order means something and stays. Two of
those are the same when their bytes are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from indicators.domain.stix import pattern_limits, pattern_ways
from indicators.domain.stix.pattern_model import MAX_TERMS, PatternError
from indicators.domain.stix.pattern_tree import (
    Boolean,
    Combined,
    Expression,
    Literal,
    Node,
    Observation,
    Path,
    Qualified,
    Test,
    combine,
    join,
    write,
    write_expression,
    write_test,
)
from indicators.domain.stix.pattern_ways import Term, Way


_Form: TypeAlias = Callable[[Expression], Expression]
_MAX_ATOMS = 1_024
"""Comparisons of all alternatives together, before duplicates are dropped."""
_MAX_WAYS = 16
_MAX_WAY_ATOMS = 128
"""The same where several observations are asked for: comparing those costs more."""


class _TooLargeError(Exception):
    """Multiplied out, a pattern would grow beyond all use."""


def canonical_text(tree: Node) -> str:
    """The text to publish of a tree whose constants are canonical.

    Never in the order of its author, unless that order has a meaning.
    """
    if is_timeless(tree):
        for form in (_in_ways, _observation_by_observation):
            with suppress(_TooLargeError, PatternError):
                text = write(form(tree))
                pattern_limits.check(text)
                return text
    return write(in_order(tree))


def in_order(tree: Node) -> Node:
    """The tree sorted and without duplicates wherever order means nothing; nothing grows."""
    return _in_order(tree, _gathered)


def is_timeless(node: Node) -> bool:
    """Whether it is of the restricted grammar: nothing in it asks for an order or for times."""
    if isinstance(node, Observation):
        return True
    if isinstance(node, Qualified) or node.operator == "FOLLOWEDBY":
        return False
    return all(map(is_timeless, node.operands))


def _in_ways(tree: Node) -> Node:
    """All observations multiplied out and put together again."""
    tree = in_order(tree)
    if isinstance(tree, Observation):
        return Observation(_multiplied_out(tree.expression))
    _check_size(tree, ways=_MAX_WAYS, atoms=_MAX_WAY_ATOMS)
    tests: dict[str, Test] = {}
    return pattern_ways.written(pattern_ways.in_few(_ways(tree, tests)), tests)


def _ways(node: Node, tests: dict[str, Test]) -> list[Way]:
    match node:
        case Observation():
            return [((term,),) for term in _terms(node.expression, tests)]
        case Combined(operator="OR"):
            return [way for operand in node.operands for way in _ways(operand, tests)]
        case Combined():
            return pattern_ways.together([_ways(operand, tests) for operand in node.operands])
        case Qualified():
            raise _TooLargeError


def _observation_by_observation(tree: Node) -> Node:
    return _in_order(tree, _multiplied_out)


def _in_order(node: Node, form: _Form) -> Node:
    if isinstance(node, Observation):
        return Observation(form(node.expression))
    if isinstance(node, Qualified):
        return replace(node, operand=_in_order(node.operand, form))
    operands = [_in_order(operand, form) for operand in node.operands]
    if node.operator == "FOLLOWEDBY":
        return combine(node.operator, operands)
    if node.operator == "OR":
        operands = _merged(operands, form)
    return combine(node.operator, sorted(operands, key=write))


def _merged(operands: list[Node], form: _Form) -> list[Node]:
    """The operands of an OR: plain observations made one, equal others dropped."""
    plain = [operand.expression for operand in operands if isinstance(operand, Observation)]
    others = {write(item): item for item in operands if not isinstance(item, Observation)}
    merged: list[Node] = [Observation(form(join("OR", plain)))] if plain else []
    return merged + list(others.values())


def _gathered(expression: Expression) -> Expression:
    """The expression with operands sorted, duplicates dropped and equal paths in one IN list."""
    if isinstance(expression, Test):
        return _as_list(expression)
    flat = join(expression.operator, [_gathered(item) for item in expression.operands])
    if isinstance(flat, Test):
        return flat
    listed: dict[Path, set[Literal]] = {}
    others: dict[str, Expression] = {}
    for item in flat.operands:
        if isinstance(item, Test) and _is_listed(item, flat.operator):
            listed.setdefault(item.path, set()).update(item.literals)
        else:
            others[write_expression(item)] = item
    negated = flat.operator == "AND"
    lists = (_list(path, each, negated=negated) for path, each in listed.items())
    unique = others | {write_test(item): item for item in lists}
    return join(flat.operator, [unique[text] for text in sorted(unique)])


def _is_listed(test: Test, operator: str) -> bool:
    """Whether it says one of these, in an OR, or none of these, in an AND.

    Hashes are compared one by one: stix2patterns and its users know no list of them.
    """
    if "hashes" in test.path.steps:
        return False
    if operator == "OR":
        return test.operator in {"=", "IN"} and not test.negated
    return test.path.is_single and (
        test.operator == "!=" or (test.operator == "IN" and test.negated)
    )


def _as_list(test: Test) -> Test:
    """A list of one is a comparison; any other list is sorted, each member once."""
    if test.operator != "IN" or (test.negated and not test.path.is_single and len(test.literals)):
        return _with_sorted_literals(test)
    return _list(test.path, test.literals, negated=test.negated)


def _list(path: Path, literals: Iterable[Literal], *, negated: bool) -> Test:
    members = _sorted_literals(literals)
    if len(members) == 1:
        return Test(path, "!=" if negated else "=", members)
    return Test(path, "IN", members, negated)


def _with_sorted_literals(test: Test) -> Test:
    return replace(test, literals=_sorted_literals(test.literals))


def _sorted_literals(literals: Iterable[Literal]) -> tuple[Literal, ...]:
    return tuple(sorted(set(literals), key=lambda item: (item.kind, item.text)))


def _multiplied_out(expression: Expression) -> Expression:
    """The sorted OR of sorted ANDs that is true of the same objects.

    Duplicates go first: how large it grows must not hang on how often an author says a thing.
    """
    expression = _gathered(expression)
    _check_size(expression, ways=MAX_TERMS, atoms=_MAX_ATOMS)
    tests: dict[str, Test] = {}
    return pattern_ways.expression(pattern_ways.ordered(_terms(expression, tests)), tests)


def _check_size(part: Node | Expression, *, ways: int, atoms: int) -> None:
    """Raises _TooLargeError if multiplying out gives more, without doing it."""
    found_ways, found_atoms = _size(part)
    if found_ways > ways or found_atoms > atoms:
        raise _TooLargeError


def _size(part: Node | Expression) -> tuple[int, int]:
    """How many alternatives multiplying out gives, and how many comparisons in all of them."""
    match part:
        case Test():
            members = len(part.literals) if part.operator == "IN" else 1
            return (1, members) if _all_at_once(part) else (members, members)
        case Observation():
            return _size(part.expression)
        case Qualified():
            return _size(part.operand)
        case Boolean() | Combined():
            return _size_of_all(part.operator, list(map(_size, part.operands)))


def _size_of_all(operator: str, sizes: list[tuple[int, int]]) -> tuple[int, int]:
    ways, atoms = sizes[0]
    for more_ways, more_atoms in sizes[1:]:
        if operator == "OR":
            ways, atoms = ways + more_ways, atoms + more_atoms
        else:
            ways, atoms = ways * more_ways, atoms * more_ways + more_atoms * ways
    return ways, atoms


def _terms(expression: Expression, tests: dict[str, Test]) -> set[Term]:
    if isinstance(expression, Test):
        return _alternatives(expression, tests)
    operands = [_terms(operand, tests) for operand in expression.operands]
    if expression.operator == "OR":
        return set[Term]().union(*operands)
    return {frozenset().union(*chosen) for chosen in product(*operands)}


def _alternatives(test: Test, tests: dict[str, Test]) -> set[Term]:
    if test.operator != "IN" or (test.negated and not test.path.is_single):
        return {frozenset({_known(test, tests)})}
    operator = "!=" if test.negated else "="
    each = [
        _known(replace(test, operator=operator, literals=(literal,), negated=False), tests)
        for literal in test.literals
    ]
    return {frozenset(each)} if test.negated else {frozenset({text}) for text in each}


def _all_at_once(test: Test) -> bool:
    """Whether the members of an IN list all go into one alternative."""
    return test.operator != "IN" or test.negated


def _known(test: Test, tests: dict[str, Test]) -> str:
    text = write_test(test)
    tests[text] = test
    return text
