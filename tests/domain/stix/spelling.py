"""Patterns at random: boolean functions, their many spellings, and texts that are no patterns."""

from __future__ import annotations

from random import Random


Tree = str | tuple[str, list["Tree"]]
"""An atom, or AND or OR with its operands."""

ATOMS = {
    "[ip]": ("ipv4-addr:value", ["192.0.2.1", "192.0.2.1/32"]),
    "[net]": ("ipv4-addr:value", ["198.51.100.0/24", "198.51.100.77/24"]),
    "[name]": ("domain-name:value", ["birch.example", "BIRCH.example.", "Birch.Example"]),
    "[v6]": ("ipv6-addr:value", ["2001:db8::1", "2001:0DB8:0:0::0001/128"]),
    "[url]": ("url:value", ["https://birch.example/A", "HTTPS://Birch.example:443/x/../A#top"]),
    "[to]": ("domain-name:resolves_to_refs[*].value", ["192.0.2.9", "192.0.2.9/32"]),
    "[mail]": ("email-addr:value", ["a@birch.example", "A@Birch.EXAMPLE"]),
}
"""Independent comparisons: a path and spellings of one value."""

_SPACE = [" ", " ", "  ", "\n", "\t", "\u2003", " /* why */ "]


def a_tree(random: Random, *, depth: int = 2) -> Tree:
    """A boolean function of some atoms, without NOT."""
    if depth == 0 or random.random() < 0.3:
        return random.choice(list(ATOMS))
    operands = [a_tree(random, depth=depth - 1) for _ in range(random.choice([1, 2, 2, 3]))]
    return random.choice(["AND", "OR", "OR"]), operands


def is_true(tree: Tree, atoms: set[str]) -> bool:
    """The function's value when exactly these atoms are true."""
    if isinstance(tree, str):
        return tree in atoms
    operator, operands = tree
    return (all if operator == "AND" else any)(is_true(operand, atoms) for operand in operands)


def spelled(tree: Tree, random: Random) -> str:
    """One of the many patterns that mean the function."""
    operator, operands = tree if isinstance(tree, tuple) else ("", [])
    if operator == "OR" and random.random() < 0.5:
        parts = [spelled(operand, random) for operand in _again(operands, random)]
        return f"{_space(random)}OR{_space(random)}".join(parts)
    space = "" if random.random() < 0.5 else _space(random)
    return f"[{space}{_expression(tree, random)}{space}]"


def _expression(tree: Tree, random: Random) -> str:
    if isinstance(tree, str):
        return _comparison(tree, random)
    operator, operands = tree
    texts = [f"({_expression(operand, random)})" for operand in _again(operands, random)]
    return f"{_space(random)}{operator}{_space(random)}".join(texts)


def _again(operands: list[Tree], random: Random) -> list[Tree]:
    """The operands in another order, one of them perhaps twice."""
    more = [*operands, random.choice(operands)] if random.random() < 0.3 else [*operands]
    random.shuffle(more)
    return more


def _comparison(atom: str, random: Random) -> str:
    path, values = ATOMS[atom]
    if random.random() < 0.3:
        path = path.replace(":value", ":'value'").replace(".value", f".{_space(random)}'value'")
    if random.random() < 0.3:
        chosen = ", ".join(f"'{random.choice(values)}'" for _ in range(random.choice([1, 2])))
        return f"{path} IN{_space(random)}({chosen})"
    return f"{path}{_space(random)}{random.choice(['=', '=='])}'{random.choice(values)}'"


def _space(random: Random) -> str:
    return random.choice(_SPACE)


_PATHS = [
    "a:b",
    "ipv4-addr:value",
    "file:hashes.MD5",
    "file:hashes.'SHA-256'",
    "x:y[0]",
    "x:y[-0]",
    "x:'q'.z",
    "x:hashes.own",
    "domain-name:resolves_to_refs[*].value",
    "autonomous-system:number",
    "x:'a-b'",
    "url:value",
]
_CONSTANTS = [
    *("'192.0.2.4'", "'192.0.2.4/32'", "'B.example.'", "5", "-5", "+5", "1.50", "-.5", "true"),
    *("t'2026-01-01T00:00:00Z'", "h'AA'", "b'aGk='", "'a\\'b'", "'\\\\'", "''", "'10.0.0.7/8'"),
    *(f"'{'Ab' * 16}'", f"'{'Ab' * 32}'"),
]
_PIECES = [
    "[",
    "]",
    "(",
    ")",
    "AND",
    "OR",
    "NOT",
    "=",
    "==",
    "!=",
    "<>",
    "<",
    "<=",
    ">=",
    "IN",
    "LIKE",
    "MATCHES",
    "ISSUBSET",
    "EXISTS",
    "FOLLOWEDBY",
    "WITHIN",
    "SECONDS",
    "REPEATS",
    "TIMES",
    "START",
    "STOP",
    "a:b",
    "x:y-z",
    "x-y:z",
    "x:AND",
    "true:a",
    "a:b[*]",
    "[0]",
    "05",
    "5.",
    ".",
    ",",
    ":",
    "*",
    "'",
    "\\",
    "h'a'",
    "//x",
    "/*c*/",
    "AND'x'",
    "NOTIN",
    "x.y",
    "-",
    "h'aa'",
    "5",
    "'x'",
    "\u200b",
]
_QUALIFIERS = [
    "WITHIN 300 SECONDS",
    "WITHIN +3.50 SECONDS",
    "REPEATS 2 TIMES",
    "START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00.500Z'",
]


def a_text(random: Random) -> str:
    """A pattern with anything the grammar has, often with something it has not."""
    if random.random() < 0.2:
        return random.choice(["", " "]).join(random.choices(_PIECES, k=random.randint(1, 9)))
    text = _observations(random, 2)
    if random.random() < 0.6:
        return text
    at = random.randrange(len(text) + 1)
    cut = at + random.choice([0, 0, 1, 3])
    return text[:at] + random.choice([*_PIECES, "", ""]) + text[cut:]


def _observations(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.45:
        return f"[{_comparisons(random, 3)}]"
    inner = _observations(random, depth - 1)
    kind = random.random()
    if kind < 0.2:
        return f"({inner})"
    if kind < 0.35:
        return f"{inner} {random.choice(_QUALIFIERS)}"
    operator = random.choice(["AND", "OR", "OR", "FOLLOWEDBY"])
    return f"{inner} {operator} {_observations(random, depth - 1)}"


def _comparisons(random: Random, depth: int) -> str:
    if depth == 0 or random.random() < 0.4:
        return _any_comparison(random)
    inner = _comparisons(random, depth - 1)
    if random.random() < 0.25:
        return f"({inner})"
    return f"{inner} {random.choice(['AND', 'OR'])} {_comparisons(random, depth - 1)}"


def _any_comparison(random: Random) -> str:
    path, constant = random.choice(_PATHS), random.choice(_CONSTANTS)
    negation = random.choice(["", "", " NOT "])
    space = random.choice(["", " ", "\n"])
    kind = random.random()
    if kind < 0.1:
        return f"EXISTS {path}"
    if kind < 0.25:
        constants = f"{space},{space}".join(random.choices(_CONSTANTS, k=random.randint(1, 3)))
        return f"{path}{negation or ' '}IN{space}({constants})"
    if kind < 0.4:
        operator = random.choice(["LIKE", "MATCHES", "ISSUBSET", "ISSUPERSET"])
        return f"{path}{negation or ' '}{operator}{space}{constant}"
    operator = random.choice(["=", "=", "==", "!=", "<>", "<", ">="])
    return f"{path}{negation}{space}{operator}{space}{constant}"
