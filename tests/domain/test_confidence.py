"""What all who stand behind an object say together: noisy-or, capped, decaying, order of no use."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.confidence import (
    Backing,
    Word,
    alone,
    capped,
    combined,
    is_news,
    on_scale,
    terms_of,
    together,
    weight,
)
from indicators.domain.decay import current_decay


DECAY = current_decay()
RULE = DECAY.weight
TODAY = date(2026, 11, 28)
DAY = timedelta(days=1)
shares = st.lists(st.floats(0, 1), max_size=9)


def word(member: str, **fields: Any) -> Word:
    made = Word(
        member=member.encode(), tag=f"{member} sent".encode(), basis="own-telemetry", active=True,
        is_first=False, confidence=85, end=None, begun=TODAY, seen=TODAY,
    )  # fmt: skip
    return replace(made, **fields)


def backing(*words: Word, kind: str = "domain", **sightings: date) -> Backing:
    return Backing(kind, words, {name.encode(): day for name, day in sightings.items()})


def believed(behind: Backing, weights: Mapping[bytes, float] | None = None) -> int | None:
    weights = weights or {each.tag: 0.8 for each in behind.words}
    return together(behind, weights, today=TODAY, decay=DECAY).confidence


words = st.builds(
    word,
    st.sampled_from(["alder", "birch", "cedar", "dogwood"]),
    tag=st.binary(min_size=4, max_size=4),
    basis=st.sampled_from(["own-telemetry", "public", "from-feed"]),
    confidence=st.sampled_from([0, 15, 50, 85]),
    seen=st.dates(TODAY - 200 * DAY, TODAY),
)
backings = st.builds(
    Backing,
    kind=st.sampled_from(sorted(DECAY.kinds)),
    words=st.lists(words, max_size=6, unique_by=lambda each: each.tag).map(tuple),
    sightings=st.dictionaries(
        st.sampled_from([b"alder", b"birch", b"elm"]), st.dates(TODAY - 200 * DAY, TODAY)
    ),
)


def score(behind: Backing, of: float = 0.8) -> float:
    """Before it is put on the scale."""
    weights = {each.tag: of for each in behind.words}
    terms = terms_of(behind, weights, today=TODAY, decay=DECAY)
    return combined(terms.values(), most=DECAY.most)


@given(shares, st.floats(0, 1))
def test_one_more_never_makes_it_less(terms: list[float], more: float) -> None:
    assert combined([*terms, more], most=95) >= combined(terms, most=95) - 1e-9


@given(shares, st.integers(0, 99))
def test_nothing_is_believed_beyond_the_cap_of_all(terms: list[float], most: int) -> None:
    assert 0 <= combined(terms, most=most) <= most


@given(backings, st.randoms())
def test_the_order_is_of_no_use(behind: Backing, chance: random.Random) -> None:
    words = list(behind.words)
    chance.shuffle(words)
    assert score(replace(behind, words=tuple(words))) == score(behind)


@given(backings)
def test_it_decays(behind: Backing) -> None:
    weights = {each.tag: 0.8 for each in behind.words}
    said = [
        together(behind, weights, today=TODAY + days * DAY, decay=DECAY).confidence or 0
        for days in (0, 1, 10, 100, 400)
    ]
    assert said == sorted(said, reverse=True)


@given(backings)
def test_a_member_counts_once_however_often_it_sends(behind: Backing) -> None:
    doubled = tuple(replace(each, tag=each.tag + b"again") for each in behind.words)
    assert score(replace(behind, words=behind.words + doubled)) == pytest.approx(score(behind))


@given(backings)
def test_who_weighs_more_is_believed_more(behind: Backing) -> None:
    assert score(behind, RULE.least) <= score(behind, RULE.most) + 1e-9


@given(st.sampled_from(sorted(DECAY.kinds)), st.sampled_from([0, 15, 50, 85]))
def test_alone_nobody_is_believed_beyond_what_such_a_thing_can_prove(
    kind: str, stated: int
) -> None:
    first = word("alder", confidence=stated, is_first=True)
    said = alone(backing(first, kind=kind), first, today=TODAY, decay=DECAY).confidence
    assert said is not None
    assert said <= capped(100, DECAY.model(kind))
    assert said <= stated


def test_what_was_read_elsewhere_counts_once_whoever_read_it() -> None:
    one = backing(word("alder", basis="public"))
    three = backing(*(word(lab, basis="public") for lab in ("alder", "birch", "cedar")))
    assert score(one) == score(three)
    assert score(backing(word("alder"), word("birch"))) > score(one)


def test_three_labs_make_what_none_makes_alone() -> None:
    one, three = backing(word("a")), backing(word("a"), word("b"), word("c"))
    assert (believed(one), believed(three)) == (50, 85)
    asn = replace(three, kind="asn")
    assert believed(asn) == 15


def test_a_sighting_sets_a_contributors_clock_back_and_counts_once() -> None:
    old = word("alder", seen=TODAY - 50 * DAY)
    assert score(backing(old)) < score(backing(old, alder=TODAY))
    assert score(backing(old, alder=TODAY)) == score(backing(word("alder")))


def test_what_its_member_sends_again_under_another_id_sets_the_clock_back_too() -> None:
    first = word("alder", is_first=True, seen=TODAY - 50 * DAY, end=at(1))
    again = backing(first, word("alder", tag=b"again"))
    sighted = backing(first, alder=TODAY)
    assert alone(again, first, today=TODAY, decay=DECAY) == alone(
        sighted, first, today=TODAY, decay=DECAY
    )


def test_a_sighting_of_another_member_is_one_more() -> None:
    assert score(backing(word("alder"), birch=TODAY)) > score(backing(word("alder")))


def test_alone_neither_others_nor_weights_count() -> None:
    first = word("alder", is_first=True, confidence=50, seen=TODAY - 30 * DAY)
    others = (word("birch", confidence=85), word("cedar"))
    lonely = alone(backing(first), first, today=TODAY, decay=DECAY)
    assert alone(backing(first, *others, dogwood=TODAY), first, today=TODAY, decay=DECAY) == lonely


def test_members_are_those_who_saw_it_themselves() -> None:
    behind = backing(
        word("alder"), word("birch", basis="public"), word("cedar", active=False),
        word("alder", tag=b"twice"), elm=TODAY, alder=TODAY,
    )  # fmt: skip
    assert behind.members == {b"alder", b"elm"}


def test_what_the_first_took_back_goes_on_leading_until_it_shows_anyway() -> None:
    gone = word("alder", is_first=True, active=False, begun=TODAY - 2 * DAY)
    behind = backing(word("cedar"), word("birch", begun=TODAY - DAY), gone)
    assert behind.lead(active=False) == gone
    assert behind.lead(active=True) == behind.words[1]
    assert backing(word("birch")).lead(active=False) is None


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 12, day, hour, tzinfo=UTC)


def test_the_latest_end_counts_and_the_firsts_hour_on_its_own_day() -> None:
    first = word("alder", is_first=True, end=at(5, 10))
    for other, latest in ((at(4), at(5, 10)), (at(6), at(5, 10)), (at(7), at(7))):
        behind = backing(first, word("birch", end=other))
        said = together(behind, dict.fromkeys((b"alder sent", b"birch sent"), 0.8),
                        today=TODAY, decay=DECAY)  # fmt: skip
        assert said.end == latest


def test_a_later_sighting_sets_the_end_back() -> None:
    first = word("alder", is_first=True, end=at(1, 10), seen=TODAY - 40 * DAY)
    said = alone(backing(first, alder=TODAY), first, today=TODAY, decay=DECAY)
    assert said.end == datetime(2027, 1, 26, tzinfo=UTC)
    said = alone(backing(first, alder=first.seen), first, today=TODAY, decay=DECAY)
    assert said.end == at(1, 10)


@pytest.mark.parametrize(
    ("standing", "wanted"),
    [(20, 19), (20, 31), (7, 8)],
)
def test_an_end_moves_where_it_matters(standing: int, wanted: int) -> None:
    assert is_news(at(standing), at(wanted), lives=40 * DAY, now=at(1), step=0.25)


@pytest.mark.parametrize("wanted", [20, 24])
def test_and_nowhere_else(wanted: int) -> None:
    assert not is_news(at(20), at(wanted), lives=40 * DAY, now=at(1), step=0.25)


def test_what_lasts_has_no_step() -> None:
    assert not is_news(at(20), at(20), lives=None, now=at(1), step=0.25)


@pytest.mark.parametrize(
    ("confidence", "step"),
    [(0, 0), (0.9, 0), (1, 15), (29.9, 15), (30, 50), (69.9999999, 50 + 35), (69.9, 50), (95, 85)],
)
def test_the_scale_is_that_of_the_standard(confidence: float, step: int) -> None:
    assert on_scale(confidence) == step


histories = st.dictionaries(st.sampled_from(sorted(RULE.values)), st.integers(0, 1000))


@given(histories)
def test_a_weight_stays_within_its_bounds(history: dict[str, int]) -> None:
    assert RULE.least <= weight(history, RULE) <= RULE.most


@given(histories, st.integers(1, 500))
def test_who_takes_back_a_lot_weighs_less(history: dict[str, int], more: int) -> None:
    worse = {**history, "taken-back": history.get("taken-back", 0) + more}
    best = {**history, "corroborated": history.get("corroborated", 0) + more}
    worst = {**history, "upheld": history.get("upheld", 0) + more}
    assert weight(worst, RULE) <= weight(worse, RULE) < weight(best, RULE)


def test_a_newcomer_is_one_until_it_is_known() -> None:
    assert weight({}, RULE) == pytest.approx(RULE.newcomer)
    assert weight({"standing": 500}, RULE) == pytest.approx(RULE.newcomer, abs=0.01)
    assert weight({"corroborated": 500}, RULE) > 0.93
    assert weight({"taken-back": 500}, RULE) < 0.6
    assert weight({"taken-back": 1}, RULE) > 0.73
