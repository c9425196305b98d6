"""What members said of what stands: that they saw it too, or what they make of it. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import F, Q

from indicators.domain.feedback import FLOORS, NOT_SIGHTED, OPINIONS, SIGHTED, SIGHTINGS
from indicators.models.lineage import Contribution


class Feedback(models.Model):
    """One sighting or opinion of one member over one Forum object; an opinion may be over several.

    Tags as in the lineage: `lookup_tag` is made from the member's own id of the sighting or
    opinion, and `contrib_tag` is the one that the member's contribution to the object would have,
    so that distinct members are counted over both. No member key, no time finer than a day.
    """

    class State(models.TextChoices):
        ACTIVE = "active"
        WITHDRAWN = "withdrawn"

    pk = models.CompositePrimaryKey("lookup_tag", "collection_id", "stix_id")
    lookup_tag = models.BinaryField(max_length=32)
    collection_id = models.UUIDField(default=uuid.uuid4)
    stix_id = models.TextField()
    contrib_tag = models.BinaryField(max_length=32)
    original_version = models.CharField(max_length=40, blank=True)
    content_mac = models.BinaryField(max_length=32)
    verdict = models.CharField(max_length=32)
    basis = models.CharField(
        max_length=16, choices=Contribution.Basis, default=Contribution.Basis.OWN_TELEMETRY
    )
    count_bucket = models.PositiveSmallIntegerField(
        null=True, help_text="How often it was seen, as the floor of a bucket; empty if not said."
    )
    first_day = models.DateField(help_text="Since when it was seen, or the day it was said.")
    last_day = models.DateField(help_text="Until when it was seen, or the day it was said.")
    heard = models.BooleanField(
        default=False,
        help_text="An appeal was dismissed that it stood behind: it suspends nothing again.",
    )
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    member_ct = models.BinaryField(
        help_text="The member, sealed; opened only by the two-person audited reveal."
    )

    class Meta:
        db_table = "feedback"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(verdict__in=[*SIGHTINGS, *OPINIONS]), name="feedback_verdict_known"
            ),
            models.CheckConstraint(
                condition=Q(count_bucket=None)
                | Q(verdict=SIGHTED, count_bucket__in=FLOORS[1:])
                | Q(verdict=NOT_SIGHTED, count_bucket=0),
                name="feedback_counts_sightings",
            ),
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="feedback_days_in_order"
            ),
        ]
        indexes = [models.Index(fields=["collection_id", "stix_id"], name="feedback_by_object")]

    def __str__(self) -> str:
        return f"{self.state} {self.verdict}"
