"""JSON from strangers: one meaning for every reader, in linear time, or refused.

Refuses what parsers read differently or choke on: other encodings than UTF-8, a byte order mark,
nesting beyond 64 or more than 500,000 values (both counted before parsing), duplicate keys, NaN and
infinities, numbers that overflow, integers that do not fit a double, NUL and lone surrogates, and a
top level that is no object.
Sources: RFC 8259, RFC 7493 (I-JSON). 10 MiB take less than a second.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import NoReturn, cast


MAX_DEPTH = 64
MAX_VALUES = 500_000
"""Fifty for each of 10,000 objects; millions of tiny values take seconds to build."""
MAX_INTEGER = 2**53 - 1

# a string that is not closed ends with the body: looking for its end from each quote is quadratic
_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+(?:"|\\?\Z)', re.DOTALL)
_BRACKETS = bytes.maketrans(b"{}", b"[]")
_NOT_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_LONG_INTEGER = re.compile(rb"[0-9]{16}")
_MAY_OVERFLOW = re.compile(rb"[eE][+-]?0*[1-9][0-9]{2}|[0-9.]{200}")
_ESCAPED_NUL = re.compile(rb"(?<!\\)(?:\\\\)*+\\u0000")
_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")


class StrictJSONError(ValueError):
    """The body is refused; the message says why and is fit to be shown to its sender.

    Codes: ENCODING, SYNTAX, DEPTH, TOO_MANY, DUPLICATE_KEY, NUMBER, CHARACTER, TOP_LEVEL.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


def loads_strict(raw: bytes) -> dict[str, object]:
    """The JSON object that the bytes hold.

    Raises:
        StrictJSONError: the bytes are not one JSON object that all readers agree on.
    """
    text = _decoded(raw)
    # each value has at most a key and a text; counting first keeps the next step short
    _check_count((raw.count(b'"') - raw.count(b'\\"')) // 4)
    bare = _STRING.sub(b"", raw)
    _check_count(bare.count(b",") + bare.count(b"[") + bare.count(b"{"))
    _check_depth(bare)
    if b"\\u0000" in raw and _ESCAPED_NUL.search(raw):
        raise StrictJSONError("CHARACTER", "a text contains the character NUL (\\u0000)")
    value = _parsed(text, bare)
    if not isinstance(value, dict):
        raise StrictJSONError("TOP_LEVEL", "the body must be a JSON object")
    if b"\\u" in raw and _SURROGATE.search(raw):
        _check_surrogates(value)
    return cast("dict[str, object]", value)


def _decoded(raw: bytes) -> str:
    if raw.startswith(b"\xef\xbb\xbf"):
        raise StrictJSONError("ENCODING", "the body begins with a byte order mark: leave it out")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        message = f"the body is not UTF-8 (byte {error.start + 1})"
        raise StrictJSONError("ENCODING", message) from error


def _check_count(values: int) -> None:
    if values > MAX_VALUES:
        message = f"the body has more than {MAX_VALUES} values: send it in parts"
        raise StrictJSONError("TOO_MANY", message)


def _check_depth(bare: bytes) -> None:
    """Take away one level of brackets after the other: nothing recurses, nothing loops per byte."""
    brackets = bare.translate(_BRACKETS, _NOT_BRACKETS)
    for _level in range(MAX_DEPTH):
        if b"[]" not in brackets:
            break
        brackets = brackets.replace(b"[]", b"")
    if b"[]" in brackets or brackets.count(b"[") > MAX_DEPTH:
        raise StrictJSONError("DEPTH", f"the body is nested deeper than {MAX_DEPTH} levels")


def _parsed(text: str, bare: bytes) -> object:
    # each hook costs a call per number, so it is set only where a number may need it
    parse_int: Callable[[str], int] | None = _integer if _LONG_INTEGER.search(bare) else None
    parse_float: Callable[[str], float] | None = _float if _MAY_OVERFLOW.search(bare) else None
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_no_constant,
            parse_int=parse_int,
            parse_float=parse_float,
        )
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise StrictJSONError("SYNTAX", f"not JSON: {error.msg} at {where}") from error


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise StrictJSONError("DUPLICATE_KEY", "an object has the same key twice")
    return members


def _no_constant(_name: str) -> NoReturn:
    raise StrictJSONError("NUMBER", "NaN and Infinity are not JSON")


def _integer(text: str) -> int:
    if len(text) > len(str(-MAX_INTEGER)) or abs(int(text)) > MAX_INTEGER:
        raise StrictJSONError("NUMBER", "an integer is beyond ±(2^53 - 1)")
    return int(text)


def _float(text: str) -> float:
    value = float(text)
    if value in {float("inf"), float("-inf")}:
        raise StrictJSONError("NUMBER", "a number is too large")
    return value


def _check_surrogates(value: object) -> None:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        message = "a text contains half of a surrogate pair (\\ud800 to \\udfff)"
        raise StrictJSONError("CHARACTER", message) from error
