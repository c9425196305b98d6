"""What is kept from being purged, for a time: one person asks, another approves. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.submission import Submission
from indicators.models.two_people import another


LONGEST_HOLD = 180
"""Days of a legal hold, from its approval."""


class LegalHold(models.Model):
    """Freezes the purge of what was submitted within a scope; two people, and for a time.

    The scope is what meets all of the parts that are given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter = models.CharField(
        max_length=120, help_text="The case, by its reference; no names of persons."
    )
    member = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    collection = models.ForeignKey(
        Collection, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_from = models.DateTimeField(null=True, blank=True)
    received_until = models.DateTimeField(null=True, blank=True, help_text="Not itself included.")
    days = models.PositiveSmallIntegerField(
        default=LONGEST_HOLD, help_text="How long it lasts from its approval."
    )
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "legal_hold"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=another("requested_by", "approved_by"), name="legal_hold_two_people"
            ),
            models.CheckConstraint(
                condition=Q(days__range=(1, LONGEST_HOLD)), name="legal_hold_time_boxed"
            ),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_at=None, expires_at=None)
                | (~Q(approved_by="") & Q(approved_at__isnull=False, expires_at__isnull=False)),
                name="legal_hold_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False)
                | Q(collection__isnull=False)
                | Q(submission__isnull=False)
                | Q(received_from__isnull=False, received_until__isnull=False),
                name="legal_hold_has_a_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter} ({str(self.id)[:8]})"
