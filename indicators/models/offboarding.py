"""How a member leaves: what was agreed, who confirmed it, and how far the hub has come.

Private bank. It names the member, so it names no object: what the member contributed is looked for
by slices of all keyed tags, and how many slices are done says nothing of any object (ADR-0032).
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.member import Member
from indicators.models.two_people import another


SLICES = 256
"""All keyed tags, by their first byte."""


class Offboarding(models.Model):
    """One member's departure."""

    class State(models.TextChoices):
        OPEN = "open", "Open: nothing has happened yet"
        CONFIRMED = "confirmed", "Confirmed: it is shut out, and the hub clears up"
        CLEARED = "cleared", "Cleared: its deletion is still to be attested"
        CLOSED = "closed", "Closed: it has left"
        CALLED_OFF = "called-off"

    class Agreed(models.TextChoices):
        STAY = "stay", "What it contributed stays until it expires"
        WITHDRAWN = "withdrawn", "What it contributed is taken back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    agreed = models.CharField(max_length=16, choices=Agreed)
    reference = models.CharField(max_length=120, help_text="Where that is written; no names.")
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    confirmed_by = models.CharField(max_length=150, blank=True)
    confirmed_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True, help_text="What was held or waited is closed.")
    slices = models.PositiveSmallIntegerField(default=0, help_text="Of all tags, looked through.")
    cleared_at = models.DateTimeField(null=True, help_text="By the database's clock.")
    attested_by = models.CharField(max_length=150, blank=True, help_text="Of the member: a role.")
    attested = models.CharField(max_length=300, blank=True, help_text="What is deleted.")
    recorded_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "offboarding"
        default_permissions = ("view", "add", "change")
        permissions = [("approve_offboarding", "Can confirm that a member leaves")]
        constraints = [
            models.UniqueConstraint(
                fields=["member"], condition=~Q(state="called-off"), name="offboarding_once"
            ),
            models.CheckConstraint(
                condition=another("opened_by", "confirmed_by"), name="offboarding_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["open", "called-off"], confirmed_by="", confirmed_at=None)
                | Q(state__in=["confirmed", "cleared", "closed"], confirmed_at__isnull=False)
                & ~Q(confirmed_by=""),
                name="offboarding_confirmed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state="closed")
                | Q(closed_at__isnull=False) & ~Q(attested_by="") & ~Q(attested=""),
                name="offboarding_attested_before_it_is_closed",
            ),
            models.CheckConstraint(condition=Q(slices__lte=SLICES), name="offboarding_slices"),
        ]

    def __str__(self) -> str:
        return f"offboarding of {self.member}"
