"""Recipes say only what they can fill in, and never a secret."""

from __future__ import annotations

import pytest

from indicators.recipes import recipe as recipes_
from indicators.recipes.recipe import Recipe, RecipeError, Values, recipe, recipes


VALUES = Values(
    hub="https://hub.example/",
    collection="6b1f3c52-9a37-4f0e-8f43-2f6c0d6a5be1",
    alias="distillation",
    title="Adversarial distillation",
    key="yg6f3sos",
)
GOOD = 'name = "x"\ngroup = "Scripts"\nsays = "x"\ntried = false\n'


def text_of(found: Recipe) -> str:
    steps = found.filled(VALUES)
    return "\n".join([each.say + each.code + "".join(map("".join, each.form)) for each in steps])


@pytest.mark.parametrize("found", recipes(), ids=lambda each: each.slug)
def test_every_place_is_filled_in(found: Recipe) -> None:
    text = text_of(found)
    assert "{{" not in text
    assert "https://hub.example/" in text


@pytest.mark.parametrize("found", recipes(), ids=lambda each: each.slug)
def test_a_reader_finds_the_key_or_where_it_lies(found: Recipe) -> None:
    assert "yg6f3sos" in text_of(found) or "FORUM_KEY" in text_of(found)


def test_every_client_that_must_work_has_one() -> None:
    assert {each.slug for each in recipes()} >= {
        "curl", "taxii2-client", "stix2", "cytaxii2", "labkit", "opencti", "misp", "sentinel",
        "splunk", "elastic", "xsoar", "qradar", "eclecticiq", "sumo-logic",
    }  # fmt: skip


def test_scripts_come_first_each_group_by_name() -> None:
    order = [(each.group != "Scripts", each.name.casefold()) for each in recipes()]
    assert order == sorted(order)


def test_an_unknown_name_has_none() -> None:
    assert recipe("no-such") is None


@pytest.mark.parametrize(
    "text",
    [
        GOOD + 'color = "red"\n[[step]]\nsay = "x"\n',
        GOOD + '[[step]]\nsay = "give {{ secret }}"\n',
        GOOD + "[[step]]\nsay = \"x\"\nform = 'x'\n",
    ],
    ids=["a word that no recipe has", "a value that is never filled in", "a form that is none"],
)
def test_a_file_that_says_something_unknown_is_refused(text: str) -> None:
    with pytest.raises(RecipeError, match="one"):
        recipes_._read("one", text)
