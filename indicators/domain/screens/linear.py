"""Regular expressions that cost time linear in the text, whoever wrote it: RE2, and nothing else.

What RE2 cannot say (look-around, back references) is refused when a form is built, never run by
another engine. Source: https://github.com/google/re2/wiki/Syntax.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import re2


_MEMORY = 64 << 20
"""Bytes one set may use for its states; beyond its default a large set would match nothing."""
_OPTIONS = re2.Options()
_OPTIONS.max_mem = _MEMORY
_OPTIONS.log_errors = False


class FormError(ValueError):
    """The expression is none that RE2 can run; the message says what is wrong with it."""


class Form:
    """One expression."""

    __slots__ = ("_form", "pattern")

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        try:
            self._form = re2.compile(pattern, _OPTIONS)
        except re2.error as error:
            said = error.args[0]
            raise FormError(said.decode() if isinstance(said, bytes) else str(said)) from error

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Begin and end of every match, in characters, from left to right."""
        for found in self._form.finditer(text):
            first, last = found.span()
            yield int(first), int(last)

    def replaced(self, text: str, by: str) -> str:
        """The text with every match replaced by a plain text."""
        return str(self._form.sub(lambda _: by, text))

    def found_in(self, text: str) -> bool:
        """Whether it matches anywhere."""
        return self._form.search(text) is not None


class FormSet:
    """Many expressions, looked for in one pass."""

    __slots__ = ("_set",)

    def __init__(self, patterns: Sequence[str]) -> None:
        self._set = re2.Set.SearchSet(_OPTIONS)
        for pattern in patterns:
            self._set.Add(pattern)
        self._set.Compile()

    def found_in(self, text: str) -> tuple[int, ...]:
        """The places, in the sequence of patterns, of those that match anywhere."""
        return tuple(sorted(self._set.Match(text) or ()))
