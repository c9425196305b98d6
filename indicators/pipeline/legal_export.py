"""What leaves for a legal demand: the objects that its scope names, whole, and nothing beside them.

A second person makes the file, after counsel has decided and the member was told or must not be.
The hub keeps no copy: the row and the journal say who made it, when, of how many objects, and its
SHA-256. The same scope over the same data gives the same bytes.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from itertools import islice
from typing import Any

from django.db import transaction

from indicators import keyring
from indicators.members.registry import Clerk
from indicators.models.collection import Collection
from indicators.models.legal_demand import GRANTED, LegalDemand
from indicators.models.member import Member
from indicators.models.publication import Publication
from indicators.models.submission import Submission
from indicators.models.two_people import same_person
from indicators.pipeline import legal_demand
from indicators.pipeline.legal_demand import LegalDemandError, Scope


_MOST = 10_000
"""Objects of one file; a demand for more is to be narrowed, or split."""
Body = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Export:
    """The file, shown only here."""

    name: str
    content: bytes


@transaction.atomic
def export(clerk: Clerk, request_id: uuid.UUID) -> Export:
    """Make the file, and write down that it was made; it can be made again until it is answered.

    Raises:
        LegalDemandError: the gate is shut, the member is to be told first, the same person decided,
            or there is too much.
    """
    demand = legal_demand.lock_pending(request_id)
    if shut := why_shut(demand, by=clerk.by, now=clerk.now):
        raise LegalDemandError(shut)
    scope = Scope.of(demand)
    found = list(islice(_objects(scope), _MOST + 1))
    if len(found) > _MOST:
        raise LegalDemandError(f"There are more than {_MOST:,} objects: narrow the scope.")
    content = _file(demand, scope, found)
    digest = sha256(content).hexdigest()
    demand.exported_by, demand.exported_at = clerk.by, clerk.now
    demand.exported_sha256, demand.exported_objects = digest, len(found)
    demand.save()
    clerk.note(
        "legal demand exported", f"government-request/{demand.pk}",
        sha256=digest, objects=len(found), bytes=len(content),
    )  # fmt: skip
    return Export(f"demand-{demand.pk}.json", content)


def why_shut(demand: LegalDemand, *, by: str, now: datetime) -> str:
    """Why this person can export nothing for it now; empty if they can."""
    if demand.decision not in GRANTED:
        return "Nothing leaves before counsel has decided."
    if legal_demand.is_due(demand, now=now):
        return "Tell the member first, or record that it is prohibited."
    if same_person(demand.decided_by, by):
        return "You decided over it; a second, different person exports."
    return ""


def _file(demand: LegalDemand, scope: Scope, found: list[Body]) -> bytes:
    asked = {
        "reference": demand.request.reference,
        "of": scope.member.name if scope.member else "what is published",
        "types": sorted(scope.types),
        "first_day": str(scope.first_day),
        "last_day": str(scope.last_day),
        "ids": sorted(scope.ids),
    }
    whole = {"scope": asked, "objects": found}
    # No canonical form: what a lab sent may have numbers that have none.
    return json.dumps(whole, sort_keys=True, indent=1).encode() + b"\n"


def _objects(scope: Scope) -> Iterator[Body]:
    """Each with its day, in the order in which they came."""
    dated = _sent(scope.member, scope) if scope.member else _published(scope)
    for at, body in dated:
        if body["type"] in scope.types and (not scope.ids or body["id"] in scope.ids):
            yield {"day": f"{at:%Y-%m-%d}", "object": body}


def _sent(member: Member, scope: Scope) -> Iterator[tuple[datetime, Body]]:
    """What is still kept of the member's envelopes, as it was sent."""
    rows = Submission.objects.filter(
        member=member,
        kind=Submission.Kind.ENVELOPE,
        body_ct__isnull=False,
        received_at__gte=scope.begin,
        received_at__lt=scope.end,
    )
    for each in rows.order_by("received_at", "id").iterator(chunk_size=20):
        raw = keyring.unseal("body", bytes(each.body_ct or b""), place=each.id.bytes)
        yield from ((each.received_at, body) for body in json.loads(raw)["objects"])


def _published(scope: Scope) -> Iterator[tuple[datetime, Body]]:
    """The Forum's own words, as far as they can still be read."""
    kinds = (Collection.Kind.SHARING, Collection.Kind.TOKENS)
    rows = Publication.objects.filter(
        collection__kind__in=kinds,
        type__in=list(scope.types),
        body__isnull=False,
        date_added__gte=scope.begin,
        date_added__lt=scope.end,
    )
    if scope.ids:
        rows = rows.filter(stix_id__in=list(scope.ids))
    for each in rows.order_by("date_added", "collection", "position").iterator(chunk_size=1000):
        yield each.date_added, json.loads(each.body or "")
