"""Rule packs: what is looked for in text, as reviewed data in `policy/packs/*.yaml`.

A pack is read once and refused as a whole when one rule says something that this code does not
understand. A rule states its `basis`, one of a closed list of grounds. Nationality, the origin of a
name and language stand in no such list: none of them is a ground here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast, get_args

import yaml

from indicators.domain.screens.linear import Form, FormError
from indicators.domain.screens.proofs import PROOFS


Action = Literal["block", "flag"]
Category = Literal["pii", "secret", "competition", "coordination"]
Basis = Literal[
    "credential-format",
    "credential-wording",
    "identifier-format",
    "contact-wording",
    "identity-wording",
    "health-wording",
    "price-wording",
    "output-wording",
    "customer-wording",
    "plan-wording",
    "partner-wording",
    "resource-wording",
    "coordination-wording",
]
"""The grounds on which a rule may look at a text; who somebody is by birth is none of them."""


class PackError(ValueError):
    """A pack says something that is not understood; the message names the pack and the rule."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that is looked for.

    `block`: what matches is a secret or a card number; its text is removed and never kept.
    `flag`: what matches is shown to reviewers sooner; it decides nothing by itself.
    """

    id: str
    kind: str
    """What it is, in words for the lab and the reviewer: "a card number". Never the value."""
    form: Form
    action: Action
    category: Category
    basis: Basis
    score: int
    """How surely a match is what it looks like, 1 to 100."""
    proof: str
    """The name of a check that a match must pass, in `screens.proofs`; empty for none."""
    rationale: str
    owner: str
    positive: tuple[str, ...]
    negative: tuple[str, ...]


def read_pack(text: str) -> tuple[Rule, ...]:
    """The rules of one pack.

    Raises:
        PackError: naming what is missing, unknown or of the wrong form.
    """
    raw = yaml.load(text, Loader=yaml.CSafeLoader)
    if not isinstance(raw, Mapping) or set(raw) - {"about"} != {"pack", "owner", "rules"}:
        raise PackError("a pack has the keys pack, owner, rules and, if need be, about")
    name, owner = str(raw["pack"]), str(raw["owner"])
    return tuple(_rule(name, owner, cast("Mapping[str, object]", each)) for each in raw["rules"])


_KEYS = frozenset(
    {"id", "kind", "pattern", "action", "category", "basis", "score", "rationale"}
    | {"positive", "negative"}
)
_OPTIONAL = frozenset({"proof", "owner"})


def _rule(pack: str, owner: str, raw: Mapping[str, object]) -> Rule:
    rule_id = f"{pack}.{raw.get('id')}"
    if wrong := (_KEYS - raw.keys()) | (raw.keys() - _KEYS - _OPTIONAL):
        raise PackError(f"{rule_id}: missing or unknown: {', '.join(sorted(wrong))}")
    score, proof = raw["score"], str(raw.get("proof", ""))
    if not isinstance(score, int) or not 1 <= score <= 100:  # noqa: PLR2004  of a hundred
        raise PackError(f"{rule_id}: score must be 1 to 100")
    if proof and proof not in PROOFS:
        raise PackError(f"{rule_id}: there is no proof {proof!r}")
    return Rule(
        id=rule_id,
        kind=str(raw["kind"]),
        form=_form(rule_id, str(raw["pattern"])),
        action=cast("Action", _word(rule_id, raw["action"], get_args(Action))),
        category=cast("Category", _word(rule_id, raw["category"], get_args(Category))),
        basis=cast("Basis", _word(rule_id, raw["basis"], get_args(Basis))),
        score=score,
        proof=proof,
        rationale=str(raw["rationale"]),
        owner=str(raw.get("owner", owner)),
        positive=_cases(rule_id, raw["positive"]),
        negative=_cases(rule_id, raw["negative"]),
    )


def _word(rule_id: str, word: object, allowed: Sequence[str]) -> object:
    if word not in allowed:
        raise PackError(f"{rule_id}: {word!r} is none of {', '.join(allowed)}")
    return word


def _form(rule_id: str, pattern: str) -> Form:
    try:
        return Form(pattern)
    except FormError as error:
        raise PackError(f"{rule_id}: {error}") from error


def _cases(rule_id: str, cases: object) -> tuple[str, ...]:
    if not isinstance(cases, Sequence) or isinstance(cases, str) or not cases:
        raise PackError(f"{rule_id}: positive and negative are lists of at least one text")
    return tuple(str(each) for each in cases)
