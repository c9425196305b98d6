"""What an authority's request is about, what counsel decided, what left for it. Private bank."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q

from indicators.models.government_request import GovernmentRequest
from indicators.models.legal_hold import LegalHold
from indicators.models.member import Member
from indicators.models.two_people import another


GRANTED = ("comply", "narrow")
"""Decisions after which something may leave."""


class LegalDemand(models.Model):
    """The scope of one request of the register, and every step until something leaves, or not.

    With a member the scope is what that member sent, without one it is what is published.
    """

    class Decision(models.TextChoices):
        OPEN = "open", "Counsel has not decided"
        COMPLY = "comply", "Comply, as far as the scope goes"
        NARROW = "narrow", "Comply, with less than was asked for"
        REFUSE = "refuse", "Refuse"

    class Notice(models.TextChoices):
        DUE = "due", "The member is to be told"
        GIVEN = "given", "The member has been told"
        PROHIBITED = "prohibited", "The member must not be told"

    request = models.OneToOneField(
        GovernmentRequest, primary_key=True, on_delete=models.PROTECT, related_name="+"
    )
    member = models.ForeignKey(Member, null=True, on_delete=models.PROTECT, related_name="+")
    types = ArrayField(models.CharField(max_length=80), help_text="Of objects, as in STIX.")
    first_day = models.DateField()
    last_day = models.DateField(help_text="Itself included.")
    ids_ct = models.BinaryField(null=True, help_text="The objects, by their ids, sealed.")
    scoped_by = models.CharField(max_length=150)
    decision = models.CharField(max_length=16, choices=Decision, default=Decision.OPEN)
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    why_ct = models.BinaryField(null=True, help_text="Why counsel decided so, sealed.")
    hold = models.ForeignKey(LegalHold, null=True, on_delete=models.PROTECT, related_name="+")
    notice = models.CharField(max_length=16, choices=Notice, default=Notice.DUE)
    notice_by = models.CharField(max_length=150, blank=True)
    notice_at = models.DateTimeField(null=True)
    notice_ct = models.BinaryField(null=True, help_text="What the member was told, sealed.")
    prohibited_ground = models.CharField(max_length=200, blank=True)
    prohibited_until = models.DateField(null=True, help_text="From then on the notice is due.")
    exported_by = models.CharField(max_length=150, blank=True)
    exported_at = models.DateTimeField(null=True)
    exported_sha256 = models.CharField(max_length=64, blank=True)
    exported_objects = models.PositiveIntegerField(null=True)

    class Meta:
        db_table = "legal_demand"
        default_permissions = ("view", "change")
        permissions = [("export_legaldemand", "Can export what counsel decided may leave")]
        constraints = [
            models.CheckConstraint(
                condition=Q(first_day__lte=F("last_day")), name="legal_demand_has_days"
            ),
            models.CheckConstraint(
                condition=Q(decision="open", decided_by="")
                | (~Q(decision="open") & ~Q(decided_by="")),
                name="legal_demand_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=another("decided_by", "exported_by"), name="legal_demand_two_people"
            ),
            models.CheckConstraint(
                condition=Q(exported_by="")
                | (
                    Q(decision__in=GRANTED)
                    & (Q(member=None) | ~Q(notice="due"))
                    & ~Q(exported_sha256="")
                ),
                name="legal_demand_leaves_by_decision_and_notice",
            ),
            models.CheckConstraint(
                condition=~Q(notice="prohibited")
                | (~Q(prohibited_ground="") & Q(prohibited_until__isnull=False)),
                name="legal_demand_prohibited_on_a_ground",
            ),
        ]

    def __str__(self) -> str:
        return f"demand {self.request_id}"
