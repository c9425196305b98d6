from __future__ import annotations

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.intake.strict_json import (
    MAX_DEPTH,
    MAX_VALUES,
    StrictJSONError,
    loads_strict,
)


MIB = 2**20
STRICT = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.text(st.characters(codec="utf-8", exclude_characters="\0")), inner, max_size=3
        )
    ),
    max_leaves=10,
)


def refusal(raw: bytes) -> str:
    with pytest.raises(StrictJSONError) as refused:
        loads_strict(raw)
    return refused.value.code


@given(st.dictionaries(st.text(st.characters(codec="utf-8", exclude_characters="\0")), STRICT))
def test_ordinary_json_is_read_as_it_is(value: dict[str, object]) -> None:
    assert loads_strict(json.dumps(value).encode()) == value
    assert loads_strict(json.dumps(value, ensure_ascii=False, indent=1).encode()) == value


@given(st.binary(max_size=40))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    try:
        value = loads_strict(raw)
    except StrictJSONError:
        return
    assert json.loads(raw) == value


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        (b"", "SYNTAX"),
        (b"{", "SYNTAX"),
        (b'{"a": 1} x', "SYNTAX"),
        (b'{"a": 01}', "SYNTAX"),
        (b"{'a': 1}", "SYNTAX"),
        (b'{"a": "\x01"}', "SYNTAX"),
        (b'\xef\xbb\xbf{"a": 1}', "ENCODING"),
        ('{"a": "ä"}'.encode("latin-1"), "ENCODING"),
        ('{"a": 1}'.encode("utf-16"), "ENCODING"),
        ('{"a": 1}'.encode("utf-32-le"), "SYNTAX"),
        (b'{"a": "\xed\xa0\x80"}', "ENCODING"),
        (b"[]", "TOP_LEVEL"),
        (b'"a"', "TOP_LEVEL"),
        (b"null", "TOP_LEVEL"),
        (b'{"a": 1, "a": 1}', "DUPLICATE_KEY"),
        (b'{"a": [{"b": 1, "\\u0062": 2}]}', "DUPLICATE_KEY"),
        (b'{"a": NaN}', "NUMBER"),
        (b'{"a": -Infinity}', "NUMBER"),
        (b'{"a": 1e999}', "NUMBER"),
        (b'{"a": -1E+0400}', "NUMBER"),
        (b'{"a": ' + b"9" * 400 + b".0}", "NUMBER"),
        (b'{"a": 9007199254740992}', "NUMBER"),
        (b'{"a": -9007199254740992}', "NUMBER"),
        (b'{"a": ' + b"9" * 5000 + b"}", "NUMBER"),
        (b'{"a": "x\\u0000"}', "CHARACTER"),
        (b'{"\\u0000": 1}', "CHARACTER"),
        (b'{"a": "\\ud800"}', "CHARACTER"),
        (b'{"a": "\\udc00\\ud800"}', "CHARACTER"),
        (b'{"\\uDBFF": 1}', "CHARACTER"),
        (b'{"a": "\\\\\\ud83dx\\\\ude00"}', "CHARACTER"),
        (b'{"a": ' + b"[" * 64 + b"]" * 64 + b"}", "DEPTH"),
        (b"[" * 100_000, "DEPTH"),
        (b'{"a":' * 100_000, "DEPTH"),
        (b'{"a": [' + b"1," * MAX_VALUES + b"1]}", "TOO_MANY"),
        (b'"' * (4 * MAX_VALUES + 4), "TOO_MANY"),
    ],
)
def test_what_readers_disagree_on_is_refused(raw: bytes, code: str) -> None:
    assert refusal(raw) == code


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        (b'{"a": "\\ud83d\\ude00"}', "\U0001f600"),
        (b'{"a": "\\\\ud800"}', "\\ud800"),
        (b'{"a": "\\\\u0000"}', "\\u0000"),
        (b'{"a": "[[{{\\"[["}', '[[{{"[['),
        (b'{"a": 9007199254740991}', 2**53 - 1),
        (b'{"a": 1e300}', 1e300),
        (b'{"a": 12345678901234567890.5}', 12345678901234567890.5),
        (b'{"a": "1e999 NaN 99999999999999999999"}', "1e999 NaN 99999999999999999999"),
        (b'\n\t{"a": {}}\r\n ', {}),
    ],
)
def test_what_only_looks_wrong_is_read(raw: bytes, value: object) -> None:
    assert loads_strict(raw) == {"a": value}


def test_the_deepest_body_is_read() -> None:
    inner = MAX_DEPTH - 1
    assert loads_strict(b'{"a": ' + b"[" * inner + b"]" * inner + b"}")


def test_a_refusal_says_where_and_does_not_repeat_the_body() -> None:
    with pytest.raises(StrictJSONError, match="line 2, column 9") as refused:
        loads_strict(b'{\n "abc": secret}')
    assert "secret" not in str(refused.value)


HOSTILE = {
    "text": b'{"a":"' + b"x" * 10 * MIB + b'"}',
    "escapes": b'{"a":"' + b"\\\\" * 5 * MIB + b'"}',
    "no end": b'{"a":"' + b"\\\\" * 5 * MIB,
    "escaped quotes, no end": b'{"a":"' + b'\\"' * 5 * MIB,
    "emoji": b'{"a":"' + b"\\ud83d\\ude00" * (10 * MIB // 12) + b'"}',
    "half emoji": b'{"a":"' + b"\\ud83d" * (10 * MIB // 6) + b'"}',
    "open lists": b"[" * 10 * MIB,
    "empty lists": b'{"a":[' + b"[]," * 3 * MIB + b"1]}",
    "open objects": b'{"a":' * 2 * MIB,
    "empty texts": b'{"a":[' + b'"",' * 3 * MIB + b"1]}",
    "digits": b'{"a":' + b"1" * 10 * MIB + b"}",
    "fraction": b'{"a":0.' + b"1" * 10 * MIB + b"}",
    "quotes": b'"' * 10 * MIB,
    "as many as may be": b'{"a":[' + b'{"b":[1]},' * (MAX_VALUES // 3 - 1) + b"1]}",
}


@pytest.mark.parametrize("raw", HOSTILE.values(), ids=HOSTILE)
def test_ten_mebibytes_cost_a_second_at_most(raw: bytes) -> None:
    assert any(_seconds(raw) < 1 for _ in range(3))


def _seconds(raw: bytes) -> float:
    before = time.process_time()
    try:
        loads_strict(raw)
    except StrictJSONError:
        return time.process_time() - before
    return time.process_time() - before
