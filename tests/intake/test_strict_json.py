from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.intake.strict_json import (
    MAX_DEPTH,
    MAX_VALUES,
    StrictJSONError,
    loads_strict,
)


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
