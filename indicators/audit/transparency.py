"""The transparency report of a quarter, from the journal alone."""

from __future__ import annotations

import json
from collections.abc import Iterator

from indicators.domain import transparency
from indicators.domain.accountability import current_accountability
from indicators.domain.transparency import Entry, Quarter
from indicators.models.audit import AuditEntry


def report(quarter: Quarter) -> dict[str, object]:
    """What the journal says of this quarter."""
    small = current_accountability().small
    return transparency.report(_entries(quarter), quarter, small=small)


def _entries(quarter: Quarter) -> Iterator[Entry]:
    rows = AuditEntry.objects.filter(at__gte=quarter.begin, at__lt=quarter.end)
    rows = rows.order_by("at", "id")
    columns = ("id", "at", "actor", "act", "subject", "body")
    for id_, at, actor, act, subject, body in rows.values_list(*columns).iterator(10_000):
        yield Entry(str(id_), at, actor, act, subject, json.loads(body))
