"""Findings say which rule and where, never what; and cost linear time."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indicators.domain.screens.detectors import blocked, current_packs, findings


def ids(text: str) -> list[str]:
    return [found.rule_id for found in findings(text)]


def test_a_finding_shows_where_and_not_what() -> None:
    text = "write to rosa@mail.example today"
    [found] = [each for each in findings(text) if each.rule_id == "personal.e-mail"]
    assert text[slice(*found.span)] == "rosa@mail.example"
    assert "rosa" not in repr(found)
    assert (found.kind, found.category, found.action) == ("an e-mail address", "pii", "flag")


def test_where_only_another_reading_matches_the_place_is_the_whole_text() -> None:
    text = "write to rosa[at]mail[dot]example today"
    [found] = [each for each in findings(text) if each.rule_id == "personal.e-mail"]
    assert found.span == (0, len(text))


def test_the_surest_come_first_and_each_rule_once() -> None:
    found = findings("a@b.example c@d.example, card 4111 1111 1111 1111, his wife")
    assert [each.score for each in found] == sorted((each.score for each in found), reverse=True)
    assert len({each.rule_id for each in found}) == len(found)


@pytest.mark.parametrize(
    "text",
    [
        "4111%201111%201111%201111",
        "4111\u200b1111\u200b1111\u200b1111",
        "\uff14111 1111 1111 1111",
        "NDExMSAxMTExIDExMTEgMTExMQ==",
        "&#52;111-1111-1111-1111",
        "x_4111111111111111_y",
    ],
)
def test_a_card_number_is_blocked_in_any_disguise(text: str) -> None:
    rule = blocked(f"paid with {text} again")
    assert rule is not None
    assert rule.kind == "a card number"


HOSTILE = ["a" * 90_000, "4" * 90_000, "4111 " * 18_000, "a@" * 45_000, "password: " * 9_000,
           "aws" * 30_000, "1-" * 45_000, "we our " * 13_000, "sk-" * 30_000, "eyJ." * 22_000,
           "+1 " * 30_000, "our customer " * 7_000, "[" * 90_000, "\u0430" * 90_000]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_hostile_text_costs_linear_time_and_hides_nothing(text: str) -> None:
    before = time.process_time()
    assert blocked(f"{text} AKIAQ2W3E4R5T6Y7U2I3") is not None
    assert "coordination.boycott" in ids(f"{text} boycott them")
    assert time.process_time() - before < 3


@given(st.text(max_size=400))
def test_whatever_is_written_detectors_answer(text: str) -> None:
    for found in findings(text):
        first, last = found.span
        assert 0 <= first <= last <= len(text)


NAMES = (
    "Anna Schmidt",
    "Wei Zhang",
    "Fatima Haddad",
    "Olga Ivanova",
    "Kwame Mensah",
    "Ana Garc\u00eda",
)
PEOPLES = ("Chinese", "Russian", "Iranian", "French", "Brazilian", "Kenyan")


@pytest.mark.parametrize(
    "sentence",
    [
        "The account holder is {name} and the prompts are in {people}.",
        "Most of the prompts were written in {people}.",
        "The {people} operators rotate addresses every hour.",
        "It was reported by {name} on Tuesday.",
    ],
)
def test_no_name_nationality_or_language_changes_what_is_found(sentence: str) -> None:
    told = {
        tuple(ids(sentence.format(name=name, people=people)))
        for name, people in itertools.product(NAMES, PEOPLES)
    }
    assert len(told) == 1


def test_nationality_and_language_alone_are_found_by_nothing() -> None:
    for people in PEOPLES:
        assert ids(f"The operators are {people} and write in {people}.") == []
        assert ids(f"{people} prompts.") == []


def test_blocking_and_flagging_rules_are_kept_apart() -> None:
    packs = current_packs()
    assert {rule.category for rule in packs.block.rules} == {"secret", "pii"}
    personal = {rule.id for rule in packs.block.rules if rule.category == "pii"}
    assert personal == {"personal.card", "personal.patient-story"}
