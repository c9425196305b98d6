"""Notices to all members: one person writes one, another publishes it. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.two_people import another


class Bulletin(models.Model):
    """What the Forum tells all its members, in its own words. Who has read it is not kept."""

    class State(models.TextChoices):
        DRAFT = "draft", "Waits for a second person"
        PUBLISHED = "published"
        REFUSED = "refused", "Refused: it goes no further"
        WITHDRAWN = "withdrawn", "Withdrawn: no member sees it any more"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    title = models.CharField(max_length=120)
    text = models.TextField(help_text="The Forum's own words; no member is named in them.")
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    written_by = models.CharField(max_length=150)
    written_at = models.DateTimeField()
    decided_by = models.CharField("published or refused by", max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    withdrawn_by = models.CharField(max_length=150, blank=True)
    why = models.CharField(
        max_length=300, blank=True, help_text="Why it was refused or withdrawn; staff read it."
    )

    class Meta:
        db_table = "bulletin"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=another("written_by", "decided_by"), name="bulletin_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", decided_by="", decided_at=None)
                | (~Q(state="draft") & ~Q(decided_by="") & Q(decided_at__isnull=False)),
                name="bulletin_decided_by_somebody",
            ),
        ]
        indexes = [models.Index(fields=["state", "decided_at"], name="bulletin_by_time")]

    def __str__(self) -> str:
        return self.title
