"""What came from a compromised source is taken back: one asks, another approves. Private bank.

The source and its window are sealed: a dump of these rows, beside the feed that shows what was
recalled and when, must not name the lab. What still stands because others sent it too is in no row.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection
from indicators.models.two_people import another


class Recall(models.Model):
    """One source over one span of time, and how far its recall has come."""

    class State(models.TextChoices):
        REQUESTED = "requested", "Waits for a second person"
        APPROVED = "approved", "May be looked at and ordered"
        REFUSED = "refused"
        ORDERED = "ordered", "Is being taken back"
        DONE = "done", "Taken back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    state = models.CharField(max_length=16, choices=State, default=State.REQUESTED)
    source_ct = models.BinaryField(help_text="Member, key and span of time, sealed.")
    reason_ct = models.BinaryField(help_text="Why, in words, sealed.")
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    expires_at = models.DateTimeField(help_text="By the database's clock.")
    decided_by = models.CharField("approved or refused by", max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    viewed_at = models.DateTimeField(null=True, help_text="When it was first looked into.")
    ordered_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "recall"
        default_permissions = ("view",)
        permissions = [
            ("request_recall", "Can ask for a recall, and order it once approved"),
            ("approve_recall", "Can approve or refuse a recall that another asked for"),
        ]
        constraints = [
            models.CheckConstraint(
                name="recall_approver_is_another", condition=another("requested_by", "decided_by")
            ),
            models.CheckConstraint(
                name="recall_is_approved_and_seen_before_it_is_ordered",
                condition=Q(state="requested", decided_by="", viewed_at=None, ordered_at=None)
                | Q(state="refused", viewed_at=None, ordered_at=None) & ~Q(decided_by="")
                | Q(state="approved", ordered_at=None) & ~Q(decided_by="")
                | Q(
                    state="ordered", viewed_at__isnull=False, ordered_at__isnull=False, done_at=None
                )
                & ~Q(decided_by="")
                | Q(state="done", ordered_at__isnull=False, done_at__isnull=False)
                & ~Q(decided_by=""),
            ),
        ]
        indexes = [
            models.Index(fields=["requested_at"], name="recall_by_time"),
            models.Index(fields=["id"], name="recall_ordered", condition=Q(state="ordered")),
        ]

    def __str__(self) -> str:
        return f"recall {self.id}, {self.state}"


class RecalledObject(models.Model):
    """An object that fell with a recall, which every reader of the feed can see."""

    recall = models.ForeignKey(Recall, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    stix_id = models.TextField("STIX id")

    class Meta:
        db_table = "recalled_object"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["recall", "collection", "stix_id"], name="recalled_object_once"
            )
        ]

    def __str__(self) -> str:
        return self.stix_id
