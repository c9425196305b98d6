"""Collections: a sharing collection is a sharing group, a verbatim one plain TAXII.

Shared bank: nothing here names a member.
"""

from __future__ import annotations

import uuid

from django.db import models

from indicators.domain import tlp


class Collection(models.Model):
    """One TAXII collection. Writing into it means "share this with its readers"."""

    class Kind(models.TextChoices):
        SHARING = "sharing", "Sharing: objects travel the river and come out in the Forum's words"
        VERBATIM = "verbatim", "Verbatim: plain TAXII for the Forum's own publishers"
        TOKENS = "tokens", "Tokens: what a sharing collection publishes over match tokens"
        WITHDRAWN = "withdrawn", "Withdrawn: what was taken back; nobody writes"

    class Lane(models.TextChoices):
        IMMEDIATE = "immediate", "Immediate: published as soon as it is processed"
        BATCHED = "batched", "Batched: published together with what others sent"

    class Marking(models.TextChoices):
        CLEAR = "clear", "TLP:CLEAR"
        GREEN = "green", "TLP:GREEN"
        AMBER = "amber", "TLP:AMBER"
        AMBER_STRICT = "amber+strict", "TLP:AMBER+STRICT"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    alias = models.SlugField(
        unique=True, help_text="Lower-case name accepted in place of the id, in every TAXII URL."
    )
    title = models.CharField(max_length=120, help_text="Without '.' and ','.")
    description = models.TextField(blank=True)
    kind = models.CharField(max_length=16, choices=Kind)
    exercise = models.BooleanField(
        default=False, help_text="A sandbox: nothing from it may enter another collection."
    )
    accepts_reserved = models.BooleanField(
        default=False,
        help_text="Documentation and private address ranges and .example names are welcome.",
    )
    marking = models.CharField(
        max_length=16,
        choices=Marking,
        default=Marking.AMBER_STRICT,
        help_text="The marking of every object; stricter input is held, laxer is raised.",
    )
    lane = models.CharField(max_length=16, choices=Lane, default=Lane.IMMEDIATE)
    batch_minutes = models.PositiveIntegerField(
        default=60, help_text="Batched: a batch is formed this often at most."
    )
    batch_members = models.PositiveSmallIntegerField(
        default=3, help_text="Batched: from how many members it must hold something."
    )
    batch_soon_percent = models.PositiveSmallIntegerField(
        default=10, help_text="Batched: this share goes out at once, the rest after a while."
    )
    batch_spread_minutes = models.PositiveIntegerField(
        default=1440, help_text="Batched: the longest while, drawn evenly for each object."
    )
    batch_longest_hours = models.PositiveIntegerField(
        default=72, help_text="Batched: after this a batch is formed, however few sent something."
    )
    expected_delay = models.CharField(
        max_length=80, default="about a second", help_text="Shown to members beside the lane."
    )
    k = models.PositiveSmallIntegerField(
        default=3, help_text="Distinct members from which a thing counts as corroborated."
    )
    parent = models.ForeignKey(
        "self",
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        help_text="The sharing collection that a tokens or withdrawn collection stands beside.",
    )

    class Meta:
        db_table = "collection"
        constraints = [
            models.CheckConstraint(
                condition=models.Q(title__regex=r"^[^.,]+$"), name="collection_title_plain"
            ),
            models.CheckConstraint(condition=models.Q(k__gte=3), name="collection_k_floor"),
            models.CheckConstraint(
                condition=models.Q(batch_soon_percent__lte=100), name="collection_percent"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=["tokens", "withdrawn"], parent__isnull=False)
                | models.Q(kind__in=["sharing", "verbatim"], parent__isnull=True),
                name="collection_parent_by_kind",
            ),
        ]

    def __str__(self) -> str:
        return self.alias

    @property
    def level(self) -> tlp.Level:
        """The TLP level that every object of the collection is marked with."""
        return tlp.Level[self.marking.replace("+", "_").upper()]


class CollectionHead(models.Model):
    """The last position and date of a collection. Its row lock is the publish lock."""

    collection = models.OneToOneField(
        Collection, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    position = models.BigIntegerField(default=0)
    date_added = models.DateTimeField()
    batched_at = models.DateTimeField(null=True, help_text="When the last batch was formed.")
    feed_epoch = models.UUIDField(
        default=uuid.uuid4,
        help_text="Changes when a restore turned the feed back: old cursors die.",
    )

    class Meta:
        db_table = "collection_head"

    def __str__(self) -> str:
        return f"{self.collection_id}@{self.position}"
