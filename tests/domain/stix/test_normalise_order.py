"""No pattern goes out in its author's order, however large, and none is refused for its size."""

from __future__ import annotations

import pytest
from stix2patterns.validator import run_validator

from indicators.domain.stix.patterns import parse_pattern, parse_published


LONG = [f"{letter * 180}.example" for letter in "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstu"]
AGENT = "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'"
HASHES = [f"file:hashes.MD5 = '{number:032x}'" for number in range(24)]
PORTS = [f"network-traffic:dst_port = {number}" for number in range(24)]


def canonical(text: str) -> str:
    return parse_pattern(text).canonical


def test_a_list_too_long_to_be_taken_apart_is_sorted() -> None:
    lists = [", ".join(f"'{each}'" for each in order) for order in (LONG, LONG[::-1])]
    texts = {canonical(f"[{AGENT} IN ({each})]") for each in lists}
    assert len(texts) == 1
    assert len(texts.pop()) < len(lists[0])


def test_of_a_list_too_long_to_be_taken_apart_in_is_or() -> None:
    names, more = [f"'{each[:60]}'" for each in LONG[:26]], "a:b = 1 OR a:c = 2"
    listed = f"{AGENT} IN ({', '.join(names)})"
    joined = " OR ".join(f"{AGENT} = {each}" for each in names)
    assert canonical(f"[{listed} AND ({more})]") == canonical(f"[({more}) AND ({joined})]")


def test_what_is_too_large_to_be_multiplied_out_is_sorted_and_stays_valid() -> None:
    one, other = (
        f"[({' OR '.join(hashes)}) AND ({' OR '.join(ports)})]"
        for hashes, ports in ((HASHES, PORTS), (HASHES[::-1], PORTS[::-1]))
    )
    text = canonical(one)
    assert text == canonical(other) == parse_published(text).canonical
    assert run_validator(text, "2.1") == []


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
def test_what_asks_for_times_is_sorted_where_order_means_nothing(text: str, expected: str) -> None:
    assert canonical(text) == expected
