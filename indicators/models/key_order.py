"""Orders to end epochs of tokens at once and begin their replacement: two people. Private bank.

The seeds lie with the worker, so people order and it carries out. The row says how far it is.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.two_people import another


LONGEST_REASON = 300


class KeyOrder(models.Model):
    """One order, over one epoch or all that are not over."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Waits for a second person"
        REFUSED = "refused"
        ORDERED = "ordered", "Ordered: the worker ends the old epochs"
        REVOKED = "revoked", "Ended: the worker makes the next one"
        DONE = "done", "The next one has begun"
        FAILED = "failed", "Not carried out"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    epoch = models.CharField(max_length=8, blank=True, help_text="Empty: all that are not over.")
    reason = models.CharField(max_length=LONGEST_REASON, help_text="No names, no values.")
    state = models.CharField(max_length=16, choices=State, default=State.REQUESTED)
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="By the database's clock.")
    decided_by = models.CharField("ordered or refused by", max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    revoked = models.CharField(max_length=200, blank=True, help_text="Epochs that were ended.")
    made = models.CharField(max_length=200, blank=True, help_text="Epochs that were begun.")
    trouble = models.TextField(blank=True, help_text="What keeps the worker from it.")
    tried_at = models.DateTimeField(null=True, help_text="When the worker met that.")
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "key_order"
        default_permissions = ("view",)
        permissions = [
            ("request_keyorder", "Can ask for the next epoch to begin now"),
            ("approve_keyorder", "Can order or refuse what another asked for"),
        ]
        constraints = [
            models.CheckConstraint(
                name="key_order_two_people", condition=another("requested_by", "decided_by")
            ),
            models.CheckConstraint(
                name="key_order_is_decided_before_it_is_carried_out",
                condition=Q(state="requested", decided_by="")
                | ~Q(state="requested") & ~Q(decided_by=""),
            ),
        ]
        indexes = [
            models.Index(fields=["requested_at"], name="key_order_by_time"),
            models.Index(
                fields=["id"],
                name="key_order_under_way",
                condition=Q(state__in=["ordered", "revoked"]),
            ),
        ]

    def __str__(self) -> str:
        return f"key order {self.id}, {self.state}"
