"""In a pattern, a client fingerprint must have the form of the scheme that stands beside it."""

from __future__ import annotations

from indicators.domain.outcomes import Reason, Rejected
from indicators.domain.screens.values import EXACT, SCHEMES, fits
from indicators.domain.stix.pattern_tree import Expression, Path, Test, expressions_of
from indicators.domain.stix.patterns import Pattern


_SCHEME = Path("tls-client-fingerprint", ("scheme",))
_VALUE = Path("tls-client-fingerprint", ("value",))


def check_fingerprints(pattern: Pattern) -> None:
    """Let through patterns in which schemes and values of fingerprints fit together.

    Raises:
        Rejected: a value that no scheme fits which it is asked for together with.
    """
    for expression in expressions_of(pattern.tree):
        _check(expression, frozenset(SCHEMES))


def _check(expression: Expression, allowed: frozenset[str]) -> None:
    """`allowed` are the schemes that stand beside the expression."""
    if isinstance(expression, Test):
        _check_test(expression, allowed)
        return
    if expression.operator == "AND":
        for each in expression.operands:
            allowed &= _schemes(each)
    for each in expression.operands:
        _check(each, allowed)


def _check_test(test: Test, allowed: frozenset[str]) -> None:
    if test.path != _VALUE or test.operator not in EXACT:
        return
    for literal in test.literals:
        if not any(fits(scheme, literal.text) for scheme in allowed):
            raise Rejected(
                Reason.INVALID_PATTERN,
                "pattern: tls-client-fingerprint:value has not the form of the scheme beside it.",
            )


def _schemes(expression: Expression) -> frozenset[str]:
    """The schemes for which the expression can be true; all where it says nothing of them."""
    if not isinstance(expression, Test):
        each = [_schemes(operand) for operand in expression.operands]
        if expression.operator == "OR":
            return frozenset().union(*each)
        return frozenset(SCHEMES).intersection(*each)
    if expression.path != _SCHEME or expression.operator not in {"=", "IN"} or expression.negated:
        return frozenset(SCHEMES)
    return frozenset(literal.text for literal in expression.literals)
