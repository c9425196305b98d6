"""How the work over held items is spread: who holds how many now, who decided how many today."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.conf import settings
from django.db.models import Count, Min

from indicators.models.submission import HeldObject


class Load(NamedTuple):
    """One person's part."""

    login: str
    holds: int
    since: datetime | None
    """Of what is held, when the first was claimed, or the claim last renewed."""
    decided: int


def load(*, now: datetime) -> Sequence[Load]:
    """Everybody who holds something, or has decided something since midnight UTC."""
    holding, decided = _holding(now=now), _decided(now=now)
    return [
        Load(each, *holding.get(each, (0, None)), decided.get(each, 0))
        for each in sorted({*holding, *decided})
    ]


def _holding(*, now: datetime) -> dict[str, tuple[int, datetime | None]]:
    claimed = HeldObject.objects.filter(state=HeldObject.State.OPEN, claimed_until__gt=now)
    rows = claimed.values("claimed_by").annotate(n=Count("pk"), first=Min("claimed_until"))
    lasts = timedelta(seconds=settings.REVIEW_CLAIM_SECONDS)
    return {each["claimed_by"]: (each["n"], each["first"] - lasts) for each in rows.order_by()}


def _decided(*, now: datetime) -> dict[str, int]:
    """What the pipeline itself looked at again is nobody's decision."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    today = HeldObject.objects.filter(decided_at__gte=midnight)
    rows = today.exclude(decided_by__in=["", "pipeline"]).values_list("decided_by")
    return dict(rows.annotate(n=Count("pk")).order_by())
