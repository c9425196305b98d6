"""docs/integrations/ is what the recipes say."""

from __future__ import annotations

from indicators.management.recipe_pages import pages
from tests.docs.pages import CHECKOUT


def test_the_pages_are_what_the_recipes_say() -> None:
    place = CHECKOUT / "docs/integrations"
    found = {each.name: each.read_text("utf-8") for each in place.iterdir()}
    assert found == pages(), "run manage.py recipe_docs"
