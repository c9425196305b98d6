"""Limits on a pattern's text, counted before anything parses it.

ANTLR takes about 0.2 ms per comparison and recurses on what it reads, so nothing large or deep may
reach it; of an unclosed string it reads the rest again from each quote, so none reaches it either.
Counting is one pass over the text with its strings and comments taken out.
"""

from __future__ import annotations

import re

from indicators.domain.stix.pattern_model import (
    MAX_BYTES,
    MAX_COMPARISONS,
    MAX_DIGITS,
    MAX_OBSERVATIONS,
    MAX_PARENTHESES,
    PatternError,
)


_STRING_OR_COMMENT = r"'(?:[^'\\]|\\['\\])*+'|//[^\r\n]*+|/\*.*?(?:\*/|\Z)"
_SKIPPED = re.compile(_STRING_OR_COMMENT, re.DOTALL)
_CLOSED = re.compile(rf"(?:{_STRING_OR_COMMENT}|[^'])*+", re.DOTALL)
_IN_LIST = re.compile(r"\bIN\s*\(")
_COMPARISON = re.compile(r"==?|!=|<>|<=?|>=?|,|\b(?:IN|LIKE|MATCHES|ISSUBSET|ISSUPERSET|EXISTS)\b")
_OBSERVATION = re.compile(r"\[(?!\s*(?:\*|[+-]?[0-9]+)\s*\])")
_DIGITS = re.compile(rf"[0-9]{{{MAX_DIGITS + 1}}}")

_SMALL = 200
_FEW = 20


def check(text: str) -> None:
    """Refuse a text that is too large to be parsed.

    Raises:
        PatternError: SYNTAX, TOO_LONG, TOO_MANY_COMPARISONS, TOO_MANY_PARENTHESES,
            TOO_MANY_OBSERVATIONS, NUMBER_TOO_LONG.
    """
    if _is_small(text):
        return
    if len(text.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise PatternError("TOO_LONG", f"the pattern is longer than {MAX_BYTES} bytes: split it")
    if not _CLOSED.fullmatch(text):
        raise PatternError(
            "SYNTAX", "a text is not closed by ', or has a \\ before other than ' or \\"
        )
    bare = _SKIPPED.sub(" ", text)
    _at_most(MAX_COMPARISONS, len(_COMPARISON.findall(bare)), "comparisons")
    _at_most(MAX_PARENTHESES, bare.count("(") - len(_IN_LIST.findall(bare)), "parentheses")
    _at_most(MAX_OBSERVATIONS, len(_OBSERVATION.findall(bare)), "observations")
    if _DIGITS.search(bare):
        raise PatternError("NUMBER_TOO_LONG", f"a number has more than {MAX_DIGITS} digits")


def _is_small(text: str) -> bool:
    """Whether the text is too short to break a limit: a comparison takes eight characters."""
    return (
        len(text) <= _SMALL
        and text.count(",") < _FEW
        and text.count("(") < _FEW
        and text.count("[") < _FEW
    )


def _at_most(most: int, count: int, what: str) -> None:
    if count > most:
        raise PatternError(
            f"TOO_MANY_{what.upper()}",
            f"the pattern has {count} {what}, {most} are allowed: split it in several indicators",
        )
