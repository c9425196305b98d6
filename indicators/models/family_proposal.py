"""Proposals to staff: these two prompt families are one. Private bank: it names who decided."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from indicators.models.collection import Collection
from indicators.models.family import Skeleton


class FamilyProposal(models.Model):
    """Two families that match, by the two skeletons that match most.

    It stands as long as both of these do.
    """

    class State(models.TextChoices):
        OPEN = "open"
        ACCEPTED = "accepted", "Accepted: one family"
        REJECTED = "rejected", "Rejected: kept apart"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    older = models.ForeignKey(
        Skeleton, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    newer = models.ForeignKey(
        Skeleton, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )
    bands = models.SmallIntegerField(help_text="Of 32, how many are equal.")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    raised_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "family_proposal"
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(fields=["older", "newer"], name="family_proposal_once"),
            models.CheckConstraint(
                condition=Q(older__lt=F("newer")), name="family_proposal_in_order"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_by="", decided_at=None)
                | (~Q(state="open") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="family_proposal_decided_by_somebody",
            ),
        ]

        indexes = [
            # Few are decided, however many are open: each turn looks at what was decided.
            models.Index(
                fields=["collection"],
                name="family_proposal_decided",
                condition=~Q(state="open"),
            )
        ]

    def __str__(self) -> str:
        return f"{self.state}: {self.bands} bands"
