"""What one reviewer tells the next at the end of a shift. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q


class ShiftNote(models.Model):
    """A note left with the review queue; its words go when somebody has read it."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    text_ct = models.BinaryField(null=True, help_text="The words, sealed; NULL once read.")
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    read_by = models.CharField(max_length=150, blank=True)
    read_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "shift_note"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(read_by="", read_at=None, text_ct__isnull=False)
                | (~Q(read_by="") & Q(read_at__isnull=False, text_ct=None)),
                name="shift_note_is_unread_or_gone",
            ),
        ]
        indexes = [
            models.Index(fields=["at"], name="shift_note_unread", condition=Q(read_at=None)),
        ]

    def __str__(self) -> str:
        return f"note of {self.by} at {self.at}"
