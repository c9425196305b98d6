"""Requests to open the link from one Forum object to the members behind it. Private bank.

Two people: one asks, another approves, and the one who asked opens it, once and soon. The row names
the object and the people, never a member: what was found is shown and not kept.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection
from indicators.models.two_people import another


LONGEST_REFERENCE = 120


class Reveal(models.Model):
    """One request, over one object of one collection."""

    class State(models.TextChoices):
        REQUESTED = "requested"
        APPROVED = "approved"
        REFUSED = "refused"
        OPENED = "opened"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    stix_id = models.TextField("STIX id")
    state = models.CharField(max_length=16, choices=State, default=State.REQUESTED)
    reason = models.CharField(max_length=40, help_text="A code of policy/review.toml.")
    reference = models.CharField(
        max_length=LONGEST_REFERENCE, blank=True, db_default="", help_text="Of the case file."
    )
    reason_ct = models.BinaryField(help_text="The reason in words, sealed.")
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="By the database's clock.")
    decided_by = models.CharField("approved or refused by", max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "reveal"
        default_permissions = ("view",)
        permissions = [
            ("request_reveal", "Can ask for a reveal, and open it once approved"),
            ("approve_reveal", "Can approve or refuse a reveal that another asked for"),
        ]
        constraints = [
            models.CheckConstraint(
                name="reveal_approver_is_another",
                condition=another("requested_by", "decided_by"),
            ),
            models.CheckConstraint(
                name="reveal_is_approved_before_it_is_opened",
                condition=Q(state="requested", decided_by="", opened_at=None)
                | Q(state__in=["approved", "refused"], opened_at=None) & ~Q(decided_by="")
                | Q(state="opened", opened_at__isnull=False) & ~Q(decided_by=""),
            ),
        ]
        indexes = [models.Index(fields=["requested_at"], name="reveal_by_time")]

    def __str__(self) -> str:
        return f"reveal {self.id}, {self.state}"
