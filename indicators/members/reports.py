"""The reports of quarters that members read: signed off by counsel, and published."""

from __future__ import annotations

from collections.abc import Sequence

from indicators.models.quarterly_report import QuarterlyReport


_PUBLISHED = QuarterlyReport.State.PUBLISHED


def published() -> Sequence[str]:
    """The quarters, the last first."""
    found = QuarterlyReport.objects.filter(state=_PUBLISHED)
    return list(found.order_by("-quarter").values_list("quarter", flat=True))


def find(quarter: str) -> QuarterlyReport | None:
    """The published report of this quarter."""
    return QuarterlyReport.objects.filter(pk=quarter, state=_PUBLISHED).first()
