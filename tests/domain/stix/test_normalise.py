from __future__ import annotations

from itertools import combinations
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.stix.patterns import parse_pattern
from tests.domain.stix.spelling import ATOMS, Tree, a_tree, is_true, spelled


def canonical(text: str) -> str:
    return parse_pattern(text).canonical


SAME = {
    "white space": ["[abc:bcd = 'x']", "[ abc:bcd='x']", "[abc:bcd\n=\t'x' ]"],
    "comments": ["[abc:bcd = 'x']", "[abc:bcd /* why */ = 'x'] // who"],
    "quotes": ["[abc:bcd.cde = 'x']", "[abc:'bcd'.'cde' = 'x']"],
    "operators": ["[abc:bcd = 'x']", "[abc:bcd == 'x']", "[abc:bcd NOT != 'x']"],
    "negation": ["[abc:bcd != 'x']", "[abc:bcd <> 'x']", "[abc:bcd NOT = 'x']"],
    "parentheses": ["[abc:bcd = 'x']", "([(abc:bcd = 'x')])"],
    "order": ["[abc:bcd = 'x' OR abc:bcd = 'y']", "[abc:bcd = 'y' OR abc:bcd = 'x']"],
    "IN": [
        "[abc:bcd IN ('x', 'y')]",
        "[abc:bcd = 'y' OR abc:bcd = 'x']",
        "[abc:bcd IN ('y','x','x')]",
    ],
    "NOT IN": ["[abc:bcd NOT IN ('x', 'y')]", "[abc:bcd != 'y' AND abc:bcd != 'x']"],
    "NOT IN over a list": ["[abc:bcd[*] NOT IN ('x', 'y')]", "[abc:bcd[*] NOT IN ('y', 'x', 'y')]"],
    "observations": [
        "[abc:bcd = 1] OR [cde:efg = 2]",
        "[cde:efg = 2 OR abc:bcd = 1]",
        "([cde:efg = 2]) OR ([abc:bcd = 1])",
    ],
    "duplicates": [
        "[abc:bcd = 1]",
        "[abc:bcd = 1 OR abc:bcd = 1]",
        "[abc:bcd = 1] OR [abc:bcd = 1]",
    ],
    "implied": ["[abc:bcd = 1]", "[abc:bcd = 1 OR (abc:bcd = 1 AND cde:efg = 2)]"],
    "multiplied out": [
        "[abc:bcd = 1 AND (abc:cde = 2 OR abc:efg = 3)]",
        "[abc:efg = 3 AND abc:bcd = 1 OR abc:bcd = 1 AND abc:cde = 2]",
    ],
    "two observations": ["[abc:bcd = 1] AND [cde:efg = 2]", "[cde:efg = 2] AND [abc:bcd = 1]"],
    "three observations": [
        "([abc:bcd = 1] AND [cde:efg = 2]) AND [fgh:ghi = 3]",
        "[fgh:ghi = 3] AND ([cde:efg = 2] AND [abc:bcd = 1])",
    ],
    "what is common to two ways": [
        "[abc:bcd = 1 OR abc:cde = 2] AND [cde:efg = 3]",
        "([cde:efg = 3] AND [abc:cde = 2]) OR ([abc:bcd = 1] AND [cde:efg = 3])",
    ],
    "a way that another implies": [
        "[abc:bcd = 1]",
        "[abc:bcd = 1] OR ([abc:bcd = 1] AND [c:d = 1])",
    ],
    "addresses": ["[ipv4-addr:value = '192.0.2.1']", "[ipv4-addr:value = '192.0.2.1/32']"],
    "networks": ["[ipv4-addr:value = '198.51.100.0/24']", "[ipv4-addr:value = '198.51.100.9/24']"],
    "subsets": [
        "[ipv4-addr:value ISSUBSET '192.0.2.1/32']",
        "[ipv4-addr:value ISSUBSET '192.0.2.1']",
    ],
    "IPv6": [
        "[ipv6-addr:value = '2001:db8::1']",
        "[ipv6-addr:value = '2001:0DB8:0:0:0:0:0:1/128']",
    ],
    "names": [
        "[domain-name:value = 'bücher.example']",
        "[domain-name:value = 'XN--BCHER-KVA.example.']",
    ],
    "resolutions": [
        "[domain-name:resolves_to_refs[*].value = '192.0.2.1']",
        "[domain-name:resolves_to_refs[*].'value' = '192.0.2.1/32']",
    ],
    "e-mail": ["[email-addr:value = 'a@birch.example']", "[email-addr:value = 'A@BIRCH.example']"],
    "hashes": [f"[file:hashes.MD5 = '{'ab' * 16}']", f"[file:hashes.'md5' = '{'AB' * 16}']"],
    "numbers": ["[abc:bcd = 5]", "[abc:bcd = +5]"],
    "fractions": ["[abc:bcd = 0.5]", "[abc:bcd = +.50]"],
    "hexadecimal": ["[abc:bcd = h'ab']", "[abc:bcd = h'AB']"],
    "fingerprints": [
        "[tls-client-fingerprint:value = 'ab']",
        "[tls-client-fingerprint:value = 'AB']",
    ],
}


