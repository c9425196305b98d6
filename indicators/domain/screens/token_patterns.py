"""A pattern speaks of tokens in one form alone: everything that names a token, together.

A value without its epoch would outlive its key, and one without its kind could not be matched or
given the lifetime of what it stands for.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product
from typing import TypeAlias

from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.stix.pattern_tree import Expression, Test, expressions_of, write_path
from indicators.domain.stix.patterns import Pattern


_Named: TypeAlias = frozenset[str]
"""Paths of tokens that one alternative of an observation compares."""
_WHOLE = (
    frozenset(f"match-token:{name}" for name in ("kind", "scheme", "epoch", "value")),
    frozenset(f"prompt-family:{name}" for name in ("scheme", "epoch", "bands[*]")),
)
_PATHS = frozenset().union(*_WHOLE)
_SEVERAL = frozenset({"match-token:value", "prompt-family:bands[*]"})
"""What may be compared with IN, too; a list of kinds or epochs would pair what never belonged."""


def check_token_patterns(pattern: Pattern) -> None:
    """Let through patterns that speak of no token, or of whole ones.

    Raises:
        Rejected: something of a token stands without the rest, or is not asked for by equality.
    """
    for expression in expressions_of(pattern.tree):
        for named in _alternatives(expression):
            if any(whole & named not in (frozenset(), whole) for whole in _WHOLE):
                raise _refusal()


def _alternatives(expression: Expression) -> set[_Named]:
    """What each alternative names, once; at most one for each set of paths, however deep."""
    if isinstance(expression, Test):
        return {_of_test(expression)}
    each = [_alternatives(operand) for operand in expression.operands]
    if expression.operator == "OR":
        return set().union(*each)
    return _joined(each)


def _joined(operands: Iterable[set[_Named]]) -> set[_Named]:
    joined: set[_Named] = {frozenset()}
    for each in operands:
        joined = {one | other for one, other in product(joined, each)}
    return joined


def _of_test(test: Test) -> _Named:
    path = write_path(test.path)
    if path not in _PATHS:
        return frozenset()
    if test.negated or test.operator not in ({"=", "IN"} if path in _SEVERAL else {"="}):
        raise _refusal()
    return frozenset({path})


def _refusal() -> Rejected:
    return Rejected(
        Reason.INVALID_PATTERN,
        "pattern: name a token whole: match-token:kind, scheme, epoch and value, or "
        "prompt-family:scheme, epoch and bands[*], joined by AND and each compared with = (values "
        "and bands with IN, too).",
    )
