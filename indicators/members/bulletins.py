"""What the Forum tells all its members, as their people read it. Nobody counts who has read it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from indicators.models.bulletin import Bulletin


def published(*, begin: int, most: int) -> tuple[Sequence[Bulletin], int]:
    """A part of those that stand, the newest first, and how many there are in all."""
    found = Bulletin.objects.filter(state=Bulletin.State.PUBLISHED)
    return list(found.order_by("-decided_at", "id")[begin : begin + most]), found.count()


def new(*, since: datetime) -> Sequence[Bulletin]:
    """Those that have been published since, the newest first."""
    found = Bulletin.objects.filter(state=Bulletin.State.PUBLISHED, decided_at__gt=since)
    return list(found.order_by("-decided_at", "id"))
