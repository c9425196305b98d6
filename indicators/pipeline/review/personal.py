"""The rule of what is directly related (6 U.S.C. 1503(d)(2)): a person says so for each datum.

Whoever releases a lab's own words declares, for each finding of personal data in them, either that
it is directly related to the threat or that it is no personal data at all. The journal keeps each
declaration with the rule that found the datum, or with the reviewer who did.
Refuses: a release that is silent about a finding.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache

from indicators.domain.review_policy import current_review_policy
from indicators.domain.screens.detectors import current_packs
from indicators.models.submission import HeldObject
from indicators.pipeline.review.item import ReviewError


ALL = "all"
"""Every finding that is not named otherwise."""


@dataclass(frozen=True, slots=True)
class PersonalData:
    """What a reviewer declares of personal data in the words that are released.

    Each name is the id of a rule that found something, or `all`, or a word of `policy/review.toml`
    for what no rule found.
    """

    directly_related: frozenset[str] = frozenset()
    absent: frozenset[str] = frozenset()
    """A rule was mistaken: this is no personal data."""


NOTHING = PersonalData()


def personal_findings(held: HeldObject) -> dict[str, str]:
    """The rules that found personal data in it, each with the kind of it in words."""
    kinds = _kinds_by_rule()
    return {each: kinds[each] for each in held.rule_ids if each in kinds}


@cache
def _kinds_by_rule() -> Mapping[str, str]:
    """Rules that flag. What a blocking rule found was taken out, so there is nothing to keep."""
    rules = current_packs().flag.rules
    return {rule.id: rule.kind for rule in rules if rule.category == "pii"}


def judge(held: HeldObject, declared: PersonalData) -> list[dict[str, str]]:
    """The declaration as the journal keeps it: one entry for each datum.

    Raises:
        ReviewError: a finding is not covered, declared both ways, or a word is unknown.
    """
    found = personal_findings(held)
    related = _named(declared.directly_related, found, but=declared.absent)
    absent = _named(declared.absent, found, but=declared.directly_related)
    _check(found, related, absent)
    return [
        *(_entry(each, "directly related", found) for each in sorted(related)),
        *(_entry(each, "no personal data", found) for each in sorted(absent)),
    ]


def _named(names: Collection[str], found: Mapping[str, str], *, but: Collection[str]) -> set[str]:
    rest = found.keys() - set(but) if ALL in names else set()
    return {each for each in names if each != ALL} | rest


def _check(found: Mapping[str, str], related: set[str], absent: set[str]) -> None:
    known = found.keys() | current_review_policy().personal_kinds
    if unknown := sorted((related | absent) - known):
        raise ReviewError(
            f"Nothing here is called {unknown[0]!r}. You can declare: {', '.join(sorted(known))}."
        )
    if both := sorted(related & absent):
        raise ReviewError(f"{', '.join(both)}: either directly related, or no personal data.")
    if silent := sorted(found.keys() - related - absent):
        said = "; ".join(f"{found[each]} ({each})" for each in silent)
        raise ReviewError(
            f"The screens found personal data in it: {said}. Say of each whether it is directly "
            "related to the threat or no personal data at all; if it is neither, reject it or let "
            "a text of the Forum's take its place."
        )


def _entry(name: str, decision: str, found: Mapping[str, str]) -> dict[str, str]:
    if name in found:
        return {"kind": found[name], "decision": decision, "by": name}
    return {"kind": name, "decision": decision, "by": "reviewer"}
