"""What may not be published again. Private bank."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.appeal import Appeal
from indicators.models.subject_request import SubjectRequest


class Barred(models.Model):
    """What may not be published again, by keyed tags of its content: a reader learns nothing."""

    tag = models.BinaryField(primary_key=True, max_length=32)
    appeal = models.ForeignKey(Appeal, null=True, on_delete=models.PROTECT, related_name="+")
    request = models.ForeignKey(
        SubjectRequest, null=True, on_delete=models.PROTECT, related_name="+"
    )
    since = models.DateField()

    class Meta:
        db_table = "barred"
        default_permissions = ()
        constraints = [
            models.CheckConstraint(
                condition=Q(appeal__isnull=False) | Q(request__isnull=False),
                name="barred_for_a_reason",
            )
        ]

    def __str__(self) -> str:
        return f"barred since {self.since}"
