"""Recipes: what to do, step by step, with the reader's own addresses and key filled in.

Each is a TOML file beside this module. A secret is never filled in: scripts read it from a file
that its owner made, forms say where it goes.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from importlib import resources


_PLACE = re.compile(r"\{\{ (\w+) \}\}")


class RecipeError(ValueError):
    """A recipe's file that says something unknown; the message names it."""


@dataclass(frozen=True, slots=True)
class Values:
    """What is filled in."""

    hub: str
    """The hub's address, ending in a slash."""
    collection: str
    """The id of the collection that is read."""
    alias: str
    title: str
    key: str
    """The credential's id."""

    @property
    def places(self) -> dict[str, str]:
        """By name as the files use them, with the addresses that follow from the others."""
        root = f"{self.hub}forum/"
        feed = f"{root}collections/{self.collection}/"
        return asdict(self) | {"discovery": f"{self.hub}taxii2/", "root": root, "feed": feed}


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do: a sentence, then a form to fill or a text to copy."""

    say: str
    form: tuple[tuple[str, str], ...] = ()
    """What goes into each field, in the product's own words."""
    code: str = ""
    language: str = ""
    """Of the code: sh, python, toml …"""


@dataclass(frozen=True, slots=True)
class Recipe:
    """One client."""

    slug: str
    name: str
    group: str
    """Where it stands on the page: Scripts, or Products."""
    says: str
    """In one sentence, what it does here."""
    tried: bool
    """Run by the hub's tests as it stands; if not, written from the product's documentation."""
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    """What to know about this client."""
    sources: tuple[str, ...]
    """Where its makers say so."""

    def filled(self, values: Values) -> tuple[Step, ...]:
        """The steps with these values."""
        return tuple(_filled(step, values.places) for step in self.steps)


def slugs() -> list[str]:
    """All recipes' names in addresses, in the order of the pages."""
    return [each.slug for each in recipes()]


@cache
def recipes() -> tuple[Recipe, ...]:
    """All of them, scripts first, each group by name.

    Raises:
        RecipeError: a file says what no recipe has.
    """
    files = [each for each in resources.files(__package__).iterdir() if each.name.endswith(".toml")]
    found = [_read(file.name.removesuffix(".toml"), file.read_text("utf-8")) for file in files]
    return tuple(sorted(found, key=lambda each: (each.group != "Scripts", each.name.casefold())))


def recipe(slug: str) -> Recipe | None:
    """The recipe of this name."""
    return next((each for each in recipes() if each.slug == slug), None)


def _read(slug: str, text: str) -> Recipe:
    raw = tomllib.loads(text)
    if unknown := raw.keys() - {"name", "group", "says", "tried", "step", "notes", "sources"}:
        raise RecipeError(f"{slug} says {', '.join(sorted(unknown))}, which no recipe has.")
    steps = tuple(_step(slug, each) for each in raw["step"])
    return Recipe(
        slug=slug,
        name=raw["name"],
        group=raw["group"],
        says=raw["says"],
        tried=raw["tried"],
        steps=steps,
        notes=tuple(raw.get("notes", ())),
        sources=tuple(raw.get("sources", ())),
    )


def _step(slug: str, raw: dict[str, object]) -> Step:
    form = raw.get("form", {})
    if not isinstance(form, dict):
        raise RecipeError(f"{slug} has a form that is no table.")
    step = Step(
        say=str(raw["say"]),
        form=tuple((str(name), str(value)) for name, value in form.items()),
        code=str(raw.get("code", "")),
        language=str(raw.get("language", "")),
    )
    known = Values("", "", "", "", "").places
    texts = (step.say, step.code, *(value for _, value in step.form))
    if unknown := {place for text in texts for place in _PLACE.findall(text)} - known.keys():
        raise RecipeError(f"{slug} asks for {', '.join(sorted(unknown))}, which is not known.")
    return step


def _filled(step: Step, places: dict[str, str]) -> Step:
    def fill(text: str) -> str:
        return _PLACE.sub(lambda place: places[place[1]], text)

    form = tuple((name, fill(value)) for name, value in step.form)
    return Step(fill(step.say), form, fill(step.code), step.language)
