"""Appeals over published objects. Private bank."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection


class Appeal(models.Model):
    """Somebody disputes a published object: it is flagged, and gone for good if they are right.

    A person's appeal is opened by staff, that of members by the pipeline; both can be open at once.
    """

    class Ground(models.TextChoices):
        NOT_THE_ACTOR = "not-the-actor", "It belongs to a person who is not the actor"
        BYSTANDERS = "bystanders", "Bystanders share it"
        AUTHORISED = "authorised-use", "The use was authorised"
        WRONG_VALUE = "wrong-value", "The value is wrong"
        STALE = "stale", "It was right once and is not any more"
        DATA_SUBJECT = "data-subject", "A person exercises a right over personal data"
        MEMBERS = "members-dispute", "At least k members dispute it: it is suspended"
        OTHER = "other", "Something else; the case file says what"

    class State(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld", "Upheld: withdrawn, and may not come again"
        DISMISSED = "dismissed", "Dismissed: the flag is taken away"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    stix_id = models.TextField("STIX id")
    ground = models.CharField(max_length=24, choices=Ground)
    reference = models.CharField(
        max_length=120, help_text="The case file; no names and no values here."
    )
    tags = ArrayField(
        models.BinaryField(max_length=32),
        default=list,
        help_text="Keyed: by what its content is known again if it may not come back.",
    )
    note_id = models.TextField(blank=True, help_text="The note that flags what bears no label.")
    terms = models.JSONField(
        null=True, help_text="On what terms it stood before it was suspended: tier and end."
    )
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="Why; no names, no values.")
    applied = models.CharField(
        max_length=16, blank=True, help_text="The state that the feed shows already."
    )

    class Meta:
        db_table = "appeal"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "stix_id"],
                condition=Q(state="open") & ~Q(ground="members-dispute"),
                name="appeal_once",
            ),
            models.UniqueConstraint(
                fields=["collection", "stix_id"],
                condition=Q(state="open", ground="members-dispute"),
                name="appeal_of_members_once",
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_by="") | (~Q(state="open") & ~Q(closed_by="")),
                name="appeal_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"],
                name="appeal_to_apply",
                condition=~Q(applied=models.F("state")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} appeal on {self.stix_id}"
