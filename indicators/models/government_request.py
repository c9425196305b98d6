"""The register of requests of public authorities. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class GovernmentRequest(models.Model):
    """A request of a public authority, and what was answered. A register: it opens nothing."""

    class Authority(models.TextChoices):
        COURT = "court"
        LAW_ENFORCEMENT = "law-enforcement"
        REGULATOR = "regulator"
        DATA_PROTECTION = "data-protection"
        INTELLIGENCE = "intelligence"
        OTHER = "other"

    class Instrument(models.TextChoices):
        VOLUNTARY = "voluntary", "A request without an order"
        SUBPOENA = "subpoena"
        COURT_ORDER = "court-order"
        WARRANT = "warrant"
        SECRECY_ORDER = "secrecy-order", "An order that forbids to speak of it"
        OTHER = "other"

    class Answer(models.TextChoices):
        PENDING = "pending"
        REFUSED = "refused"
        REFERRED = "referred-to-member", "Referred to the member whose data it is"
        ANSWERED = "answered", "Answered, as counsel advised"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received_on = models.DateField()
    jurisdiction = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2.")
    authority = models.CharField(max_length=24, choices=Authority)
    instrument = models.CharField(max_length=24, choices=Instrument)
    reference = models.CharField(max_length=120, help_text="The case file; no names of persons.")
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    answer = models.CharField(max_length=24, choices=Answer, default=Answer.PENDING)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "government_request"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(jurisdiction__regex=r"^[A-Z]{2}$"), name="government_request_place"
            ),
            models.CheckConstraint(
                condition=Q(answer="pending", answered_by="", answered_on=None)
                | (~Q(answer="pending") & ~Q(answered_by="") & Q(answered_on__isnull=False)),
                name="government_request_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} in {self.jurisdiction}, {self.received_on}"
