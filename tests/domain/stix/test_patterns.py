from __future__ import annotations

import contextlib
import dataclasses
import sys
import time

import pytest

from indicators.domain.stix.patterns import Comparison, PatternError, parse_pattern, parse_published


IN_JANUARY = "START t'2026-01-01T00:00:00Z' STOP t'2026-02-01T00:00:00Z'"


def the_comparisons(text: str) -> list[Comparison]:
    return list(parse_pattern(text).comparisons)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[ipv4-addr:value = '192.0.2.1']",
            Comparison("ipv4-addr:value", "=", ("192.0.2.1",), negated=False),
        ),
        (
            "[domain-name:resolves_to_refs[*].value IN ('192.0.2.1/32', 'Birch.example.')]",
            Comparison(
                "domain-name:resolves_to_refs[*].value",
                "IN",
                ("192.0.2.1", "birch.example"),
                negated=False,
            ),
        ),
        (
            "[user-account:extensions.'x'.y NOT LIKE 'a%']",
            Comparison("user-account:extensions.x.y", "LIKE", ("a%",), negated=True),
        ),
        (
            "[network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0] = 'x']",
            Comparison(
                "network-traffic:extensions.'http-request-ext'.request_header.'User-Agent'[0]",
                "=",
                ("x",),
                negated=False,
            ),
        ),
        (
            f"[file:hashes.'sha256' = '{'AB' * 32}']",
            Comparison("file:hashes.'SHA-256'", "=", ("ab" * 32,), negated=False),
        ),
        (
            "[network-traffic:dst_port >= 1024]",
            Comparison("network-traffic:dst_port", ">=", (1024,), negated=False),
        ),
        ("[abc:bcd == -1.50]", Comparison("abc:bcd", "=", (-1.5,), negated=False)),
        ("[abc:bcd <> true]", Comparison("abc:bcd", "!=", (True,), negated=False)),
        ("[abc:bcd NOT = 'x']", Comparison("abc:bcd", "!=", ("x",), negated=False)),
        ("[abc:bcd NOT != 'x']", Comparison("abc:bcd", "=", ("x",), negated=False)),
        ("[abc:bcd[*] NOT = 'x']", Comparison("abc:bcd[*]", "=", ("x",), negated=True)),
        ("[abc:bcd NOT IN ('x')]", Comparison("abc:bcd", "IN", ("x",), negated=True)),
        ("[abc:bcd NOT < 5]", Comparison("abc:bcd", "<", (5,), negated=True)),
        ("[abc:bcd = h'AA']", Comparison("abc:bcd", "=", ("aa",), negated=False)),
        ("[EXISTS abc:bcd]", Comparison("abc:bcd", "EXISTS", (), negated=False)),
        ("[abc:bcd = 'it\\'s \\\\']", Comparison("abc:bcd", "=", ("it's \\",), negated=False)),
        (
            "[ipv4-addr:value ISSUBSET '198.51.100.7/24']",
            Comparison("ipv4-addr:value", "ISSUBSET", ("198.51.100.0/24",), negated=False),
        ),
        (
            "[domain-name:value = 'domain autuo.example']",
            Comparison("domain-name:value", "=", ("domain autuo.example",), negated=False),
        ),
        (
            "[domain-name:value LIKE '%.BIRCH.example']",
            Comparison("domain-name:value", "LIKE", ("%.BIRCH.example",), negated=False),
        ),
    ],
)
def test_a_comparison_is_told_in_canonical_form(text: str, expected: Comparison) -> None:
    assert the_comparisons(text) == [expected]


def test_comparisons_are_told_in_their_order() -> None:
    text = "[abc:one = 1 AND (abc:two = 2 OR abc:six = 6)] FOLLOWEDBY [abc:ten = 10]"
    assert [each.path for each in the_comparisons(text)] == [
        "abc:one",
        "abc:two",
        "abc:six",
        "abc:ten",
    ]


def test_a_pattern_is_frozen_and_keeps_its_text() -> None:
    pattern = parse_pattern("[ abc:bcd='x' ]")
    assert pattern.text == "[ abc:bcd='x' ]"
    with pytest.raises(dataclasses.FrozenInstanceError):
        pattern.text = ""  # type: ignore[misc]  # that is the point


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "SYNTAX"),
        ("ipv4-addr:value = '192.0.2.1'", "SYNTAX"),
        ("[ipv4-addr:value = ]", "SYNTAX"),
        ("[ipv4-addr:value = '192.0.2.1'", "SYNTAX"),
        ("/* x */ [abc:bcd = 1]", "SYNTAX"),
        ("[abc:bcd = '" + "\\'" * 4_900, "SYNTAX"),
        ("[abc:bcd = '" + "\\'" * 4_900 + "\\x']", "SYNTAX"),
        ("[abc:bcd = 1] REPEATS 2 TIMES REPEATS 3 TIMES", "SYNTAX"),
        ("[abc:bcd[-1] = 1]", "SYNTAX"),
        ("[abc:bcd[-0] = 1]", "SYNTAX"),
        ("[abc:bcd IN ()]", "EMPTY_SET"),
        ("[file:hashes.MD5 = 'abc']", "HASH"),
        ("[file:hashes.MD5[0] = 'abc']", "HASH"),
        (f"[file:hashes.MD5 IN ('{'ab' * 16}')]", "HASH"),
        (f"[file:hashes.MD5 LIKE '{'ab' * 16}']", "HASH"),
        (f"[abc:bcd MATCHES '{'a' * 501}']", "REGEX_TOO_LONG"),
        (f"[abc:bcd = {'9' * 31}]", "NUMBER_TOO_LONG"),
        (f"[abc:bcd[{'9' * 5000}] = 1]", "NUMBER_TOO_LONG"),
        (f"[abc:bcd = '{'x' * 10_000}']", "TOO_LONG"),
        ("[" + " OR ".join(["abc:bcd = 1"] * 51) + "]", "TOO_MANY_COMPARISONS"),
        (f"[abc:bcd IN ({', '.join(['1'] * 51)})]", "TOO_MANY_COMPARISONS"),
        ("[" + "(" * 21 + "abc:bcd = 1" + ")" * 21 + "]", "TOO_MANY_PARENTHESES"),
        (" OR ".join(["[abc:bcd = 1]"] * 21), "TOO_MANY_OBSERVATIONS"),
        ("(" * 9_000, "TOO_MANY_PARENTHESES"),
        (
            "[abc:bcd = 1]/*'*/ OR [" + " OR ".join(["abc:bcd = 1"] * 51) + "] //'",
            "TOO_MANY_COMPARISONS",
        ),
    ],
)
def test_a_refused_pattern_says_why_and_is_not_repeated(text: str, code: str) -> None:
    with pytest.raises(PatternError) as refused:
        parse_pattern(text)
    assert refused.value.code == code
    assert "abc" not in str(refused.value)


