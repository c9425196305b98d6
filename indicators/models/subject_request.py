"""What persons asked about values of theirs. Private bank."""

from __future__ import annotations

import uuid

from django.db import models


class SubjectRequest(models.Model):
    """A person asked what is shared about a value of theirs, or to have it disputed or erased."""

    class Act(models.TextChoices):
        FIND = "find"
        DISPUTE = "dispute"
        ERASE = "erase"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=24)
    value_tag = models.BinaryField(max_length=32, help_text="Keyed; never the value.")
    act = models.CharField(max_length=16, choices=Act)
    reference = models.CharField(max_length=120, help_text="The case file.")
    found = models.PositiveIntegerField()
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    done_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "subject_request"
        default_permissions = ("view", "add")
        indexes = [models.Index(fields=["value_tag"], name="subject_request_by_value")]

    def __str__(self) -> str:
        return f"{self.act} over a {self.kind}"
