"""Names that staff gave campaigns, the former ones too. Private bank: it names staff."""

from __future__ import annotations

import uuid

from django.db import models

from indicators.models.collection import Collection


class CampaignName(models.Model):
    """A name given to a campaign; the worker says it on the feed."""

    class State(models.TextChoices):
        GIVEN = "given", "Given; the worker says it"
        SAID = "said", "Said on the feed"
        DROPPED = "dropped", "Never said: another name or the campaign's end came before"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    campaign_id = models.TextField()
    name = models.CharField(max_length=80)
    state = models.CharField(max_length=16, choices=State, default=State.GIVEN)
    given_by = models.CharField(max_length=150)
    given_at = models.DateTimeField()
    said_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "campaign_name"
        default_permissions = ()
        indexes = [
            models.Index(fields=["campaign_id", "given_at"], name="campaign_name_by_campaign"),
            models.Index(
                fields=["collection", "name"],
                name="campaign_name_to_be_said",
                condition=models.Q(state="given"),
            ),
        ]

    def __str__(self) -> str:
        return self.name
