"""Questions about published objects, answers of who stands behind them, and requests for appeals.

Private bank.
"""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q

from indicators.models.appeal import Appeal
from indicators.models.collection import Collection


class Question(models.Model):
    """A text of one member's that staff read and pass on, or not: nobody learns whose it is.

    Its author is there as a keyed tag alone, the words are sealed, no time is finer than a day.
    """

    class State(models.TextChoices):
        OPEN = "open", "Open: nobody has read it yet"
        PASSED = "passed", "Passed on"
        DECLINED = "declined", "Declined: it goes no further"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    ground = models.CharField(
        max_length=24,
        choices=Appeal.Ground,
        blank=True,
        db_default="",
        help_text="Of a request to open an appeal: on which ground. It goes to the staff alone.",
    )
    answers = models.ForeignKey(
        "self",
        null=True,
        on_delete=models.CASCADE,
        related_name="+",
        help_text="The question that this answers; empty of a question.",
    )
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    stix_id = models.TextField("STIX id")
    tag = models.BinaryField(
        max_length=32, unique=True, help_text="Keyed, of who wrote what: the same again is this."
    )
    author_tag = models.BinaryField(max_length=32, help_text="Keyed: finds a member's own.")
    text_ct = models.BinaryField(help_text="The words, sealed.")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    day = models.DateField()
    decided_by = models.CharField(max_length=150, blank=True)
    why = models.CharField(
        max_length=300, blank=True, help_text="Why it was declined; its author reads it."
    )

    class Meta:
        db_table = "question"
        default_permissions = ("view", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(state="open", decided_by="") | (~Q(state="open") & ~Q(decided_by="")),
                name="question_decided_by_somebody",
            )
        ]
        indexes = [models.Index(fields=["author_tag"], name="question_by_author")]

    def __str__(self) -> str:
        return f"{self.state} {self.kind} on {self.stix_id}"

    @property
    def kind(self) -> str:
        if self.ground:
            return "appeal"
        return "answer" if self.answers_id else "question"
