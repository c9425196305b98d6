"""The queue's order helps a reviewer: hot first, then what can be let go at a glance."""

from __future__ import annotations

import hashlib
import itertools
import json
from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.screens.queue import look
from indicators.domain.screens.triage import current_model, features, score
from tests.domain.screens.test_detectors import NAMES, PEOPLES


HOT = "Our list price drops to two dollars per million tokens in March."
HARMLESS = "The relay answers with the same header on each host."
UNSURE = "The clock of the second one runs slow."


def rank(text: str, *, is_whole: bool = False) -> int:
    return look({"description": text}, is_whole=is_whole).rank


def test_whole_objects_come_before_texts() -> None:
    for one, other in itertools.product((HOT, HARMLESS, UNSURE), repeat=2):
        assert rank(one, is_whole=True) < rank(other)


def test_hot_comes_first_then_harmless_then_what_nobody_can_tell() -> None:
    assert rank(HOT) < rank(HARMLESS) < rank(UNSURE)


def test_the_rules_that_matched_are_named() -> None:
    found = look({"name": "x", "description": f"{HOT} Ask rosa@mail.example."}, is_whole=False)
    assert {"competition.price", "personal.e-mail"} <= set(found.rule_ids)
    assert "rosa" not in repr(found)


def test_ids_and_times_of_an_object_are_no_text() -> None:
    body = {"id": "note--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f", "created_by_ref": HOT, "type": HOT}
    assert look(body, is_whole=True).rule_ids == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON, st.booleans())
def test_a_rank_fits_its_column_whatever_waits(content: object, is_whole: bool) -> None:  # noqa: FBT001  drawn by hypothesis
    found = look(content, is_whole=is_whole)
    assert 0 <= found.rank <= 1_600
    assert all(len(each) <= 80 for each in found.rule_ids)


def test_of_a_long_text_the_worst_sentence_counts() -> None:
    assert score(f"{HARMLESS} {HOT} {HARMLESS}") == pytest.approx(score(HOT))


@given(st.text(max_size=400))
def test_a_score_is_a_likelihood(text: str) -> None:
    assert 0 <= score(text) <= 1


@pytest.mark.parametrize(
    "sentence",
    [
        "We spoke to {name} about the {people} prompts.",
        "The accounts of {name} write in {people} at night.",
        "They are {people}, says {name}.",
    ],
)
def test_no_name_nationality_or_language_moves_the_score_by_what_it_is(sentence: str) -> None:
    scores = {
        score(sentence.format(name=name, people=people))
        for name, people in itertools.product(NAMES, PEOPLES)
    }
    assert len(scores) == 1


def test_the_model_knows_no_nationality_or_language() -> None:
    known = set(current_model().features)
    words = {word for people in PEOPLES for word in features(people.lower())}
    assert known.isdisjoint(words)


def test_the_weights_are_those_of_the_corpus() -> None:
    folder = resources.files("indicators.policy").joinpath("triage")
    lines = folder.joinpath("corpus.jsonl").read_text("utf-8").splitlines()
    texts = [json.loads(line)["text"] for line in lines]
    weights = json.loads(folder.joinpath("weights.json").read_text("utf-8"))
    assert weights["texts"] == len(set(texts))
    assert weights["corpus"] == hashlib.sha256("\n".join(texts).encode()).hexdigest()
