"""The syntax tree of a STIX pattern, and the one way to write it down again.

Both readers (`pattern_reader`, `pattern_antlr`) build it. Comments, white space, needless
parentheses and quotes, `==` and `<>` have no place in it. Source: STIX 2.1 §9.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True, slots=True)
class Literal:
    """A constant: its kind and its content without prefix, quotes and escapes.

    Kinds: string, integer, float, boolean, hex, binary, timestamp. Numbers are kept as text, in
    plain decimal notation without needless zeros and signs.
    """

    kind: str
    text: str

    @property
    def value(self) -> str | int | float | bool:
        """The constant as a Python value; hex, binary and timestamps as their content."""
        if self.kind == "integer":
            return int(self.text)
        if self.kind == "float":
            return float(self.text)
        return self.text == "true" if self.kind == "boolean" else self.text


Step: TypeAlias = str | int | None
"""A property name, a list index, or None for `[*]`."""


@dataclass(frozen=True, slots=True)
class Path:
    """An object path: `domain-name:resolves_to_refs[*].value`."""

    object_type: str
    steps: tuple[Step, ...]

    @property
    def is_single(self) -> bool:
        """Whether it leads to at most one value: it goes through no list."""
        return all(isinstance(step, str) for step in self.steps)


@dataclass(frozen=True, slots=True)
class Test:
    """A comparison of a path with constants; `EXISTS` has none."""

    path: Path
    operator: str
    literals: tuple[Literal, ...]
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Boolean:
    """Comparisons of one observation joined by AND or OR; never one inside another of its kind."""

    operator: str
    operands: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Observation:
    """What stands between `[` and `]`: about one object."""

    expression: Expression


@dataclass(frozen=True, slots=True)
class Combined:
    """Observations joined by AND, OR or FOLLOWEDBY."""

    operator: str
    operands: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Qualified:
    """An observation with a qualifier, which is kept as text: `WITHIN 300 SECONDS`."""

    operand: Node
    qualifier: str


Expression: TypeAlias = Test | Boolean
Node: TypeAlias = Observation | Combined | Qualified


def join(operator: str, operands: list[Expression]) -> Expression:
    """The operands joined; those joined by the same operator already are taken apart."""
    if len(operands) == 1:
        return operands[0]
    flat: list[Expression] = []
    for operand in operands:
        same = isinstance(operand, Boolean) and operand.operator == operator
        flat.extend(operand.operands if isinstance(operand, Boolean) and same else (operand,))
    return Boolean(operator, tuple(flat))


def combine(operator: str, operands: list[Node]) -> Node:
    """The observations joined; AND in AND and OR in OR are taken apart, FOLLOWEDBY is not."""
    if len(operands) == 1:
        return operands[0]
    flat: list[Node] = []
    for operand in operands:
        same = (
            isinstance(operand, Combined)
            and operand.operator == operator
            and operator != "FOLLOWEDBY"
        )
        flat.extend(operand.operands if isinstance(operand, Combined) and same else (operand,))
    return Combined(operator, tuple(flat))


def tests_of(node: Node | Expression) -> Iterator[Test]:
    """All comparisons in their order."""
    match node:
        case Test():
            yield node
        case Observation():
            yield from tests_of(node.expression)
        case Qualified():
            yield from tests_of(node.operand)
        case Boolean() | Combined():
            for operand in node.operands:
                yield from tests_of(operand)


def expressions_of(node: Node) -> Iterator[Expression]:
    """What stands in each observation, in their order."""
    match node:
        case Observation():
            yield node.expression
        case Qualified():
            yield from expressions_of(node.operand)
        case Combined():
            for operand in node.operands:
                yield from expressions_of(operand)


_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
KEYWORDS = frozenset(
    [
        "AND",
        "OR",
        "NOT",
        "FOLLOWEDBY",
        "LIKE",
        "MATCHES",
        "ISSUPERSET",
        "ISSUBSET",
        "EXISTS",
        "LAST",
        "IN",
        "START",
        "STOP",
        "SECONDS",
        "true",
        "false",
        "WITHIN",
        "REPEATS",
        "TIMES",
    ]
)
_PREFIX = {"hex": "h", "binary": "b", "timestamp": "t"}


def write(node: Node) -> str:
    """The pattern's text with single spaces and only the parentheses it needs."""
    match node:
        case Observation():
            return f"[{write_expression(node.expression)}]"
        case Combined():
            return f" {node.operator} ".join(
                _operand(node.operator, item) for item in node.operands
            )
        case Qualified():
            inner = write(node.operand)
            simple = isinstance(node.operand, Observation)
            return f"{inner if simple else f'({inner})'} {node.qualifier}"


def _operand(operator: str, item: Node) -> str:
    binds_tighter = not isinstance(item, Combined) or (
        _STRENGTH[item.operator] > _STRENGTH[operator]
    )
    return write(item) if binds_tighter else f"({write(item)})"


_STRENGTH = {"FOLLOWEDBY": 0, "OR": 1, "AND": 2}


def write_expression(expression: Expression) -> str:
    """The text of what stands in an observation."""
    if isinstance(expression, Test):
        return write_test(expression)
    parts = (
        f"({write_expression(item)})"
        if isinstance(item, Boolean) and expression.operator == "AND"
        else write_expression(item)
        for item in expression.operands
    )
    return f" {expression.operator} ".join(parts)


def write_test(test: Test) -> str:
    """The text of one comparison."""
    path = write_path(test.path)
    if test.operator == "EXISTS":
        return f"EXISTS {path}"
    values = [write_literal(literal) for literal in test.literals]
    constant = f"({', '.join(values)})" if test.operator == "IN" else values[0]
    return f"{path}{' NOT' if test.negated else ''} {test.operator} {constant}"


def write_path(path: Path) -> str:
    """The text of an object path, names quoted only where the grammar demands it."""
    first, *rest = path.steps
    return f"{path.object_type}:{_name(str(first))}{''.join(map(_step, rest))}"


def _step(step: Step) -> str:
    if step is None:
        return "[*]"
    return f"[{step}]" if isinstance(step, int) else f".{_name(step)}"


def _name(name: str) -> str:
    plain = _IDENTIFIER.fullmatch(name) and name not in KEYWORDS
    return name if plain else _quoted(name)


def write_literal(literal: Literal) -> str:
    """The text of a constant."""
    if literal.kind == "string":
        return _quoted(literal.text)
    if literal.kind in _PREFIX:
        return f"{_PREFIX[literal.kind]}'{literal.text}'"
    return literal.text


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"
