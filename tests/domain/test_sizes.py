from __future__ import annotations

import pytest

from indicators.domain.sizes import oversize


@pytest.mark.parametrize(
    ("obj", "path"),
    [
        ({"a": "x" * 100_001}, "a"),
        ({"a": {"b": ["y", "ä" * 50_001]}}, "a.b.[1]"),
        ({"a": list(range(10_001))}, "a"),
        ({f"a{n}": 1 for n in range(5_001)}, ""),
        ({"a": [{"b": 1, "c": 2}] * 2_600}, ""),
        ({f"a{n}": "x" * 99_000 for n in range(11)}, ""),
    ],
)
def test_an_object_beyond_a_limit_is_told(obj: object, path: str) -> None:
    problem = oversize(obj)
    assert problem is not None
    assert (problem.path, problem.code) == (path, "TOO_LARGE")


@pytest.mark.parametrize(
    "obj",
    [
        {},
        {"a": "x" * 99_900},
        {"a": list(range(10_000))},
        {f"a{n}": None for n in range(5_000)},
        {f"a{n}": "x" * 99_000 for n in range(10)},
    ],
)
def test_an_object_within_the_limits_is_let_pass(obj: object) -> None:
    assert oversize(obj) is None
