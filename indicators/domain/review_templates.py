"""Texts of the Forum's own, read once from `policy/templates.toml`.

What stands in a published object in place of a lab's words, and what a lab is told when something
is rejected. Parameters come from closed vocabularies: no free value has a place in them.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from indicators.domain.disclosure import PolicyError


_PLACE = re.compile(r"\{([^{}]*)\}")


class TemplateError(ValueError):
    """A choice that the templates do not offer; the message names what they do."""


@dataclass(frozen=True, slots=True)
class ReleaseTemplate:
    """A text that may take the place of a lab's words."""

    name: str
    properties: tuple[str, ...]
    """Where it may stand."""
    text: str
    parameters: Mapping[str, Mapping[str, str]]
    """By parameter: what may be chosen, and how it reads."""

    def fill(self, choices: Mapping[str, str]) -> str:
        """The text with these choices.

        Raises:
            TemplateError: a parameter is missing or unknown, or a word not in its vocabulary.
        """
        if unknown := sorted(choices.keys() - self.parameters.keys()):
            raise TemplateError(f"{self.name} has no parameter {unknown[0]!r}. {self._offers()}")
        if missing := sorted(self.parameters.keys() - choices.keys()):
            raise TemplateError(f"{self.name} needs {', '.join(missing)}. {self._offers()}")
        for parameter, word in choices.items():
            if word not in self.parameters[parameter]:
                raise TemplateError(f"{parameter} cannot be {word!r}. {self._offers()}")
        return _PLACE.sub(lambda place: self.parameters[place[1]][choices[place[1]]], self.text)

    def _offers(self) -> str:
        offered = (f"{name}: {', '.join(sorted(words))}" for name, words in self._sorted())
        return f"It takes {'; '.join(offered)}." if self.parameters else "It takes none."

    def _sorted(self) -> list[tuple[str, Mapping[str, str]]]:
        return sorted(self.parameters.items())


@dataclass(frozen=True, slots=True)
class Templates:
    """All texts in force; immutable."""

    version: str
    release: Mapping[str, ReleaseTemplate]
    reject: Mapping[str, str]

    def for_release(self, name: str) -> ReleaseTemplate:
        """The template of this name; raises TemplateError naming those that there are."""
        if name not in self.release:
            raise TemplateError(f"There is no text {name!r}, only: {', '.join(self.release)}.")
        return self.release[name]

    def for_rejection(self, code: str) -> str:
        """What a lab is told under this code; raises TemplateError naming those that there are."""
        if code not in self.reject:
            raise TemplateError(f"There is no code {code!r}, only: {', '.join(self.reject)}.")
        return self.reject[code]


@cache
def current_templates() -> Templates:
    """The texts that the package carries.

    Raises:
        PolicyError: a text has a place that no parameter fills, or a vocabulary is missing.
    """
    text = resources.files("indicators.policy").joinpath("templates.toml").read_text("utf-8")
    return read_templates(text)


def read_templates(text: str) -> Templates:
    """Build the templates from the text of a template file."""
    raw = tomllib.loads(text)
    return Templates(
        version=raw["version"],
        release={
            name: _template(name, body, raw["words"]) for name, body in raw["release"].items()
        },
        reject=raw["reject"],
    )


def _template(
    name: str, body: Mapping[str, object], words: Mapping[str, Mapping[str, str]]
) -> ReleaseTemplate:
    text, properties = body["text"], body["properties"]
    parameters = body.get("parameters", {})
    if not (isinstance(text, str) and text.strip() and isinstance(properties, list) and properties):
        raise PolicyError(f"release.{name} must say its text and where it may stand")
    if not isinstance(parameters, dict) or not set(parameters.values()) <= words.keys():
        raise PolicyError(f"release.{name}: each parameter takes one of [words]")
    if set(_PLACE.findall(text)) != parameters.keys() or "{" in _PLACE.sub("", text):
        raise PolicyError(f"release.{name}: places in the text and parameters differ")
    vocabularies = {key: words[vocabulary] for key, vocabulary in parameters.items()}
    return ReleaseTemplate(name, tuple(str(each) for each in properties), text, vocabularies)
