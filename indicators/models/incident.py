"""Incidents of the hub itself, each with its clock and its timeline. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class Incident(models.Model):
    """What went wrong at the hub, not at a lab: from when it was noticed until it is closed."""

    class Kind(models.TextChoices):
        LEAK = "leak", "Data reached somebody it should not have"
        SOURCE_KNOWN = "source-known", "It became known which member sent something"
        KEY = "key", "A key or a login is in the wrong hands"
        INTRUSION = "intrusion", "Somebody got into the hub"
        LOSS = "loss", "Data is lost, or the hub stands still"
        OTHER = "other", "Something else; the timeline says what"

    class Notice(models.TextChoices):
        OPEN = "open", "Not settled: the clock runs"
        GIVEN = "given", "Given to the authority"
        NOT_DUE = "not-due", "None is due, as counsel decided"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    reference = models.CharField(
        max_length=40, unique=True, help_text="The case file; no names of members or persons."
    )
    kind = models.CharField(max_length=16, choices=Kind)
    noticed_at = models.DateTimeField(help_text="From here the 72 hours of GDPR Art. 33 count.")
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    notice = models.CharField(max_length=16, choices=Notice, default=Notice.OPEN)
    notice_at = models.DateTimeField(null=True, help_text="When it went out, or was decided.")
    notice_by = models.CharField(max_length=150, blank=True)
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "incident"
        default_permissions = ("view", "add", "change")
        permissions = [("counsel_incident", "Can decide that no notice is due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(notice="open", notice_by="", notice_at=None)
                | (~Q(notice="open") & ~Q(notice_by="") & Q(notice_at__isnull=False)),
                name="incident_notice_settled_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(closed_by="", closed_at=None)
                | (~Q(closed_by="") & Q(closed_at__isnull=False) & ~Q(notice="open")),
                name="incident_closed_by_somebody_and_not_before_its_clock",
            ),
        ]

    def __str__(self) -> str:
        return self.reference


class IncidentEntry(models.Model):
    """One line of the timeline. It is added and never changed: the web may do nothing else."""

    class Kind(models.TextChoices):
        FINDING = "finding", "What was found"
        DECISION = "decision", "What was decided"
        NOTICE = "notice", "Who was told what"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    incident = models.ForeignKey(Incident, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind)
    text_ct = models.BinaryField(help_text="The words, sealed.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()

    class Meta:
        db_table = "incident_entry"
        default_permissions = ()
        indexes = [models.Index(fields=["incident", "at"], name="incident_entry_in_order")]

    def __str__(self) -> str:
        return f"{self.kind} at {self.at}"