@pytest.mark.parametrize("spellings", SAME.values(), ids=SAME)
def test_spellings_of_one_meaning_have_one_text(spellings: list[str]) -> None:
    texts = {canonical(spelling) for spelling in spellings}
    assert len(texts) == 1


DIFFERENT = [
    ("[abc:bcd = 'x']", "[abc:bcd = 'X']"),
    ("[abc:bcd = 5]", "[abc:bcd = '5']"),
    ("[abc:bcd = 1] AND [abc:bcd = 1]", "[abc:bcd = 1]"),
    ("[abc:bcd = 1] AND [abc:cde = 2]", "[abc:bcd = 1 AND abc:cde = 2]"),
    ("[abc:bcd = 1] AND [abc:cde = 2]", "[abc:bcd = 1] OR [abc:cde = 2]"),
    ("[abc:bcd[*] NOT = 'x']", "[abc:bcd[*] != 'x']"),
    ("[abc:bcd[*] NOT IN ('x', 'y')]", "[abc:bcd[*] NOT = 'x' AND abc:bcd[*] NOT = 'y']"),
    ("[abc:bcd NOT IN ('x')]", "[abc:bcd IN ('x')]"),
    ("[abc:bcd NOT LIKE 'x']", "[abc:bcd LIKE 'x']"),
    ("[abc:bcd NOT < 5]", "[abc:bcd < 5]"),
    ("[abc:bcd NOT < 5]", "[abc:bcd >= 5]"),
    ("[abc:bcd[0] = 1]", "[abc:bcd[*] = 1]"),
    ("[abc:'bcd[0]' = 1]", "[abc:bcd[0] = 1]"),
    ("[abc:'bcd.cde' = 1]", "[abc:bcd.cde = 1]"),
    ("[ipv4-addr:value = '198.51.100.0/24']", "[ipv4-addr:value ISSUBSET '198.51.100.0/24']"),
    ("[ipv4-addr:value = '198.51.100.0/24']", "[ipv4-addr:value = '198.51.100.0']"),
    ("[domain-name:value LIKE 'A']", "[domain-name:value LIKE 'a']"),
    ("[file:name = 'A']", "[file:name = 'a']"),
    ("[url:value = 'https://birch.example/A']", "[url:value = 'https://birch.example/a']"),
    ("[url:value = 'https://birch.example']", "[url:value = 'http://birch.example']"),
    ("[abc:bcd = h'ab']", "[abc:bcd = 'ab']"),
]


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_patterns_of_two_meanings_have_two_texts(one: str, other: str) -> None:
    assert canonical(one) != canonical(other)


@pytest.mark.parametrize(
    "text",
    [
        "[a:b = 1] FOLLOWEDBY [c:d = 2]",
        "[a:b = 1] REPEATS 2 TIMES",
        "[a:b = 1] OR [c:d = 2] WITHIN 5 SECONDS",
    ],
)
def test_time_and_order_are_told(text: str) -> None:
    assert not parse_pattern(text).is_timeless


def test_what_would_grow_too_large_is_sorted_as_it_stands() -> None:
    pairs = [f"(abc:bcd = {n} OR cde:efg IN ({n}, {n}))" for n in range(8)]
    texts = {canonical(f"[{' AND '.join(order)}]") for order in (pairs, pairs[::-1], pairs * 2)}
    assert len(texts) == 1
    assert texts.pop().count(" OR ") == 8


functions = st.randoms(use_true_random=False)


def table(tree: Tree) -> frozenset[frozenset[str]]:
    """The sets of true atoms for which the function is true."""
    sets = (set(some) for size in range(len(ATOMS) + 1) for some in combinations(ATOMS, size))
    return frozenset(frozenset(some) for some in sets if is_true(tree, some))


@settings(max_examples=200, deadline=None)
@given(functions)
def test_every_spelling_of_a_function_becomes_one_text_and_stays_it(random: Random) -> None:
    tree = a_tree(random)
    one, other = canonical(spelled(tree, random)), canonical(spelled(tree, random))
    assert one == other
    assert canonical(one) == one


@settings(max_examples=200, deadline=None)
@given(functions)
def test_two_texts_are_equal_just_when_the_functions_are(random: Random) -> None:
    one, other = a_tree(random), a_tree(random)
    assert (canonical(spelled(one, random)) == canonical(spelled(other, random))) == (
        table(one) == table(other)
    )


def test_how_often_an_author_says_a_thing_changes_nothing() -> None:
    said = ["(a:b = 1 OR c:d = 2)", "(a:b = 1 OR e:f = 3)", "(c:d = 2 OR e:f = 3)"]
    again = [each.replace("a:b = 1", "a:b IN (1, 1, 1) OR a:b = 1") for each in said * 3]
    assert canonical(f"[{' AND '.join(said)}]") == canonical(f"[{' AND '.join(again)}]")
