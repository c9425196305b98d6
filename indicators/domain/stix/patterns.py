"""STIX patterns: read within limits, told apart into comparisons, put in canonical form.

Whatever `parse_pattern` accepts, stix2patterns' validator (and so `stix2.parse`) accepts: a quick
reader takes the common part of the grammar, ANTLR the rest. Refuses hash comparisons that
stix2patterns refuses (IN, LIKE and MATCHES on a known algorithm, malformed values). Limits stand in
`pattern_model`; counted in strings and bytes before parsing. Source: STIX 2.1 §9.
"""

from __future__ import annotations

from dataclasses import replace

from indicators.domain.stix import pattern_antlr, pattern_limits, pattern_reader
from indicators.domain.stix.hashes import is_known, is_well_formed
from indicators.domain.stix.normalise import canonical_text, is_timeless
from indicators.domain.stix.pattern_model import (
    MAX_DIGITS,
    MAX_REGEX,
    Comparison,
    Pattern,
    PatternError,
)
from indicators.domain.stix.pattern_tree import (
    Combined,
    Expression,
    Literal,
    Node,
    Observation,
    Qualified,
    Test,
    tests_of,
    write_path,
)
from indicators.domain.stix.pattern_values import canonical_test, hash_algorithm


__all__ = ["Comparison", "Pattern", "PatternError", "parse_pattern", "parse_published"]


def parse_pattern(text: str) -> Pattern:
    """Read a STIX pattern of version 2.1.

    Limits: 10,000 bytes, 50 comparisons (members of IN lists count), 20 parentheses,
    20 observations, 500 characters of a MATCHES or LIKE constant, 30 digits of a number. 50 is the
    smallest limit of at least 50 that lets all watch-list indicators of the field samples pass
    (they have at most 17); reports that pour everything into one pattern have over 100.

    Raises:
        PatternError: not a pattern, or outside the limits; `code` says which.
    """
    pattern_limits.check(text)
    return parse_published(text)


def parse_published(text: str) -> Pattern:
    """Read a pattern of the Forum's own, which tokens may have made larger than one that is sent.

    Raises:
        PatternError: not a pattern.
    """
    try:
        return _parsed(text)
    except RecursionError as error:
        raise PatternError("TOO_DEEP", "the pattern is nested too deeply") from error


def _parsed(text: str) -> Pattern:
    tree = _read(text)
    for test in tests_of(tree):
        _check(test)
    tree = _with_canonical_tests(tree)
    comparisons = tuple(_comparison(test) for test in tests_of(tree))
    return Pattern(text, comparisons, canonical_text(tree), is_timeless(tree), tree)


def _read(text: str) -> Node:
    try:
        return pattern_reader.read(text)
    except pattern_reader.NotUnderstoodError:
        pass  # not an error: the full reader decides
    try:
        return pattern_antlr.read(text)
    except pattern_antlr.SyntaxProblemError as error:
        raise PatternError("SYNTAX", f"not a STIX pattern: {error}") from error


def _check(test: Test) -> None:
    for literal in test.literals:
        _check_literal(test.operator, literal)
    if test.operator == "IN" and not test.literals:
        raise PatternError("EMPTY_SET", "an IN list must name a constant")
    algorithm = hash_algorithm(test.path)
    if algorithm is not None and is_known(algorithm) and test.operator != "EXISTS":
        _check_hash(algorithm, test)
    elif "hashes" in test.path.steps and isinstance(test.path.steps[-1], int):
        raise PatternError("HASH", "a hash is named by its algorithm, not by an index")


def _check_literal(operator: str, literal: Literal) -> None:
    if operator in {"MATCHES", "LIKE"} and len(literal.text) > MAX_REGEX:
        message = f"the text of {operator} is longer than {MAX_REGEX} characters"
        raise PatternError("REGEX_TOO_LONG", message)
    if literal.kind in {"integer", "float"} and len(literal.text) > MAX_DIGITS:
        raise PatternError("NUMBER_TOO_LONG", f"a number has more than {MAX_DIGITS} digits")


def _check_hash(algorithm: str, test: Test) -> None:
    if test.operator not in {"=", "!="}:
        message = (
            f"compare hashes with = or !=, joined by OR: no reader knows {test.operator} there"
        )
        raise PatternError("HASH", message)
    if not is_well_formed(algorithm, test.literals[0].text):
        raise PatternError("HASH", "a value is not a hash of the algorithm its path names")


def _with_canonical_tests(node: Node) -> Node:
    match node:
        case Observation():
            return Observation(_with_canonical_test(node.expression))
        case Qualified():
            return replace(node, operand=_with_canonical_tests(node.operand))
        case Combined():
            return replace(node, operands=tuple(map(_with_canonical_tests, node.operands)))


def _with_canonical_test(expression: Expression) -> Expression:
    if isinstance(expression, Test):
        return canonical_test(expression)
    return replace(expression, operands=tuple(map(_with_canonical_test, expression.operands)))


def _comparison(test: Test) -> Comparison:
    values = tuple(literal.value for literal in test.literals)
    kinds = tuple(literal.kind for literal in test.literals)
    return Comparison(write_path(test.path), test.operator, values, test.negated, kinds)
