"""The Forum's campaigns, and what it has found on its own feed. Shared bank.

All of it follows from what every reader of the collection can read: no row here names, or comes
from, anything that says who sent what.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection


class CorrelationMark(models.Model):
    """Up to which position of a collection its publications were taken in as evidence."""

    collection = models.OneToOneField(
        Collection, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    position = models.BigIntegerField(default=0)

    class Meta:
        db_table = "correlation_mark"

    def __str__(self) -> str:
        return f"{self.collection_id}@{self.position}"


class Evidence(models.Model):
    """One published object says that one report shows one value."""

    # No index of its own: the keys below begin with it.
    collection = models.ForeignKey(
        Collection,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        help_text="The sharing collection; what stands beside it counts with it.",
    )
    said_by = models.TextField(help_text="The published object that says so.")
    report = models.TextField()
    kind = models.CharField(max_length=40)
    value = models.TextField()
    stops = models.BooleanField(help_text="Whoever else shows the value, it links nothing.")

    class Meta:
        db_table = "evidence"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "said_by", "report", "kind", "value"], name="evidence_once"
            )
        ]
        indexes = [
            models.Index(fields=["collection", "value"], name="evidence_by_value"),
            models.Index(fields=["collection", "report"], name="evidence_by_report"),
        ]

    def __str__(self) -> str:
        return f"{self.report} shows {self.kind}"


class CorrelationRun(models.Model):
    """One run over one collection: what it went by, and what it came to."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    previous = models.UUIDField(null=True)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(
        null=True, help_text="When all that came of it was published; empty if it was cut short."
    )
    seconds = models.FloatField(help_text="Of the correlation alone, without what was published.")
    policy_version = models.CharField(max_length=40)
    policy_digest = models.CharField(max_length=64, help_text="SHA-256 of its parameters.")
    seed = models.BigIntegerField()
    taken = models.BigIntegerField(help_text="How many positions had been taken in by then.")
    reports = models.PositiveIntegerField()
    links = models.PositiveIntegerField()
    campaigns = models.PositiveIntegerField()
    proposals = models.PositiveIntegerField()

    class Meta:
        db_table = "correlation_run"
        indexes = [models.Index(fields=["collection", "started_at"], name="correlation_run_latest")]

    def __str__(self) -> str:
        return f"run of {self.started_at:%Y-%m-%d %H:%M}"


class Campaign(models.Model):
    """A campaign of the Forum's own, under one id for as long as it stands."""

    class State(models.TextChoices):
        LIVE = "live"
        MERGED = "merged", "Merged: an older one goes on for it"
        ENDED = "ended", "Ended: nothing holds it together any more"

    pk = models.CompositePrimaryKey("collection_id", "stix_id")
    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    stix_id = models.TextField()
    infrastructure_id = models.TextField(
        blank=True, help_text="The Forum's object of what it uses, if any of that is published."
    )
    intrusion_set_id = models.TextField(blank=True, help_text="The operator, once designated.")
    designation = models.CharField(max_length=40, blank=True, help_text="FDA-2026-001.")
    name = models.CharField(max_length=80, blank=True, help_text="Given by staff.")
    state = models.CharField(max_length=16, choices=State, default=State.LIVE)
    merged_into = models.TextField(blank=True)
    founded_at = models.DateTimeField(help_text="The oldest keeps its name in a merge.")

    class Meta:
        db_table = "campaign"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "designation"],
                name="campaign_one_per_designation",
                condition=~Q(designation=""),
            ),
            models.CheckConstraint(
                condition=Q(state="merged", merged_into__gt="")
                | (~Q(state="merged") & Q(merged_into="")),
                name="campaign_merged_into_another",
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.designation or self.stix_id


class CampaignMember(models.Model):
    """A report that belongs to a campaign."""

    pk = models.CompositePrimaryKey("collection_id", "report")
    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    report = models.TextField()
    campaign_id = models.TextField()
    view = models.TextField(
        default="", help_text="The view that it was in: what one lab stated as one thing."
    )

    class Meta:
        db_table = "campaign_member"
        indexes = [
            models.Index(fields=["collection", "campaign_id"], name="campaign_member_by_campaign")
        ]

    def __str__(self) -> str:
        return f"{self.report} in {self.campaign_id}"


class CampaignCandidate(models.Model):
    """A report that came since the last run and shows what a campaign shows: internal."""

    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    report = models.TextField()
    campaign_id = models.TextField()
    values = models.PositiveIntegerField(help_text="How many values they have in common.")

    class Meta:
        db_table = "campaign_candidate"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "report", "campaign_id"], name="campaign_candidate_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.report} may belong to {self.campaign_id}"


class CampaignWord(models.Model):
    """A relationship that the Forum has published to say what belongs to a campaign."""

    pk = models.CompositePrimaryKey("collection_id", "stix_id")
    collection = models.ForeignKey(
        Collection,
        on_delete=models.CASCADE,
        related_name="+",
        db_index=False,
        help_text="Where it stands: what speaks of tokens stands beside.",
    )
    stix_id = models.TextField()
    campaign_id = models.TextField()
    source = models.TextField()
    verb = models.CharField(max_length=40)
    target = models.TextField()

    class Meta:
        db_table = "campaign_word"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "source", "verb", "target"], name="campaign_word_once"
            )
        ]
        indexes = [models.Index(fields=["campaign_id"], name="campaign_word_by_campaign")]

    def __str__(self) -> str:
        return f"{self.source} {self.verb} {self.target}"
