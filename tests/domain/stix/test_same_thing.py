"""Observables are one, in id and in patterns, just when they are the same thing."""

from __future__ import annotations

from collections.abc import Mapping
from ipaddress import ip_network
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indicators.domain.canonical_sco import canonical_sco
from indicators.domain.stix.ids import sco_id
from indicators.domain.stix.patterns import parse_pattern
from tests.domain.stix.things import SORTS, Parts, Sort


randoms = st.integers(0, 2**32).map(Random)
FEW = settings(max_examples=40, deadline=None)
each_sort = pytest.mark.parametrize("sort", SORTS, ids=lambda sort: sort.type)


def _id(sort: Sort, parts: Parts, random: Random) -> str:
    return sco_id(sort.type, canonical_sco(sort.type, sort.write(random, parts)))


def _pattern(sort: Sort, parts: Parts, random: Random) -> str:
    name, value = list(sort.write(random, parts).items())[-1]
    path = f"{sort.type}:{name}"
    if isinstance(value, Mapping):
        [(algorithm, value)] = value.items()
        path = f"{path}.'{algorithm}'"
    literal = str(value) if isinstance(value, int) else f"'{value}'"
    takes_lists = sort.type != "file"
    comparison = f"IN ({literal})" if takes_lists and random.random() < 0.5 else f"= {literal}"
    return parse_pattern(f"[{path} {comparison}]").canonical


def _thing(sort: Sort, parts: Parts) -> Parts:
    """What is meant: of a network its addresses, of all else its parts."""
    if not sort.type.startswith("ip"):
        return parts
    return (ip_network((int(str(parts[0])), int(str(parts[1]))), strict=False),)


@each_sort
@FEW
@given(randoms)
def test_spellings_of_one_thing_collapse_and_those_of_two_do_not(
    sort: Sort, random: Random
) -> None:
    one = sort.one(random)
    other = random.choice([one, sort.like(one, random)])
    is_same = _thing(sort, one) == _thing(sort, other)
    assert (_id(sort, one, random) == _id(sort, other, random)) == is_same
    assert (_pattern(sort, one, random) == _pattern(sort, other, random)) == is_same
