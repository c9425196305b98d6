"""The journal of what members and staff did; what the Forum did to its feed stands apart."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from indicators.audit.halves import Half
from indicators.models.audit import AuditEntry
from indicators.ui.defang import defanged
from indicators.ui.listing import listed
from indicators.ui.person import for_staff


_ORDERS = {"newest": ("-at", "-id"), "oldest": ("at", "id")}


class Line(NamedTuple):
    """An entry, and its details as words."""

    entry: AuditEntry
    details: Mapping[str, str]


@require_GET
@for_staff("view_auditentry")
def audit(request: HttpRequest) -> HttpResponse:
    asked = _asked(request, Half.PEOPLE.of(AuditEntry.objects.all()))
    listing = listed(request, asked, orders=_ORDERS)
    return TemplateResponse(
        request,
        "console/audit.html",
        {
            "here": "audit",
            "listing": listing,
            "lines": [Line(each, _details(each)) for each in listing.rows],
            "acts": Half.PEOPLE.acts(),
        },
    )


def _asked(request: HttpRequest, found: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    asked = request.GET
    if act := asked.get("act", ""):
        found = found.filter(act=act)
    if words := asked.get("words", "").strip():
        # In the case in which it is written: to compare without looks at every letter of each.
        found = found.filter(Q(actor__contains=words) | Q(subject__contains=words))
    if day := _day(asked.get("day", "")):
        found = found.filter(at__gte=day, at__lt=day + timedelta(days=1))
    return found


def _day(text: str) -> datetime | None:
    """When the day begins."""
    try:
        day = parse_date(text)
    except ValueError:  # it looks like a day, and is none
        return None
    return datetime.combine(day, time(), tzinfo=UTC) if day else None


def _details(entry: AuditEntry) -> dict[str, str]:
    said: Mapping[str, object] = json.loads(entry.body)
    return {name: defanged(_words(value)) for name, value in sorted(said.items())}


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