@pytest.mark.parametrize(
    "text",
    [
        "[" + " OR ".join(f"abc:bcd = {number}" for number in range(50)) + "]",
        f"[abc:bcd IN ({', '.join(map(str, range(50)))})]",
        "[" + "(" * 20 + "abc:bcd = 1" + ")" * 20 + "]",
        " OR ".join(f"[abc:bcd = {number}]" for number in range(20)),
        f"[abc:bcd MATCHES '{'a' * 500}']",
        f"[abc:bcd = '{'(' * 100}{'[' * 100}{',' * 100}{'=' * 100}']",
        "[abc:bcd[*].cde = 1 AND abc:bcd[0].cde = 2 AND abc:bcd[+1] = 3]",
    ],
)
def test_what_is_at_the_limits_passes(text: str) -> None:
    assert parse_pattern(text).canonical


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[ a:b=='x' /* by desk@alder.example */ ]   FOLLOWEDBY ( [c:'d'<>1.50] ) // note\n",
            "[a:b = 'x'] FOLLOWEDBY [c:d != 1.5]",
        ),
        (
            "([a:b = 1] AND [c:d = 2]) WITHIN +300 SECONDS",
            "([a:b = 1] AND [c:d = 2]) WITHIN 300 SECONDS",
        ),
        (
            "[a:b = 1] FOLLOWEDBY ([c:d = 2] FOLLOWEDBY [e:f = 3])",
            "[a:b = 1] FOLLOWEDBY ([c:d = 2] FOLLOWEDBY [e:f = 3])",
        ),
        (
            "([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES",
            "([a:b = 1] REPEATS 2 TIMES) REPEATS 3 TIMES",
        ),
        (
            f"[ipv4-addr:value='192.0.2.1/32']  {IN_JANUARY}",
            f"[ipv4-addr:value = '192.0.2.1'] {IN_JANUARY}",
        ),
    ],
)
def test_what_asks_for_an_order_or_for_times_is_written_anew(text: str, expected: str) -> None:
    assert parse_pattern(text).canonical == expected
    assert parse_pattern(expected).canonical == expected


@pytest.mark.parametrize("qualifier", ["", "REPEATS 2 TIMES"])
def test_text_within_the_limits_may_grow_beyond_them_when_tidied(qualifier: str) -> None:
    url = f"https://birch.example/{'é' * 160}"
    each = [f" url:value='{url}{number}'" for number in range(26)]
    long = f"[{' OR'.join(each)}]{qualifier}"
    text = parse_pattern(long).canonical
    assert len(long.encode()) < 10_000 < len(text)
    assert parse_published(text).canonical == text


def test_running_out_of_stack_is_a_refusal() -> None:
    text = "[" + " OR ".join(f"a:b = h'{number:04x}'" for number in range(50)) + "]"
    assert parse_pattern(text).canonical
    with pytest.raises(PatternError) as refused:
        _deep(lambda: parse_pattern(text), sys.getrecursionlimit() - 60)
    assert refused.value.code == "TOO_DEEP"


def _deep(action: object, levels: int) -> None:
    frame, used = sys._getframe(), 0
    while frame.f_back:
        frame, used = frame.f_back, used + 1
    _down(action, levels - used)


def _down(action: object, levels: int) -> None:
    if levels > 0:
        _down(action, levels - 1)
    else:
        assert callable(action)
        action()


HOSTILE = {
    "many alternatives": "[" + " AND ".join(f"(a:b={n} OR c:d={n})" for n in range(19)) + "]",
    "as many as may be": "[" + " AND ".join(f"(a:b={n} OR c:d={n})" for n in range(7)) + "]",
    "not for the quick reader": "[" + " OR ".join(f"a:b=h'{n:02x}'" for n in range(30)) + "]",
    "no pattern": "[" + " OR ".join(f"a:b={n}" for n in range(45)),
    "parentheses": "[" + "(" * 20 + "a:b=1" + ")" * 20 + " OR a:b=h'00'" * 20 + "]",
    "quotes": "[a:b='" + "\\\\" * 190,
    "comments": "[a:b=1 " + "/*" * 190,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_four_hundred_hostile_bytes_cost_twenty_milliseconds_at_most(text: str) -> None:
    assert len(text) <= 450
    assert any(_seconds(text) < 0.02 for _ in range(5))


def _seconds(text: str) -> float:
    before = time.process_time()
    with contextlib.suppress(PatternError):  # refusing counts as well
        parse_pattern(text)
    return time.process_time() - before
