"""How long what is kept, read from `policy/retention.toml`, which explains its own numbers."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True, slots=True)
class Terms:
    """The file's numbers, in days."""

    version: str
    grace: int
    observable: int
    other: int
    statuses: int
    links: int


@cache
def current_terms() -> Terms:
    """The terms that the package carries."""
    text = resources.files("indicators.policy").joinpath("retention.toml").read_text("utf-8")
    return read_terms(text)


def read_terms(text: str) -> Terms:
    """Build terms from the text of a file."""
    raw = tomllib.loads(text)
    return Terms(version=raw["version"], **raw["published"], **raw["private"])
