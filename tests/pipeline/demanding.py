"""Demands of the tests: what they are about, and the people who take the steps."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

from indicators.models.legal_demand import LegalDemand
from indicators.models.member import Member
from indicators.pipeline import legal_demand, legal_export
from indicators.pipeline.legal_demand import Scope
from tests.forum import now
from tests.pipeline.governing import clerk


COUNSEL, ANALYST = "counsel-a", "analyst-b"
WHY = "The order is sound."


def today(offset: int = 0) -> date:
    return (now() + timedelta(days=offset)).date()


def scope(of: str = "alder", *types: str, **changes: Any) -> Scope:
    """What a member sent this week, or what is published if no member is named."""
    member = Member.objects.get(slug=of) if of else None
    given = {"first_day": today(-6), "last_day": today(), **changes}
    return Scope(member, frozenset(types or ("indicator",)), **given)


def registered(about: Scope | None = None) -> LegalDemand:
    return legal_demand.register(
        clerk(COUNSEL), about or scope(), received_on=today(), jurisdiction="US",
        authority="law-enforcement", instrument="subpoena", reference="G-7",
    )  # fmt: skip


def decided(demand: LegalDemand, decision: str = "comply", about: Scope | None = None) -> None:
    legal_demand.decide(clerk(COUNSEL), demand.pk, decision=decision, why=WHY, scope=about)


def granted(about: Scope | None = None) -> LegalDemand:
    """Counsel complies, and the member has been told."""
    demand = registered(about)
    decided(demand)
    if demand.member:
        legal_demand.tell(clerk(COUNSEL), demand.pk, text="A court demands it.")
    return demand


def fresh(demand: LegalDemand) -> LegalDemand:
    return LegalDemand.objects.get(pk=demand.pk)


def left(demand: LegalDemand, by: str = ANALYST) -> list[dict[str, Any]]:
    """The objects of the file."""
    found = json.loads(legal_export.export(clerk(by), demand.pk).content)["objects"]
    return [each["object"] for each in found]
