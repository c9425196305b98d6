"""The allow-list that decides what may leave, read once from `policy/disclosure.toml`.

Default deny: a type, property, path or value that the file does not list does not leave. The file
explains its own words; this module turns them into types and refuses words it does not know.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib import resources
from typing import Literal, cast, get_args

from indicators.domain.outcomes import Reason


Verb = Literal["auto", "review", "refuse", "unshared", "catalogue", "feedback"]
REFERENCES = frozenset({"ref", "refs", "ref?", "refs?"})
WITHHELD = {"text": Reason.FREE_TEXT, "name": Reason.FREE_TEXT, "profile": Reason.BEHAVIOUR_PROFILE}
_ACTIONS = REFERENCES | {
    "observable", "pattern", "pattern-version", "vocabulary", "flag", "number", "moment", "day",
    "next-day", "week", "until", "scale", "magnitude", "hashes", "kill-chain", "external-ids",
    "name", "text", "profile", "keys", "token", "word", "drop",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Rule:
    """What happens to one property: an action and, for some, its argument."""

    action: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class TypeRule:
    """What happens to objects of one type."""

    verb: Verb
    reason: Reason | None
    properties: Mapping[str, Rule]
    extensions: Mapping[str, Rule]
    review_values: Mapping[str, Reason]
    """Values (of any property) for which a person decides over the whole object."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The disclosure policy in force; immutable, passed to every stage."""

    version: str
    text: str = field(repr=False)
    """The file itself, kept for the day on which it has changed."""
    purposes: frozenset[str]
    threat_nexus: frozenset[str]
    limits: Mapping[str, int]
    lifetimes: Mapping[str, int]
    precision: Mapping[str, str]
    vocabularies: Mapping[str, frozenset[str]]
    kill_chains: Mapping[str, frozenset[str]]
    """Kill chain → names of its phases."""
    catalogues: Mapping[str, re.Pattern[str]]
    """Public catalogue → what its ids look like."""
    url_contents: Mapping[str, re.Pattern[str]]
    """What a person looks for in the path and query of a URL, by a word for it."""
    paths: Mapping[str, str]
    """Pattern path → auto, review or token."""
    account_types: Mapping[str, str]
    """Type of an account → the kind of token that its login becomes, or none."""
    kinds: tuple[tuple[str, str], ...]
    types: Mapping[str, TypeRule]

    def lifetime_days(self, kinds: Iterable[str]) -> int:
        """The shortest lifetime of what an object is about."""
        return min((self.lifetimes[kind] for kind in kinds), default=self.lifetimes["other"])

    def precision_of(self, kinds: Iterable[str]) -> str:
        """`hour` where all of it is that precise, else `day`."""
        units = {self.precision.get(kind, self.precision["other"]) for kind in kinds}
        return "hour" if units == {"hour"} else "day"

    def kind_of(self, path: str) -> str:
        """The kind of a pattern path or of `<type>:`."""
        return next((kind for prefix, kind in self.kinds if path.startswith(prefix)), "other")


class PolicyError(ValueError):
    """The policy file says something that this code does not understand."""


@cache
def current_policy() -> Policy:
    """The policy that the package carries.

    Raises:
        PolicyError: naming the line's key, when the file holds an unknown word.
    """
    text = resources.files("indicators.policy").joinpath("disclosure.toml").read_text("utf-8")
    return read_policy(text)


def candidate_policy(text: str) -> Policy:
    """Build a policy from a text that nobody has released.

    Raises:
        PolicyError: it is none; the message says what is wrong.
    """
    try:
        return read_policy(text)
    except (KeyError, TypeError, ValueError) as error:
        raise PolicyError(f"That is no policy: {error}") from error


def read_policy(text: str) -> Policy:
    """Build a policy from the text of a disclosure file."""
    raw = tomllib.loads(text)
    return Policy(
        version=raw["version"],
        text=text,
        purposes=frozenset(raw["declaration"]["purposes"]),
        threat_nexus=frozenset(raw["declaration"]["threat_nexus"]),
        limits=raw["limits"],
        lifetimes=raw["lifetimes"],
        precision=raw["precision"],
        vocabularies=_sets(raw["vocabularies"]),
        kill_chains=_sets(raw["kill_chains"]),
        catalogues={name: re.compile(form) for name, form in raw["catalogues"].items()},
        url_contents={name: re.compile(form) for name, form in raw["url_contents"].items()},
        paths={path: word for word, paths in raw["paths"].items() for path in paths},
        account_types=raw["account_types"],
        kinds=tuple(raw["kinds"].items()),
        types={name: _type_rule(name, body) for name, body in raw["types"].items()},
    )


def _sets(lists: Mapping[str, Iterable[str]]) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(words) for name, words in lists.items()}


def _type_rule(name: str, body: dict[str, object]) -> TypeRule:
    verb, _, reason = str(body.pop("decision")).partition(":")
    if verb not in get_args(Verb):
        raise PolicyError(f"types.{name}: unknown decision {verb!r}")
    extensions = cast("dict[str, str]", body.pop("extensions", {}))
    values = cast("dict[str, str]", body.pop("review_values", {}))
    return TypeRule(
        verb=cast("Verb", verb),
        reason=Reason(reason) if reason else None,
        properties={key: _rule(f"types.{name}.{key}", str(word)) for key, word in body.items()},
        review_values={value: Reason(word) for value, word in values.items()},
        extensions={key: _rule(f"types.{name}.{key}", word) for key, word in extensions.items()},
    )


def _rule(where: str, word: str) -> Rule:
    action, _, argument = word.partition(":")
    if action not in _ACTIONS:
        raise PolicyError(f"{where}: unknown action {action!r}")
    return Rule(action, argument)
