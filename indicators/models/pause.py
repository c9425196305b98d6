"""What is not shared for now, and why. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Pause(models.Model):
    """A switch of policy/regimes.toml that a person has set; one row for each time."""

    class Switch(models.TextChoices):
        PERSONAL_TOKENS = "personal_tokens", "Personal identifiers as tokens"
        CROSS_BORDER = "cross_border", "Sharing with members under another law"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    switch = models.CharField(max_length=24, choices=Switch)
    reason = models.CharField(max_length=300, help_text="Why; staff read it.")
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "pause"
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["switch"], condition=Q(lifted_at=None), name="pause_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="")),
                name="pause_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.switch}"
