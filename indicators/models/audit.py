"""The journal: one row per decision, written in the transaction of the act itself. Private bank."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.db.models.functions import TruncDay


OF_A_FEED = "--"
"""What every STIX id has in it, and no other subject."""
_OVER_A_FEED = Q(subject__contains=OF_A_FEED)


class AuditEntry(models.Model):
    """No sequence is taken here: a global one halves the commit rate (`docs/architecture.md`)."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    at = models.DateTimeField()
    actor = models.CharField(max_length=150, help_text="A staff login, 'pipeline', or a keyed tag.")
    act = models.CharField(max_length=40)
    subject = models.TextField()
    policy_version = models.CharField(max_length=40)
    regime = models.CharField(max_length=40)
    body = models.TextField(help_text="RFC 8785 JSON; never content of an object.")
    salt = models.BinaryField(max_length=16)

    class Meta:
        db_table = "audit_entry"
        verbose_name_plural = "audit entries"
        indexes = [
            models.Index(fields=["at"], name="audit_by_time"),
            models.Index(fields=["at", "id"], name="audit_of_people", condition=~_OVER_A_FEED),
            models.Index(fields=["act"], name="audit_acts_of_people", condition=~_OVER_A_FEED),
            models.Index(TruncDay("at"), "id", name="audit_of_feed", condition=_OVER_A_FEED),
            models.Index(fields=["act"], name="audit_acts_of_feed", condition=_OVER_A_FEED),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"
