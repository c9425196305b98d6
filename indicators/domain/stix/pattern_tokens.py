"""Personal identifiers inside patterns, found and replaced by tokens.

`[email-addr:value = 'a@b.example']` becomes `[match-token:kind = 'email-addr' AND … AND
match-token:value = '…']`, with an alternative for each kind of token that the value has. Only
equality can be asked of a token: comparisons with other operators are left as they are, for
`screens.breadth` to hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from indicators.domain.stix.normalise import canonical_text, in_order
from indicators.domain.stix.pattern_model import Pattern, PatternError
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
    expressions_of,
    join,
    tests_of,
    write_path,
)
from indicators.domain.tokens import Identifier, Token


Read = Callable[[str, str, str], Sequence[Identifier]]
"""From a path, a constant and the account type beside it to its identifiers; none if it has none.

Raises ValueError, with a message for the author, for a constant that should have one.
"""
_ACCOUNT_TYPE = "user-account:account_type"
_ACCOUNT_PATHS = frozenset({"user-account:account_login", "user-account:user_id"})
_EQUAL = frozenset({"=", "IN"})


@dataclass(frozen=True, slots=True)
class Found:
    """What a pattern compares: identifiers, each once and in order, and what else is left."""

    identifiers: tuple[Identifier, ...]
    rest: tuple[Test, ...]
    """Comparisons that no token takes the place of."""


def search(pattern: Pattern, read: Read) -> Found:
    """Tell identifiers and other comparisons apart.

    Raises:
        PatternError: IDENTIFIER, a constant that is none of its kind; the message says why.
    """
    noted: list[Identifier] = []

    def note(found: Sequence[Identifier]) -> Expression:
        noted.extend(found)
        return _NOTED

    tree = _Rewriting(note, read).node(pattern.tree)
    rest = tuple(each for each in tests_of(tree) if each != _NOTED)
    identifiers = tuple(dict.fromkeys(noted))
    if any(map(_asks_for_two, expressions_of(tree))):
        raise PatternError(
            "IDENTIFIER",
            "two personal identifiers in one AND: of each there is a token of its own, and no "
            "object is two. Compare one of them, or each in an observation of its own: [...] AND "
            "[...]",
        )
    return Found(identifiers, rest)


def _asks_for_two(expression: Expression) -> bool:
    if isinstance(expression, Test):
        return False
    noted = [each for each in expression.operands if _NOTED in tests_of(each)]
    is_two = expression.operator == "AND" and len(noted) > 1
    return is_two or any(map(_asks_for_two, noted))


def with_tokens(pattern: Pattern, read: Read, tokens: Mapping[Identifier, Token]) -> str:
    """The canonical text of the pattern over tokens; it may be larger than one that is sent.

    Put in order first: of values of one list the tokens share the comparison of their kind.
    """

    def tokenised(found: Sequence[Identifier]) -> Expression:
        return _over([tokens[each] for each in found])

    return canonical_text(_Rewriting(tokenised, read).node(in_order(pattern.tree)))


@dataclass(frozen=True, slots=True)
class _Rewriting:
    """One way down the tree: comparisons of identifiers are replaced, all others kept."""

    replaced: Callable[[Sequence[Identifier]], Expression]
    read: Read

    def node(self, node: Node) -> Node:
        match node:
            case Observation():
                return Observation(self.expression(node.expression))
            case Qualified():
                return replace(node, operand=self.node(node.operand))
            case Combined():
                return replace(node, operands=tuple(map(self.node, node.operands)))

    def expression(self, expression: Expression, account_type: str = "") -> Expression:
        if isinstance(expression, Test):
            return self.test(expression, account_type)
        operands = list(expression.operands)
        if expression.operator == "AND":
            account_type = _account_type(operands) or account_type
            operands = _without_account_type(operands)
        rewritten = [self.expression(each, account_type) for each in operands]
        return join(expression.operator, rewritten)

    def test(self, test: Test, account_type: str) -> Expression:
        if test.operator not in _EQUAL or test.negated:
            return test
        path = write_path(test.path)
        found: list[Identifier] = []
        plain: list[Literal] = []
        for literal in test.literals:
            own = self._identifiers(path, literal, account_type)
            found.extend(own)
            if not own:
                plain.append(literal)
        if not found:
            return test
        alternatives = [self.replaced(found)]
        if plain:
            alternatives.append(_narrowed(test, plain))
        return join("OR", alternatives)

    def _identifiers(self, path: str, literal: Literal, account_type: str) -> Sequence[Identifier]:
        try:
            return self.read(path, literal.text, account_type)
        except ValueError as error:
            raise PatternError("IDENTIFIER", f"{path}: {error}") from error


def _account_type(operands: Iterable[Expression]) -> str:
    """The one account type that stands beside a login, which says whose login it is."""
    named = [
        each.literals[0].text
        for each in operands
        if isinstance(each, Test) and write_path(each.path) == _ACCOUNT_TYPE
        if each.operator == "=" and not each.negated
    ]
    return named[0] if len(named) == 1 else ""


def _without_account_type(operands: list[Expression]) -> list[Expression]:
    """The operands less the account type, where a login beside it takes it up."""
    if not _account_type(operands) or not any(map(_names_login, operands)):
        return operands
    return [
        each
        for each in operands
        if not (isinstance(each, Test) and write_path(each.path) == _ACCOUNT_TYPE)
    ]


def _names_login(expression: Expression) -> bool:
    if isinstance(expression, Test):
        return write_path(expression.path) in _ACCOUNT_PATHS
    return any(map(_names_login, expression.operands))


def _narrowed(test: Test, literals: list[Literal]) -> Test:
    operator = "=" if len(literals) == 1 else "IN"
    return replace(test, operator=operator, literals=tuple(literals))


def _over(tokens: Sequence[Token]) -> Expression:
    """True of an observable that is one of these tokens."""
    by_key: dict[tuple[str, str, str], list[str]] = {}
    for each in tokens:
        by_key.setdefault((each.kind, each.scheme, each.epoch), []).append(each.value)
    return join("OR", [_of_one_key(*key, values) for key, values in by_key.items()])


def _of_one_key(kind: str, scheme: str, epoch: str, values: list[str]) -> Expression:
    tests = [_test("kind", kind), _test("scheme", scheme), _test("epoch", epoch)]
    return Boolean("AND", (*tests, _test("value", *dict.fromkeys(values))))


def _test(name: str, *values: str) -> Test:
    literals = tuple(Literal("string", each) for each in values)
    return Test(Path("match-token", (name,)), "=" if len(values) == 1 else "IN", literals)


_NOTED = _test("noted", "noted")
"""Stands where an identifier was found."""
