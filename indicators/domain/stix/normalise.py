"""The canonical text of a pattern: equal meaning, equal bytes.

Covered is the restricted grammar: observations joined by AND and OR. A comparison is true or false
of one object, so inside an observation the laws of logic hold: AND is multiplied out over OR, IN is
OR, duplicates and what another alternative implies are dropped, all is sorted. What would grow
beyond the limits is sorted and cleared of duplicates as it stands, its IN lists kept if need be.

Between observations they hold in part only (STIX 2.1 §9.5): `[a] OR [b]` is `[a OR b]`, either is
met by one observation of either. But `[a] AND [b]` wants two different observations: it is not
`[a AND b]`, `[a] AND [a]` is not `[a]`, and nothing is dropped from an AND. FOLLOWEDBY and
qualifiers depend on time and order and have no canonical text.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from itertools import product
from typing import TypeAlias

from indicators.domain.stix import pattern_limits
from indicators.domain.stix.pattern_model import MAX_TERMS, Pattern, PatternError
from indicators.domain.stix.pattern_tree import (
    Expression,
    Node,
    Observation,
    Qualified,
    Test,
    combine,
    join,
    write,
    write_expression,
    write_test,
)


_Term: TypeAlias = frozenset[str]
_Form: TypeAlias = Callable[[Expression], Expression]
_MAX_ATOMS = 1_024
"""Comparisons of all alternatives together, before duplicates are dropped."""


class _NoCanonicalTextError(Exception):
    """Outside the restricted grammar."""


class _TooLargeError(Exception):
    """Multiplied out, an observation would grow beyond all use."""


def emit(pattern: Pattern) -> str:
    """The text to publish: canonical if there is one, else written anew from the tree.

    Never in the order of its author, unless that order has a meaning.

    Raises:
        PatternError: the text written anew is larger than a pattern may be.
    """
    if pattern.canonical is not None:
        return pattern.canonical
    text = write(_in_order(pattern.tree))
    pattern_limits.check(text)
    return text


def canonical_text(tree: Node) -> str | None:
    """The canonical text of a tree whose constants are canonical; None where there is none."""
    for form in (_multiplied_out, _taken_apart, _sorted):
        try:
            text = write(_canonical(tree, form))
            pattern_limits.check(text)
        except (_TooLargeError, PatternError):
            continue
        except _NoCanonicalTextError:
            return None
        return text
    return None


def _canonical(node: Node, form: _Form) -> Node:
    if isinstance(node, Observation):
        return Observation(form(node.expression))
    if isinstance(node, Qualified) or node.operator == "FOLLOWEDBY":
        raise _NoCanonicalTextError
    operands = [_canonical(operand, form) for operand in node.operands]
    if node.operator == "OR":
        operands = _merged(operands, form)
    return combine(node.operator, sorted(operands, key=write))


def _merged(operands: list[Node], form: _Form) -> list[Node]:
    """The operands of an OR: plain observations made one, equal others dropped."""
    plain = [operand.expression for operand in operands if isinstance(operand, Observation)]
    others = {write(item): item for item in operands if not isinstance(item, Observation)}
    merged: list[Node] = [Observation(form(join("OR", plain)))] if plain else []
    return merged + list(others.values())


def _in_order(node: Node) -> Node:
    """The tree with sorted operands wherever their order means nothing."""
    if isinstance(node, Observation):
        return Observation(_sorted(node.expression))
    if isinstance(node, Qualified):
        return replace(node, operand=_in_order(node.operand))
    operands = list(map(_in_order, node.operands))
    return combine(
        node.operator, operands if node.operator == "FOLLOWEDBY" else sorted(operands, key=write)
    )


def _taken_apart(expression: Expression) -> Expression:
    """The expression with operands sorted, duplicates dropped and IN lists taken apart."""
    return _arranged(expression, _alternatives_of)


def _sorted(expression: Expression) -> Expression:
    """The expression with operands and IN lists sorted and duplicates dropped."""
    return _arranged(expression, _with_sorted_literals)


def _alternatives_of(test: Test) -> Expression:
    tests: dict[str, Test] = {}
    return _joined(_without_implied(_alternatives(test, tests)), tests)


def _with_sorted_literals(test: Test) -> Test:
    literals = sorted(set(test.literals), key=lambda item: (item.kind, item.text))
    return replace(test, literals=tuple(literals))


def _arranged(expression: Expression, form: Callable[[Test], Expression]) -> Expression:
    if isinstance(expression, Test):
        return form(expression)
    each = (_arranged(item, form) for item in expression.operands)
    operands = {write_expression(item): item for item in each}
    flat = join(expression.operator, list(operands.values()))
    if isinstance(flat, Test):
        return flat
    unique = {write_expression(item): item for item in flat.operands}
    return join(flat.operator, [unique[text] for text in sorted(unique)])


def _multiplied_out(expression: Expression) -> Expression:
    """The sorted OR of sorted ANDs that is true of the same objects.

    Duplicates go first: how large it grows must not hang on how often an author says a thing.
    """
    expression = _taken_apart(expression)
    if isinstance(expression, Test) and expression.operator != "IN":
        return expression
    terms, atoms = _measure(expression)
    if terms > MAX_TERMS or atoms > _MAX_ATOMS:
        raise _TooLargeError
    tests: dict[str, Test] = {}
    return _joined(_without_implied(_terms(expression, tests)), tests)


def _joined(terms: list[list[str]], tests: dict[str, Test]) -> Expression:
    return join("OR", [join("AND", [tests[text] for text in term]) for term in terms])


def _measure(expression: Expression) -> tuple[int, int]:
    """How many alternatives and comparisons multiplying out gives, without doing it."""
    if isinstance(expression, Test):
        members = len(expression.literals) if expression.operator == "IN" else 1
        return (1, members) if _all_at_once(expression) else (members, members)
    terms, atoms = _measure(expression.operands[0])
    for operand in expression.operands[1:]:
        more_terms, more_atoms = _measure(operand)
        if expression.operator == "OR":
            terms, atoms = terms + more_terms, atoms + more_atoms
        else:
            terms, atoms = terms * more_terms, atoms * more_terms + more_atoms * terms
    return terms, atoms


def _terms(expression: Expression, tests: dict[str, Test]) -> set[_Term]:
    if isinstance(expression, Test):
        return _alternatives(expression, tests)
    operands = [_terms(operand, tests) for operand in expression.operands]
    if expression.operator == "OR":
        return set[_Term]().union(*operands)
    return {frozenset().union(*chosen) for chosen in product(*operands)}


def _alternatives(test: Test, tests: dict[str, Test]) -> set[_Term]:
    if test.operator != "IN" or (test.negated and not test.path.is_single):
        return {frozenset({_known(_with_sorted_literals(test), tests)})}
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


def _without_implied(terms: set[_Term]) -> list[list[str]]:
    """The alternatives sorted, less those that ask for all another asks for and more."""
    kept: list[_Term] = []
    for term in sorted(terms, key=len):
        if not any(other <= term for other in kept):
            kept.append(term)
    in_order = [sorted(term) for term in kept]
    return sorted(in_order, key=" AND ".join)
