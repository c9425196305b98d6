"""The quick reader: a part of the pattern grammar, without ANTLR.

Reads observations joined by AND and OR, of comparisons joined by AND and OR, with the ordinary
constants: what nearly all indicators in the field are made of. It accepts nothing that the ANTLR
grammar refuses and builds the same tree (a test compares the two); whatever it does not understand
it leaves to `pattern_antlr`. Linear time; recursion only on parentheses, which are limited before.
"""

from __future__ import annotations

import re
from decimal import Decimal

from indicators.domain.stix.pattern_tree import (
    KEYWORDS,
    Expression,
    Literal,
    Node,
    Observation,
    Path,
    Step,
    Test,
    combine,
    join,
)


_S = r"[ \t\r\n\x0b\x0c\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]*+"
_STRING = r"'(?:[^'\\]|\\['\\])*+'"
_END = r"(?![A-Za-z0-9_-])"
_NUMBER = r"[+-]?+(?:[0-9]*+\.[0-9]++|(?:0|[1-9][0-9]*+)(?!\.[0-9]))"
_CONSTANT = rf"(?:{_STRING}|{_NUMBER}|(?:true|false){_END})"
_KEY = rf"(?:[A-Za-z_][A-Za-z0-9_]*+(?!-)|{_STRING})"
_INDEX = r"(?:\*|\+?+(?:0|[1-9][0-9]*+))"
_COMPARISON = re.compile(
    rf"{_S}(?P<type>[A-Za-z_][A-Za-z0-9_-]*+){_S}:{_S}(?P<first>{_KEY})"
    rf"(?P<rest>(?:{_S}\.{_S}{_KEY}|{_S}\[{_S}{_INDEX}{_S}\])*+){_S}(?:(?P<not>NOT){_END}{_S})?+"
    rf"(?:(?P<equal>==|=|!=|<>){_S}(?P<constant>{_CONSTANT})"
    rf"|(?P<order><=|>=|<|>){_S}(?P<ordered>{_STRING}|{_NUMBER})"
    rf"|(?P<word>LIKE|MATCHES|ISSUBSET|ISSUPERSET){_END}{_S}(?P<string>{_STRING})"
    rf"|IN{_END}{_S}\({_S}(?P<set>{_CONSTANT}(?:{_S},{_S}{_CONSTANT})*+){_S}\))"
)
_STEP = re.compile(rf"{_S}(?:\.{_S}(?P<key>{_KEY})|\[{_S}(?P<index>{_INDEX}){_S}\])")
_ONE_CONSTANT = re.compile(_CONSTANT)
_OPEN = {"(": re.compile(rf"{_S}\("), "[": re.compile(rf"{_S}\[")}
_CLOSE = {")": re.compile(rf"{_S}\)"), "]": re.compile(rf"{_S}\]")}
_OPERATORS = {"AND": re.compile(rf"{_S}AND{_END}"), "OR": re.compile(rf"{_S}OR{_END}")}
_REST = re.compile(_S)
_EQUAL = {"==": "=", "=": "=", "<>": "!=", "!=": "!="}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


class NotUnderstoodError(Exception):
    """The text is outside this reader's part of the grammar, or no pattern at all."""


def read(text: str) -> Node:
    """The tree of a pattern.

    Raises:
        NotUnderstoodError: to be read by `pattern_antlr`.
    """
    return _Reader(text).whole()


class _Reader:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0

    def whole(self) -> Node:
        node = self.observations()
        if not _REST.fullmatch(self.text, self.at):
            raise NotUnderstoodError
        return node

    def observations(self) -> Node:
        operands = [self.observations_and()]
        while self.takes(_OPERATORS["OR"]):
            operands.append(self.observations_and())
        return combine("OR", operands)

    def observations_and(self) -> Node:
        operands = [self.observation()]
        while self.takes(_OPERATORS["AND"]):
            operands.append(self.observation())
        return combine("AND", operands)

    def observation(self) -> Node:
        if self.takes(_OPEN["["]):
            expression = self.expression()
            self.must_take(_CLOSE["]"])
            return Observation(expression)
        self.must_take(_OPEN["("])
        node = self.observations()
        self.must_take(_CLOSE[")"])
        return node

    def expression(self) -> Expression:
        operands = [self.expression_and()]
        while self.takes(_OPERATORS["OR"]):
            operands.append(self.expression_and())
        return join("OR", operands)

    def expression_and(self) -> Expression:
        operands = [self.term()]
        while self.takes(_OPERATORS["AND"]):
            operands.append(self.term())
        return join("AND", operands)

    def term(self) -> Expression:
        if self.takes(_OPEN["("]):
            expression = self.expression()
            self.must_take(_CLOSE[")"])
            return expression
        match = _COMPARISON.match(self.text, self.at)
        if match is None:
            raise NotUnderstoodError
        self.at = match.end()
        return _test(match)

    def takes(self, what: re.Pattern[str]) -> bool:
        match = what.match(self.text, self.at)
        if match is None:
            return False
        self.at = match.end()
        return True

    def must_take(self, what: re.Pattern[str]) -> None:
        if not self.takes(what):
            raise NotUnderstoodError


def _test(match: re.Match[str]) -> Test:
    path = _path(match["type"], match["first"], match["rest"])
    negated = match["not"] is not None
    if match["equal"]:
        return Test(path, _EQUAL[match["equal"]], (constant(match["constant"]),), negated)
    if match["order"]:
        return Test(path, match["order"], (constant(match["ordered"]),), negated)
    if match["word"]:
        return Test(path, match["word"], (constant(match["string"]),), negated)
    values = tuple(constant(text) for text in _ONE_CONSTANT.findall(match["set"]))
    return Test(path, "IN", values, negated)


def _path(object_type: str, first: str, rest: str) -> Path:
    if object_type in KEYWORDS:
        raise NotUnderstoodError
    steps: list[Step] = [_key(first)]
    steps.extend(
        _key(match["key"]) if match["key"] else index(match["index"])
        for match in _STEP.finditer(rest)
    )
    return Path(object_type, tuple(steps))


def _key(text: str) -> str:
    if text in KEYWORDS:
        raise NotUnderstoodError
    return unquoted(text) if text.startswith("'") else text


def index(text: str) -> int | None:
    """The list index a path names; None for the asterisk."""
    return None if text == "*" else int(text)


def unquoted(text: str) -> str:
    """The content of a string constant, its two escapes undone."""
    inner = text[1:-1]
    return _ESCAPE.sub(r"\1", inner) if "\\" in inner else inner


def constant(text: str) -> Literal:
    """The constant of a string, number or boolean as it is written."""
    if text.startswith("'"):
        return Literal("string", unquoted(text))
    if text in {"true", "false"}:
        return Literal("boolean", text)
    if "." in text:
        return Literal("float", _plain(Decimal(text)))
    return Literal("integer", "0" if text == "-0" else text.removeprefix("+"))


def _plain(number: Decimal) -> str:
    """Decimal notation with one digit at least after the point and no needless zeros."""
    text = f"{number:f}".rstrip("0")
    text = f"{text}0" if text.endswith(".") else text
    return "0.0" if number == 0 else text
