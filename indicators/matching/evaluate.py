"""One evaluation from request to reply.

In the order that costs least when it is refused: valid points, a free slot, the seed, the budget,
and only then the evaluation.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from indicators.domain.disclosure import Policy
from indicators.matching import budgets, evaluator, slots
from indicators.matching.budgets import Batch
from indicators.matching.limits import Limits
from indicators.matching.seeds import SeedStore
from indicators.members.authenticate import Principal


@dataclass(frozen=True, slots=True)
class Evaluated:
    """The reply (proof and elements), and what is left of the budget."""

    reply: bytes
    remaining: int


@dataclass(frozen=True, slots=True)
class Request:
    """What a lab asks for; kind and epoch are known to be usable."""

    principal: Principal
    kind: str
    epoch: str
    body: bytes
    key: str


def evaluate(
    asked: Request, seeds: SeedStore, limits: Limits, *, policy: Policy, now: datetime
) -> Evaluated:
    """Charge and evaluate.

    Raises:
        BadElementsError, TooManyElementsError: the body is no batch.
        BusyError: too many requests of this member at once.
        SeedMissingError: nothing is charged.
        BudgetSpentError, KeyReusedError: nothing is charged.
    """
    elements = evaluator.parse(asked.body)
    member = asked.principal.member_id
    batch = Batch(member, asked.kind, asked.epoch, len(elements), asked.body, asked.key)
    with slots.slot(member, limits.concurrent):
        key = evaluator.held_key(seeds, asked.kind, asked.epoch)
        charged = budgets.charge(batch, limits, policy=policy, now=now)
        return Evaluated(evaluator.evaluate(key, elements), charged.remaining)
