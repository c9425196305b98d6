"""The full reader: the whole pattern grammar, by stix2patterns' own ANTLR parser.

Builds the tree itself: python-stix2's visitor drops NOT before IN, LIKE, MATCHES and the
comparisons of order, reads `NOT !=` as `!=`, and fails on EXISTS. About 0.2 ms per comparison.
"""

from __future__ import annotations

from typing import Any

import antlr4  # type: ignore[import-untyped]  # ships no types
from stix2patterns.helpers import brackets_check
from stix2patterns.v21.grammars.STIXPatternLexer import STIXPatternLexer
from stix2patterns.v21.grammars.STIXPatternParser import STIXPatternParser as Grammar
from stix2patterns.v21.validator import DuplicateQualifierTypeError, ValidationListener

from indicators.domain.stix.pattern_reader import constant, index, unquoted
from indicators.domain.stix.pattern_tree import (
    Expression,
    Literal,
    Node,
    Observation,
    Path,
    Qualified,
    Step,
    Test,
    combine,
    join,
)


_EVERYTHING = (
    "([a:b NOT IN (1, 2)] OR [a:b LIKE 'c' AND (a:b.d[*].'e' >= 1.0 OR a:b NOT != true)]) AND "
    "[EXISTS a:b[1] OR a:b MATCHES 'c' OR a:b ISSUBSET 'c' OR a:b ISSUPERSET 'c' OR a:b < h'ff'] "
    "FOLLOWEDBY [a:b > t'2026-01-01T00:00:00Z'] REPEATS 2 TIMES WITHIN 1.5 SECONDS "
    "START t'2026-01-01T00:00:00Z' STOP t'2026-01-02T00:00:00Z'"
)


class SyntaxProblemError(Exception):
    """The text is not a STIX pattern; the message says where reading stopped, or why."""


def warm_up() -> None:
    """Read what has every part of the grammar: ANTLR learns its tables from what it reads.

    The first pattern of a process would otherwise cost twice as much.
    """
    read(_EVERYTHING)


def read(text: str) -> Node:
    """The tree of a pattern.

    Raises:
        SyntaxProblemError: not a STIX pattern.
        RecursionError: too deeply nested; limits on the text make this unlikely.
    """
    if not brackets_check(text or " "):
        raise SyntaxProblemError("a pattern begins with [ or (")
    tree = _parsed(text)
    try:
        antlr4.ParseTreeWalker.DEFAULT.walk(ValidationListener(), tree)
    except DuplicateQualifierTypeError as error:
        raise SyntaxProblemError("the same qualifier is given twice") from error
    return _observations(tree.observationExpressions())


def _parsed(text: str) -> Any:
    lexer = STIXPatternLexer(antlr4.InputStream(text))
    lexer.removeErrorListeners()
    parser = Grammar(antlr4.CommonTokenStream(lexer))
    parser.removeErrorListeners()
    parser._errHandler = antlr4.BailErrorStrategy()  # noqa: SLF001  antlr has no other way in
    try:
        return parser.pattern()
    except antlr4.error.Errors.ParseCancellationException as error:
        token = parser.getCurrentToken()
        where = f"line {token.line}, column {token.column + 1}"
        raise SyntaxProblemError(f"cannot be read at {where}") from error


def _observations(ctx: Any) -> Node:
    """Any of the rules from observationExpressions down to observationExpressionAnd."""
    if isinstance(ctx, Grammar.ObservationExpressionContext):
        return _observation(ctx)
    if ctx.getChildCount() == 1:
        return _observations(ctx.getChild(0))
    left, operator, right = ctx.getChildren()
    return combine(operator.getText(), [_observations(left), _observations(right)])


def _observation(ctx: Any) -> Node:
    if isinstance(ctx, Grammar.ObservationExpressionSimpleContext):
        return Observation(_expression(ctx.comparisonExpression()))
    if isinstance(ctx, Grammar.ObservationExpressionCompoundContext):
        return _observations(ctx.observationExpressions())
    operand, qualifier = ctx.getChildren()
    return Qualified(_observation(operand), _qualifier(qualifier))


def _qualifier(ctx: Any) -> str:
    """Words, numbers and timestamps in their plain form, between single spaces."""
    texts = (child.getText() for child in ctx.getChildren())
    return " ".join(text if text[0].isalpha() else constant(text).text for text in texts)


def _expression(ctx: Any) -> Expression:
    """The rules comparisonExpression, comparisonExpressionAnd and propTest."""
    if isinstance(ctx, Grammar.PropTestParenContext):
        return _expression(ctx.comparisonExpression())
    if isinstance(ctx, Grammar.PropTestContext):
        return _test(ctx)
    if ctx.getChildCount() == 1:
        return _expression(ctx.getChild(0))
    left, operator, right = ctx.getChildren()
    return join(operator.getText(), [_expression(left), _expression(right)])


_OPERATORS = {"==": "=", "<>": "!="}


def _test(ctx: Any) -> Test:
    path = _path(ctx.objectPath())
    if isinstance(ctx, Grammar.PropTestExistsContext):
        return Test(path, "EXISTS", ())
    negated = ctx.NOT() is not None
    operator = ctx.getChild(2 if negated else 1).getText()
    literals = tuple(map(_literal, _constants(ctx.getChild(ctx.getChildCount() - 1))))
    return Test(path, _OPERATORS.get(operator, operator), literals, negated)


def _constants(node: Any) -> list[Any]:
    """The tokens of all constants below a node."""
    if isinstance(node, antlr4.TerminalNode):
        return [node] if node.symbol.type in _KINDS else []
    return [token for child in node.getChildren() for token in _constants(child)]


_PREFIXED = {
    Grammar.HexLiteral: "hex",
    Grammar.BinaryLiteral: "binary",
    Grammar.TimestampLiteral: "timestamp",
}
_KINDS = frozenset(
    {
        Grammar.IntPosLiteral,
        Grammar.IntNegLiteral,
        Grammar.FloatPosLiteral,
        Grammar.FloatNegLiteral,
        Grammar.StringLiteral,
        Grammar.BoolLiteral,
        *_PREFIXED,
    }
)


def _literal(token: Any) -> Literal:
    kind = _PREFIXED.get(token.symbol.type)
    text = token.getText()
    if kind is None:
        return constant(text)
    content = text[2:-1]
    return Literal(kind, content.lower() if kind == "hex" else content)


def _path(ctx: Any) -> Path:
    steps: list[Step] = [_name(ctx.firstPathComponent().getText())]
    component = ctx.objectPathComponent()
    if component is not None:
        steps.extend(_steps(component))
    return Path(ctx.objectType().getText(), tuple(steps))


def _steps(ctx: Any) -> list[Step]:
    if isinstance(ctx, Grammar.PathStepContext):
        return [step for child in ctx.objectPathComponent() for step in _steps(child)]
    content = ctx.getChild(1).getText()
    if isinstance(ctx, Grammar.IndexPathStepContext):
        if content.startswith("-"):  # in the grammar, but stix2patterns' inspector crashes on it
            raise SyntaxProblemError("a list index must not be negative")
        return [index(content)]
    return [_name(content)]


def _name(text: str) -> str:
    return unquoted(text) if text.startswith("'") else text
