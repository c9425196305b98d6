"""What staff keep of the Forum's own work: incidents, bulletins, demands, recalls, who comes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from indicators import keyring
from indicators.models.bulletin import Bulletin
from indicators.models.government_request import GovernmentRequest
from indicators.models.incident import Incident, IncidentEntry
from indicators.models.key_order import KeyOrder
from indicators.models.legal_demand import LegalDemand
from indicators.models.member import Member
from indicators.models.offboarding import Offboarding
from indicators.models.onboarding import Onboarding
from indicators.models.quarterly_report import QuarterlyReport
from indicators.models.recall import Recall
from indicators.models.shift_note import ShiftNote
from indicators.models.submission import HeldObject
from indicators.pipeline import incidents
from indicators.pipeline import quarterly_report as reports
from indicators.pipeline.recall_source import Source
from indicators.pipeline.review import handover
from tests.admin.desk import new_clerk
from tests.forum import now
from tests.pipeline.governing import clerk


def keep(number: int) -> dict[str, Any]:
    """So much of each; returns what to open, by the name in the address."""
    member = Member.objects.order_by("-pk").first()
    assert member is not None
    return {
        "bulletin_id": _bulletins(number),
        "incident_id": _incidents(number),
        "request_id": _demands(number),
        "recall_id": _recalls(number, member),
        "quarter": _reports(number),
        "note_id": _shift_notes(number),
        "order_id": _key_orders(number),
        **_membership(number),
    }


def _bulletins(number: int) -> UUID:
    made = Bulletin.objects.bulk_create(
        Bulletin(title=f"Notice {n}", text="Exercise on Monday.", state="published",
                 written_by="rowan", written_at=now(), decided_by="wren", decided_at=now())
        for n in range(number)
    )  # fmt: skip
    return made[0].pk


def _incidents(number: int) -> UUID:
    made = Incident.objects.bulk_create(
        Incident(reference=f"I-{uuid4()}", kind=Incident.Kind.values[0], noticed_at=now(),
                 opened_by="rowan", opened_at=now()) for _ in range(number)
    )  # fmt: skip
    for _ in range(number):
        incidents.add(new_clerk(), made[0].pk, kind=IncidentEntry.Kind.values[0], text="Seen.")
    return made[0].pk


def _demands(number: int) -> UUID:
    requests = GovernmentRequest.objects.exclude(pk__in=LegalDemand.objects.values("request"))[
        :number
    ]
    made = LegalDemand.objects.bulk_create(
        LegalDemand(request=each, types=["indicator"], first_day=now().date(),
                    last_day=now().date(), scoped_by="rowan") for each in requests
    )  # fmt: skip
    return made[0].request_id


def _recalls(number: int, member: Member) -> UUID:
    source = Source(member.pk, "", now() - timedelta(days=1), now())
    made = [
        Recall(requested_by="rowan", requested_at=now(), expires_at=now() + timedelta(days=1))
        for _ in range(number)
    ]
    for each in made:
        each.source_ct = source.sealed(each.pk.bytes)
        each.reason_ct = keyring.seal("recall", b"Phished.", place=each.pk.bytes + b"why")
    Recall.objects.bulk_create(made)
    return made[0].pk


def _key_orders(number: int) -> UUID:
    made = KeyOrder.objects.bulk_create(
        KeyOrder(reason="An exercise.", requested_by="rowan", requested_at=now(),
                 expires_at=now() + timedelta(days=1)) for _ in range(number)
    )  # fmt: skip
    return made[0].pk


def _reports(number: int) -> str:
    """As many as there can be, and the last of them published."""
    quarter = "2026Q3"
    if not QuarterlyReport.objects.filter(pk=quarter).exists():
        reports.draw_up(clerk("rowan"), quarter)
        reports.sign(clerk("wren"), quarter)
        reports.publish(clerk("wren"), quarter)
    begun = QuarterlyReport.objects.count()
    body = QuarterlyReport.objects.get(pk=quarter).body
    QuarterlyReport.objects.bulk_create(
        QuarterlyReport(quarter=f"{1000 + n // 4}Q{1 + n % 4}", body=body, drafted_by="rowan",
                        drafted_at=now()) for n in range(begun, begun + number)
    )  # fmt: skip
    return quarter


def _shift_notes(number: int) -> UUID:
    """Notes between shifts, as many, and half of what waits claimed by as many people."""
    for n in range(number):
        handover.hand_over(clerk(f"wren-{n}"), text="The rest waits for a second person.")
    waits = HeldObject.objects.filter(state=HeldObject.State.OPEN, claimed_by="")
    some = list(waits.order_by("pk")[: waits.count() // 2])
    for n, each in enumerate(some):
        each.claimed_by, each.claimed_until = f"rowan-{n}", now() + timedelta(minutes=20)
    HeldObject.objects.bulk_update(some, ["claimed_by", "claimed_until"], batch_size=2000)
    return ShiftNote.objects.values_list("pk", flat=True)[0]


def _membership(number: int) -> dict[str, Any]:
    """Every member that has not come and gone yet comes and goes."""
    seen = Onboarding.objects.values("member")
    members = list(Member.objects.exclude(pk__in=seen).order_by("slug")[:number])
    coming = Onboarding.objects.bulk_create(
        Onboarding(member=each, purpose="adversarial-distillation-defence", opened_by="rowan",
                   opened_at=now()) for each in members
    )  # fmt: skip
    going = Offboarding.objects.bulk_create(
        Offboarding(member=each, agreed="stay", reference="case", opened_by="rowan",
                    opened_at=now()) for each in members
    )  # fmt: skip
    return {
        "slug": members[0].slug,
        "onboarding_id": coming[0].pk,
        "offboarding_id": going[0].pk,
        "name": "nothing",
    }
