"""What correlation puts before staff, and what they decided. Private bank: it names staff."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection


class CampaignProposal(models.Model):
    """Two sets of reports that may be one campaign, or one that may be two; never edited.

    A decision holds for every later run: by most of the reports of a side the side is known again.
    """

    class Kind(models.TextChoices):
        MERGE = "merge", "Two that share something"
        SPLIT = "split", "One that little holds together"
        BEHAVIOUR = "behaviour", "Two that work alike, and share no atom"

    class State(models.TextChoices):
        OPEN = "open"
        TOGETHER = "together", "Decided: they are one"
        APART = "apart", "Decided: they are two"
        BY_ITSELF = "by-itself", "The evidence sufficed; nobody had to decide"
        OVER = "over", "What spoke for it is gone"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    one = ArrayField(models.TextField(), help_text="Reports of the one side.")
    other = ArrayField(models.TextField(), help_text="Reports of the other side.")
    share = models.FloatField(help_text="Of the smaller side's links, how much leads across.")
    values = models.JSONField(help_text="What both show: kind and value, the heaviest first.")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    run_id = models.UUIDField(help_text="The run that found it, or saw it last.")
    opened_at = models.DateTimeField()
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    why = models.CharField(max_length=300, blank=True, help_text="No names, no values.")

    class Meta:
        db_table = "campaign_proposal"
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=~Q(state__in=["together", "apart"]) | ~Q(decided_by=""),
                name="campaign_proposal_decided",
            )
        ]
        indexes = [models.Index(fields=["collection", "state"], name="campaign_proposal_by_state")]

    def __str__(self) -> str:
        return f"{self.state} {self.kind} of {len(self.one)} and {len(self.other)}"
