"""What the Forum tells one member alone: that an authority demands what it sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from indicators import keyring
from indicators.models.legal_demand import LegalDemand


@dataclass(frozen=True, slots=True)
class Notice:
    """Counsel's words."""

    at: datetime
    text: str


def of(member_id: UUID) -> Sequence[Notice]:
    """The notices to this member, the newest first."""
    told = LegalDemand.objects.filter(member_id=member_id, notice=LegalDemand.Notice.GIVEN)
    return [
        Notice(each.notice_at, text_of(each))
        for each in told.order_by("-notice_at")
        if each.notice_at
    ]


def text_of(demand: LegalDemand) -> str:
    """What the member was told; empty if it was not."""
    if demand.notice_ct is None:
        return ""
    return keyring.unseal("notice", bytes(demand.notice_ct), place=demand.pk.bytes).decode()
