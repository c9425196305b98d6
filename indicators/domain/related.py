"""Why a personal datum is kept: the rule that says how its kind is directly related to a threat.

Read from `policy/personal.toml`. Default deny: a kind without a rule is not kept. The rule's id is
recorded with every decision that keeps one (6 U.S.C. 1503(d)(2) asks for the review; this is its
trace).
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


FORMS = frozenset({"token", "token-band"})


class UnrelatedError(ValueError):
    """A personal datum of a kind that no rule relates to a threat; it must not be kept."""


@dataclass(frozen=True, slots=True)
class Related:
    """Why data of one kind may be kept, and in what form they leave."""

    kind: str
    keeps: str
    related: str
    never: str
    form: str

    @property
    def rule_id(self) -> str:
        return f"personal.{self.kind}"


@dataclass(frozen=True, slots=True)
class Rules:
    """Every rule of a version of the file."""

    version: str
    by_kind: Mapping[str, Related]

    def ids(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """The ids of the rules by which data of these kinds are kept, each once.

        Raises:
            UnrelatedError: a kind has no rule.
        """
        wanted = sorted(set(kinds))
        if missing := [each for each in wanted if each not in self.by_kind]:
            raise UnrelatedError(f"no rule relates {missing[0]} to a threat")
        return tuple(self.by_kind[each].rule_id for each in wanted)


@cache
def current_rules() -> Rules:
    """The rules that the package carries."""
    text = resources.files("indicators.policy").joinpath("personal.toml").read_text("utf-8")
    return read_rules(text)


def read_rules(text: str) -> Rules:
    """Build the rules from the text of a file.

    Raises:
        UnrelatedError: a rule leaves a part out or has an unknown form.
    """
    raw = tomllib.loads(text)
    return Rules(
        raw["version"], {kind: _rule(kind, each) for kind, each in raw["personal"].items()}
    )


def _rule(kind: str, raw: Mapping[str, str]) -> Related:
    parts = {name: str(raw.get(name, "")).strip() for name in ("keeps", "related", "never", "form")}
    if missing := [name for name, text in parts.items() if not text]:
        raise UnrelatedError(f"personal.{kind}: {missing[0]} is missing")
    if parts["form"] not in FORMS:
        raise UnrelatedError(f"personal.{kind}: unknown form {parts['form']!r}")
    return Related(kind=kind, **parts)
