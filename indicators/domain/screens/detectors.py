"""What is found in a text: which rules, where, and never what.

A finding decides nothing about a text that a person reads anyway; it orders the queue and shows a
reviewer where to look. Only what is blocked (secrets, card numbers) has an effect of its own, in
`screens.removal`. Detectors miss much: the gate is that free text waits, whatever they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources

from indicators.domain.screens.borrowed import borrowed_rules
from indicators.domain.screens.linear import FormSet
from indicators.domain.screens.packs import Action, Category, PackError, Rule, read_pack
from indicators.domain.screens.proofs import PROOFS
from indicators.domain.screens.views import View, views


_MOST_CANDIDATES = 50
"""Matches of one flagging rule that are put to the proof, in one view."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One rule matched; the value itself is nowhere in here."""

    rule_id: str
    kind: str
    category: Category
    action: Action
    score: int
    span: tuple[int, int]
    """Begin and end in the text; the whole text where only another view of it matched."""


@dataclass(frozen=True, slots=True)
class Rules:
    """Rules, and one set of their forms: a pass over a text says which to look at."""

    rules: tuple[Rule, ...]
    forms: FormSet

    @classmethod
    def of(cls, rules: Sequence[Rule]) -> Rules:
        return cls(tuple(rules), FormSet([rule.form.pattern for rule in rules]))

    def matching(self, text: str) -> Iterator[tuple[Rule, tuple[int, int]]]:
        """Each rule that holds somewhere in the text, with the place of the first match."""
        for number in self.forms.found_in(text):
            rule = self.rules[number]
            if span := _first(rule, text):
                yield rule, span


@dataclass(frozen=True, slots=True)
class Packs:
    """All rules in force, by what a match leads to."""

    block: Rules
    flag: Rules


@cache
def current_packs() -> Packs:
    """The packs that the package carries, and the borrowed rules.

    Raises:
        PackError: one of them is malformed, or two rules share an id.
    """
    folder = resources.files("indicators.policy").joinpath("packs")
    names = sorted(each.name for each in folder.iterdir() if each.name.endswith(".yaml"))
    rules = [rule for name in names for rule in read_pack(folder.joinpath(name).read_text("utf-8"))]
    rules += borrowed_rules()
    if len({rule.id for rule in rules}) != len(rules):
        raise PackError("two rules of the packs have the same id")
    return Packs(
        block=Rules.of([rule for rule in rules if rule.action == "block"]),
        flag=Rules.of([rule for rule in rules if rule.action == "flag"]),
    )


def findings(text: str) -> tuple[Finding, ...]:
    """Every rule that matches the text in one of its views, each once, surest first."""
    packs = current_packs()
    found: dict[str, Finding] = {}
    for view in views(text):
        for rules in (packs.block, packs.flag):
            for rule, span in rules.matching(view.text):
                found.setdefault(rule.id, _finding(rule, view, span, text))
    return tuple(sorted(found.values(), key=lambda each: (-each.score, each.rule_id)))


def blocked(text: str) -> Rule | None:
    """The surest rule by which a text must not be kept; None if it may."""
    rules = current_packs().block
    found = {rule.id: rule for view in views(text) for rule, _ in rules.matching(view.text)}
    return max(found.values(), key=lambda rule: rule.score, default=None)


def _finding(rule: Rule, view: View, span: tuple[int, int], text: str) -> Finding:
    where = span if view.kind == "plain" else (0, len(text))
    return Finding(rule.id, rule.kind, rule.category, rule.action, rule.score, where)


def _first(rule: Rule, text: str) -> tuple[int, int] | None:
    proof = PROOFS[rule.proof] if rule.proof else None
    for number, span in enumerate(rule.form.spans(text)):
        if proof is None or proof(text[slice(*span)]):
            return span
        if rule.action == "flag" and number >= _MOST_CANDIDATES:
            return None
    return None
