"""The rules of review and the Forum's own texts, as data."""

from __future__ import annotations

import itertools
import re
from importlib import resources

import pytest

from indicators.domain.disclosure import PolicyError
from indicators.domain.outcomes import NEVER_WAIVED, Reason
from indicators.domain.review_policy import current_review_policy, read_review_policy
from indicators.domain.review_templates import (
    TemplateError,
    current_templates,
    read_templates,
)
from indicators.domain.screens.detectors import findings


def text_of(name: str) -> str:
    return resources.files("indicators.policy").joinpath(name).read_text("utf-8")


def test_naming_and_markings_need_two_people() -> None:
    rules = current_review_policy()
    assert rules.needs_two([Reason.FREE_TEXT, Reason.NAMED_ENTITY])
    assert rules.needs_two([Reason.ATTRIBUTION])
    assert rules.needs_two([Reason.STRICTER_MARKING])
    assert not rules.needs_two([Reason.FREE_TEXT, Reason.BROAD_PATTERN])
    assert rules.two_people.isdisjoint(NEVER_WAIVED)


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('"ATTRIBUTION", "NAMED_ENTITY"', '"NO_SUCH_REASON"'),
        ("hours = 4", "hours = 0"),
        ("closes = 17:00:00", "closes = 08:00:00"),
        ("weekdays = [1, 2, 3, 4, 5]", "weekdays = []"),
        ("weekdays = [1, 2, 3, 4, 5]", "weekdays = [0, 8]"),
        ("closed = []", 'closed = ["Christmas"]'),
    ],
)
def test_a_word_that_is_not_understood_stops_the_start(said: str, instead: str) -> None:
    text = text_of("review.toml")
    assert said in text
    with pytest.raises(PolicyError):
        read_review_policy(text.replace(said, instead))


def every_text() -> list[str]:
    """Each release text with each choice of its words."""
    return [
        template.fill(dict(zip(template.parameters, words, strict=True)))
        for template in current_templates().release.values()
        for words in itertools.product(*template.parameters.values())
    ]


def test_every_text_of_the_forum_can_be_filled_and_says_nothing_of_its_own() -> None:
    texts = every_text()
    assert len(texts) > 20
    for text in texts:
        assert not re.search(r"[{}0-9@]|https?:", text), text
        assert not findings(text), text


def test_every_rejection_tells_the_lab_what_to_do() -> None:
    codes = current_templates().reject
    assert codes
    for code, text in codes.items():
        assert re.fullmatch(r"[A-Z_]{4,20}", code)
        assert len(text.split(".")) >= 2, code


@pytest.mark.parametrize(
    ("choices", "message"),
    [
        ({}, "needs role, service"),
        ({"service": "relay"}, "needs role"),
        ({"service": "relay", "role": "panel", "customer": "x"}, "no parameter 'customer'"),
        ({"service": "MeadowExit Ltd", "role": "panel"}, "cannot be 'MeadowExit Ltd'"),
    ],
)
def test_a_parameter_comes_from_its_vocabulary(choices: dict[str, str], message: str) -> None:
    template = current_templates().for_release("infrastructure")
    with pytest.raises(TemplateError, match=message):
        template.fill(choices)


def test_an_unknown_text_or_code_names_those_that_there_are() -> None:
    with pytest.raises(TemplateError, match="infrastructure"):
        current_templates().for_release("x")
    with pytest.raises(TemplateError, match="PRICE"):
        current_templates().for_rejection("x")


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ("{service}; {role}", "{service}"),
        ("{service}; {role}", "{service}; {role} {more}"),
        ("{service}; {role}", "{service}; {role} {"),
        ('role = "role" }', 'role = "no-such-list" }'),
        ('text = "Part of {service}; {role}."', 'text = " "'),
    ],
)
def test_a_text_and_its_parameters_must_fit(said: str, instead: str) -> None:
    text = text_of("templates.toml")
    assert said in text
    with pytest.raises(PolicyError):
        read_templates(text.replace(said, instead))
