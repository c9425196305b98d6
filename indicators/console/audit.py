"""The journal of what members and staff did; what the Forum did to its feed stands apart.

Both halves are written in one transaction and so in one moment: side by side they would show which
submission became which publication.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import NamedTuple

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.dateparse import parse_date
from django.views.decorators.http import require_GET

from indicators.models.audit import AuditEntry
from indicators.ui.defang import defanged
from indicators.ui.listing import listed
from indicators.ui.person import for_staff


_ORDERS = {"newest": ("-at", "id"), "oldest": ("at", "id")}
OF_A_FEED = "--"
"""What every STIX id has in it, and no other subject."""


class Line(NamedTuple):
    """An entry, and its details as words."""

    entry: AuditEntry
    details: Mapping[str, str]


@require_GET
@for_staff("view_auditentry")
def audit(request: HttpRequest) -> HttpResponse:
    whole = AuditEntry.objects.exclude(subject__contains=OF_A_FEED)
    listing = listed(request, _asked(request, whole), orders=_ORDERS)
    return TemplateResponse(
        request,
        "console/audit.html",
        {
            "here": "audit",
            "listing": listing,
            "lines": [Line(each, _details(each)) for each in listing.rows],
            "acts": whole.order_by("act").values_list("act", flat=True).distinct(),
        },
    )


def _asked(request: HttpRequest, found: QuerySet[AuditEntry]) -> QuerySet[AuditEntry]:
    asked = request.GET
    if act := asked.get("act", ""):
        found = found.filter(act=act)
    if words := asked.get("words", "").strip():
        found = found.filter(Q(actor__icontains=words) | Q(subject__icontains=words))
    if day := _day(asked.get("day", "")):
        found = found.filter(at__date=day)
    return found


def _day(text: str) -> object:
    try:
        return parse_date(text)
    except ValueError:  # it looks like a day, and is none
        return None


def _details(entry: AuditEntry) -> dict[str, str]:
    said: Mapping[str, object] = json.loads(entry.body)
    return {name: defanged(_words(value)) for name, value in sorted(said.items())}


def _words(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
