"""What members have spent of their matching budgets, and grants beyond them. Private bank.

Counts and keyed tags only: no blinded element, no token, no value.
"""

from __future__ import annotations

import uuid

from django.db import models

from indicators.models.member import Member
from indicators.models.two_people import another


class BudgetUse(models.Model):
    """How much of one kind a member has had evaluated in a day (UTC)."""

    pk = models.CompositePrimaryKey("member_id", "kind", "day")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    day = models.DateField()
    used = models.PositiveBigIntegerField(default=0)
    replays = models.PositiveSmallIntegerField(
        default=0, help_text="Requests that were not charged because their key was known."
    )

    class Meta:
        db_table = "budget_use"

    def __str__(self) -> str:
        return f"{self.kind} on {self.day}: {self.used}"


class EvaluationRequest(models.Model):
    """Makes a request that is sent again the same request for a day."""

    pk = models.CompositePrimaryKey("member_id", "day", "tag")
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    day = models.DateField()
    tag = models.BinaryField(
        max_length=32, help_text="Keyed, of the body, its sender's key for it, or a value."
    )
    elements = models.PositiveIntegerField()

    class Meta:
        db_table = "evaluation_request"

    def __str__(self) -> str:
        return f"{self.elements} on {self.day}"


class PopulationGrant(models.Model):
    """Lets a member match its whole user base once in an epoch, for a few days."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    epoch = models.CharField(max_length=8)
    accounts = models.PositiveBigIntegerField(help_text="As the member declared.")
    hours = models.PositiveSmallIntegerField(help_text="How long it lasts once approved.")
    reason = models.TextField()
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "population_grant"
        constraints = [
            models.CheckConstraint(
                condition=another("requested_by", "approved_by"),
                name="population_grant_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(hours__range=(1, 72)), name="population_grant_hours"
            ),
            models.UniqueConstraint(
                fields=["member", "epoch"],
                condition=models.Q(approved_at__isnull=False),
                name="population_grant_once_an_epoch",
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class PopulationUse(models.Model):
    """What is left of a population grant for one kind."""

    pk = models.CompositePrimaryKey("grant_id", "kind")
    grant = models.ForeignKey(PopulationGrant, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    used = models.PositiveBigIntegerField(default=0)
    cap = models.PositiveBigIntegerField()

    class Meta:
        db_table = "population_use"

    def __str__(self) -> str:
        return f"{self.kind}: {self.used} of {self.cap}"
