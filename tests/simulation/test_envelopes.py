"""What invented labs send: valid in itself, each thing once, equal values equal at every lab."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

from indicators.domain.correlation.links import Value
from indicators.simulation import world
from indicators.simulation.envelopes import Envelope, Labs
from indicators.simulation.observables import Observables


EPOCH, MOMENT = "2026Q4", "2026-11-28T09:00:00.000Z"
WORLD = world.make(5, labs=3, campaigns=3, accounts=600)


def sent() -> list[Envelope]:
    labs = Labs(WORLD, EPOCH, MOMENT)
    return [*labs.views(), *labs.reports(range(300)), *labs.reports(range(300, 600))]


@pytest.fixture(scope="module")
def envelopes() -> list[Envelope]:
    return sent()


def test_equal_arguments_give_equal_envelopes(envelopes: list[Envelope]) -> None:
    assert sent() == envelopes


def test_every_account_is_reported_once_by_its_lab(envelopes: list[Envelope]) -> None:
    labs = {n: each.lab for each in envelopes for n in each.accounts.values()}
    assert labs == {n: account.lab for n, account in enumerate(WORLD.accounts)}


def test_a_lab_sends_each_object_once_and_before_it_refers_to_it(
    envelopes: list[Envelope],
) -> None:
    known: dict[int, set[str]] = defaultdict(set)
    for envelope in envelopes:
        ids = [str(each["id"]) for each in envelope.objects]
        assert len(set(ids)) == len(ids)
        assert known[envelope.lab].isdisjoint(ids)
        known[envelope.lab].update(ids)
        assert all(known[envelope.lab].issuperset(references(each)) for each in envelope.objects)


def references(body: Any) -> set[str]:
    single = {body[name] for name in body if name.endswith("_ref")}
    return single | set(body.get("object_refs", ()))


def test_variants_of_a_family_match_and_other_families_do_not() -> None:
    observables = Observables(5, EPOCH)
    one, variant, other = (
        observables.of(Value("prompt-family", text)) for text in ("1-0/0", "1-0/3", "2-0/0")
    )
    assert one["id"] != variant["id"]
    assert matching(one, variant) >= 4
    assert matching(one, other) == 0


def matching(one: Any, other: Any) -> int:
    return sum(a == b for a, b in zip(one["bands"], other["bands"], strict=True))


def test_the_tokens_of_another_seed_or_quarter_are_others() -> None:
    card = Value("pan", "1-0")
    ids = {Observables(*each).of(card)["id"] for each in ((5, EPOCH), (6, EPOCH), (5, "2027Q1"))}
    assert len(ids) == 3
