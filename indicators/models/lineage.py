"""Who contributed to what, as keyed tags alone: a dump of this table names nobody. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models.functions import Now


class Contribution(models.Model):
    """One member's object behind one Forum object.

    `lookup_tag` = HMAC(member, collection, the member's own id) finds the row from the member's
    side; `contrib_tag` = HMAC(member, collection, Forum id) counts distinct members behind a Forum
    object. A member may contribute to one Forum object under several ids of its own, so only
    `lookup_tag` is unique (ADR-0006). No member key, no time finer than a day.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        WITHDRAWN = "withdrawn"

    class Basis(models.TextChoices):
        OWN_TELEMETRY = "own-telemetry"
        PUBLIC = "public"
        FROM_FEED = "from-feed"

    lookup_tag = models.BinaryField(primary_key=True, max_length=32)
    contrib_tag = models.BinaryField(max_length=32)
    collection_id = models.UUIDField(default=uuid.uuid4)
    stix_id = models.TextField()
    original_version = models.CharField(max_length=40, blank=True)
    content_mac = models.BinaryField(max_length=32)
    basis = models.CharField(max_length=16, choices=Basis, default=Basis.OWN_TELEMETRY)
    is_first = models.BooleanField(
        help_text="Until k members contributed, published attributes follow the first alone."
    )
    confidence = models.PositiveSmallIntegerField(null=True)
    until = models.DateField(null=True, help_text="Its valid_until, rounded up to the day.")
    exact_until = models.DateTimeField(
        null=True,
        help_text="Its valid_until, while the published content follows it and says the same.",
    )
    first_day = models.DateField()
    last_day = models.DateField()
    seen_day = models.DateField(
        db_default=Now(), help_text="When its member last vouched for it; a withdrawal leaves it."
    )
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    weight_ct = models.BinaryField(
        null=True, help_text="What its member's word counted that day, sealed: it is never shown."
    )
    member_ct = models.BinaryField(
        help_text="The member, sealed; opened only by the two-person audited reveal."
    )

    class Meta:
        db_table = "contribution"
        indexes = [
            models.Index(
                fields=["contrib_tag"],
                name="contribution_by_contrib_tag",
                condition=models.Q(state="active"),
            ),
            models.Index(
                fields=["collection_id", "stix_id"],
                name="contribution_active",
                condition=models.Q(state="active"),
            ),
            models.Index(
                fields=["collection_id", "stix_id"],
                name="contribution_first",
                condition=models.Q(is_first=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.state} contribution"
