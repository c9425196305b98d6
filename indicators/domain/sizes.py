"""How large one object may be: what is larger fails alone, before anything else looks at it."""

from __future__ import annotations

from collections.abc import Iterable

from indicators.domain.stix.problem import Problem, selector


MAX_OBJECT_BYTES = 1_000_000
MAX_OBJECT_KEYS = 5_000
MAX_LIST_ITEMS = 10_000
MAX_STRING_BYTES = 100_000


def oversize(obj: object) -> Problem | None:
    """The first of the limits on one object that it breaks; None when it is within all.

    Limits: 1 MB as compact JSON (escapes not counted), 5,000 keys, 10,000 items in a list,
    100 kB in a text. The problem's code is TOO_LARGE.
    """
    size = keys = 0
    pending: list[tuple[list[str | int], object]] = [([], obj)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str):
            length = _bytes_of(value)
            if length > MAX_STRING_BYTES:
                return _too_large(path, f"a text is longer than {MAX_STRING_BYTES} bytes")
            size += length
        elif isinstance(value, dict):
            keys += len(value)
            size += sum(map(_bytes_of, value))
            pending.extend(_below(path, value.items()))
        elif isinstance(value, list):
            if len(value) > MAX_LIST_ITEMS:
                return _too_large(path, f"a list has more than {MAX_LIST_ITEMS} items")
            pending.extend(_below(path, enumerate(value)))
        else:
            size += len(str(value))
        if size > MAX_OBJECT_BYTES or keys > MAX_OBJECT_KEYS:
            message = f"more than {MAX_OBJECT_BYTES} bytes or {MAX_OBJECT_KEYS} keys"
            return _too_large([], message)
    return None


def _below(
    path: list[str | int], members: Iterable[tuple[str | int, object]]
) -> list[tuple[list[str | int], object]]:
    return [([*path, key], value) for key, value in members]


def _bytes_of(text: str) -> int:
    """The text's bytes as a JSON string with a separator."""
    return 3 + (len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")))


def _too_large(path: list[str | int], message: str) -> Problem:
    return Problem(selector(path), message, "TOO_LARGE")
