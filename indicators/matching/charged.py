"""Tokens for what a lab sent in clear, charged to its budgets as if it had blinded them itself.

Without that, a push would be a way to have any number of guesses evaluated: the lab reads the
tokens of its own objects in the feed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from indicators.domain.disclosure import Policy
from indicators.domain.tokens import Identifier, Token
from indicators.matching.budgets import charge_values
from indicators.matching.errors import BudgetSpentError
from indicators.matching.limits import Limits
from indicators.matching.tokenise import tokens


@dataclass(frozen=True, slots=True)
class Charged:
    """What was evaluated, and of which kinds nothing was."""

    tokens: Mapping[Identifier, Token]
    spent: Mapping[str, BudgetSpentError]
    """By kind: why nothing of it was evaluated."""


def charged_tokens(
    member_id: UUID,
    wanted: Collection[Identifier],
    *,
    limits: Limits,
    policy: Policy,
    now: datetime,
) -> Charged:
    """Charge a chunk's identifiers, kind by kind, and evaluate those that the day covers.

    Each identifier is charged once a day, however often it is sent and a worker takes it up.

    Raises:
        TokensUnavailable: as `tokenise.tokens`; what was charged stays charged, once.
    """

    def charge(kind: str, values: Sequence[str]) -> None:
        charge_values(member_id, kind, values, limits, policy=policy, now=now)

    covered, spent = covered_by(charge, wanted)
    return Charged(tokens(covered, now=now) if covered else {}, spent)


def covered_by(
    charge: Callable[[str, Sequence[str]], None], wanted: Collection[Identifier]
) -> tuple[list[Identifier], dict[str, BudgetSpentError]]:
    """Those that the budget covers, kind by kind, and why the kinds of the others are not."""
    by_kind: dict[str, list[Identifier]] = defaultdict(list)
    for each in sorted(set(wanted)):
        by_kind[each.kind].append(each)
    covered: list[Identifier] = []
    spent: dict[str, BudgetSpentError] = {}
    for kind, of_kind in by_kind.items():
        try:
            charge(kind, [each.value for each in of_kind])
        except BudgetSpentError as error:
            spent[kind] = error
        else:
            covered += of_kind
    return covered, spent
