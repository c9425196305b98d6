"""Which texts of the disclosure policy two people have approved. Private bank.

A record and no switch: the hub runs with the policy of its release, approved or not (ADR-0033).
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.two_people import another


class PolicyApproval(models.Model):
    """One text, known by its hash, and who has approved it."""

    sha256 = models.CharField(primary_key=True, max_length=64, help_text="Of the text in UTF-8.")
    version = models.CharField(max_length=40)
    text = models.TextField()
    announced_by = models.CharField(
        max_length=150, blank=True, help_text="Empty: it was in force before anybody announced it."
    )
    recorded_at = models.DateTimeField()
    first_by = models.CharField(max_length=150, blank=True)
    first_at = models.DateTimeField(null=True)
    second_by = models.CharField(max_length=150, blank=True)
    second_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "policy_approval"
        default_permissions = ()
        permissions = [
            ("approve_policyapproval", "Can announce and approve a version of the policy")
        ]
        constraints = [
            models.CheckConstraint(
                name="policy_approval_two_people", condition=another("first_by", "second_by")
            ),
            models.CheckConstraint(
                name="policy_approval_first_before_second",
                condition=Q(second_by="") | ~Q(first_by=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.version} ({self.sha256[:12]})"

    @property
    def is_approved(self) -> bool:
        return bool(self.second_by)
