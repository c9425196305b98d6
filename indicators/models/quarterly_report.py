"""The report of a quarter as it was drawn up, signed off and published. Private bank."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.two_people import another


class QuarterlyReport(models.Model):
    """What the journal said of a quarter; counsel signs it off before anybody outside reads it."""

    class State(models.TextChoices):
        DRAFT = "draft", "Waits for counsel's sign-off"
        SIGNED = "signed", "Signed off, not published yet"
        PUBLISHED = "published"

    quarter = models.CharField(primary_key=True, max_length=6)
    body = models.TextField(help_text="RFC 8785 JSON, without small counts.")
    state = models.CharField(max_length=16, choices=State, default=State.DRAFT)
    drafted_by = models.CharField(max_length=150)
    drafted_at = models.DateTimeField()
    signed_by = models.CharField(max_length=150, blank=True)
    signed_at = models.DateTimeField(null=True)
    published_by = models.CharField(max_length=150, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "quarterly_report"
        default_permissions = ("view", "add", "change")
        permissions = [("sign_quarterlyreport", "Can sign off a report that another drew up")]
        constraints = [
            models.CheckConstraint(
                condition=Q(quarter__regex=r"^[0-9]{4}Q[1-4]$"),
                name="quarterly_report_quarter",
            ),
            models.CheckConstraint(
                condition=another("drafted_by", "signed_by"), name="quarterly_report_two_people"
            ),
            models.CheckConstraint(
                condition=Q(state="draft", signed_by="", published_by="")
                | (Q(state="signed", published_by="") & ~Q(signed_by=""))
                | (Q(state="published") & ~Q(signed_by="") & ~Q(published_by="")),
                name="quarterly_report_signed_before_it_is_published",
            ),
        ]

    def __str__(self) -> str:
        return self.quarter
