"""How a member comes: what was agreed, and which two people let it share. Private bank.

What the hub can see for itself (a push, a pull, a key) is in no column here: it is looked up.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.two_people import another


class Onboarding(models.Model):
    """One member's way from the first contact to sharing; until then it may use exercises alone."""

    class State(models.TextChoices):
        OPEN = "open"
        LIVE = "live"
        GIVEN_UP = "given-up", "Given up: it left before it shared anything"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.OneToOneField(Member, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    purpose = models.CharField(max_length=64, help_text="Declared on every grant it gets.")
    threat_nexus = ArrayField(models.CharField(max_length=64), default=list)
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    agreement = models.CharField(max_length=40, blank=True, help_text="The version it signed.")
    agreement_by = models.CharField(max_length=150, blank=True)
    agreement_at = models.DateTimeField(null=True)
    contacts_ct = models.BinaryField(null=True, help_text="An address for each role, sealed.")
    contacts_by = models.CharField(max_length=150, blank=True)
    contacts_at = models.DateTimeField(null=True)
    lane = models.CharField(max_length=16, choices=Collection.Lane, blank=True)
    reads = ArrayField(models.UUIDField(), default=list, help_text="Collections it will read.")
    writes = ArrayField(models.UUIDField(), default=list, help_text="And write into.")
    rights_by = models.CharField(max_length=150, blank=True)
    rights_at = models.DateTimeField(null=True)
    first_by = models.CharField(max_length=150, blank=True, help_text="Proposed to go live.")
    first_at = models.DateTimeField(null=True)
    second_by = models.CharField(max_length=150, blank=True, help_text="Confirmed it.")
    live_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "onboarding"
        default_permissions = ("view", "add", "change")
        permissions = [("approve_onboarding", "Can let a member go live, as one of two")]
        constraints = [
            models.CheckConstraint(
                condition=another("first_by", "second_by"), name="onboarding_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="live", live_at__isnull=False)
                & ~Q(first_by="")
                & ~Q(second_by="")
                | ~Q(state="live") & Q(live_at=None, second_by=""),
                name="onboarding_live_by_two",
            ),
        ]

    def __str__(self) -> str:
        return f"onboarding of {self.member}"
