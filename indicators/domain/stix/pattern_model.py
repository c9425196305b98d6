"""A pattern that was read, and why one is refused.

Limits are those of a hub that reads what strangers send: an indicator is one thing to look for, not
a list of everything. The largest watch-list indicator in the field samples has 17 comparisons.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from indicators.domain.stix.pattern_tree import Node


MAX_BYTES = 10_000
MAX_COMPARISONS = 50
"""Each member of an IN list counts as one: IN is another spelling of OR."""
MAX_PARENTHESES = 20
MAX_OBSERVATIONS = 20
MAX_REGEX = 500
"""Characters of a MATCHES or LIKE constant. Regular expressions are stored, never run here."""
MAX_DIGITS = 30
MAX_TERMS = 256
"""Alternatives of one observation after AND is multiplied out over OR."""


class PatternError(ValueError):
    """The pattern is refused. The message says why and what to do, without repeating it.

    Codes: SYNTAX, TOO_LONG, TOO_MANY_COMPARISONS, TOO_MANY_PARENTHESES, TOO_MANY_OBSERVATIONS,
    TOO_DEEP, NUMBER_TOO_LONG, REGEX_TOO_LONG, HASH, EMPTY_SET.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison of a pattern, path and values in canonical form.

    `path` is written as in patterns (`domain-name:resolves_to_refs[*].value`), `values` is empty
    for EXISTS. Hex, binary and timestamp constants appear as their content.
    """

    path: str
    operator: str
    values: tuple[str | int | float | bool, ...]
    negated: bool
    kinds: tuple[str, ...] = field(default=(), compare=False)
    """Of each value the kind of constant it was written as; see `pattern_tree.Literal`."""


@dataclass(frozen=True, slots=True)
class Pattern:
    """A STIX pattern as it was read.

    `canonical` is the text to publish, and what makes two patterns one: the same for all that mean
    the same; of those that are too large to be multiplied out, or not timeless, for all that differ
    in spelling and order alone. It can be larger than a pattern that is sent may be.
    """

    text: str
    comparisons: tuple[Comparison, ...]
    canonical: str
    is_timeless: bool
    """It has no FOLLOWEDBY and no qualifiers."""
    tree: Node = field(repr=False, compare=False)
    """The syntax tree, constants in canonical form."""
