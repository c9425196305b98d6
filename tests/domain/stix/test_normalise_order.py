"""No pattern goes out in the order of its author, however large it is."""

from __future__ import annotations

import pytest

from indicators.domain.stix.normalise import emit
from indicators.domain.stix.patterns import parse_pattern


LONG = [f"'{letter * 180}.example'" for letter in "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu"]


def test_a_list_too_long_to_be_taken_apart_is_sorted() -> None:
    path = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
    one, other = (f"[{path} IN ({', '.join(order)})]" for order in (LONG, LONG[::-1]))
    canonical = parse_pattern(one).canonical
    assert canonical is not None
    assert parse_pattern(other).canonical == canonical == emit(parse_pattern(canonical))
    assert len(canonical) < len(one)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[c:d = 2 OR a:b IN (2, 1)] FOLLOWEDBY [b:c = 1]",
            "[a:b IN (1, 2) OR c:d = 2] FOLLOWEDBY [b:c = 1]",
        ),
        (
            "([c:d = 2] AND [a:b = 1]) WITHIN 5 SECONDS",
            "([a:b = 1] AND [c:d = 2]) WITHIN 5 SECONDS",
        ),
        ("[c:d = 2] FOLLOWEDBY [a:b = 1]", "[c:d = 2] FOLLOWEDBY [a:b = 1]"),
    ],
)
def test_what_has_no_canonical_text_is_sorted_where_order_means_nothing(
    text: str, expected: str
) -> None:
    assert parse_pattern(text).canonical is None
    assert emit(parse_pattern(text)) == expected
