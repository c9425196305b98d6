"""Submissions as received, the outcome of each object, and what is held or waits. Private bank.

PostgreSQL is the queue: a submission's row is its place in it. No row here carries a Forum id, a
publication or a content key; the status finds the Forum id through keyed tags.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.two_people import another


class Submission(models.Model):
    """One envelope or one retraction, with its raw body compressed and encrypted."""

    class Kind(models.TextChoices):
        ENVELOPE = "envelope"
        RETRACTION = "retraction"

    class State(models.TextChoices):
        RECEIVED = "received"
        WORKING = "working"
        COMPLETE = "complete"
        QUARANTINED = "quarantined"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind, default=Kind.ENVELOPE)
    sent_with = models.CharField(
        max_length=160, db_default="", help_text="The credential; login/<name> from the portal."
    )
    body_ct = models.BinaryField(null=True, help_text="NULL once purged.")
    body_mac = models.BinaryField(max_length=32)
    state = models.CharField(max_length=16, choices=State, default=State.RECEIVED)
    lease_token = models.UUIDField(null=True)
    lease_until = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    n_objects = models.PositiveIntegerField()
    received_at = models.DateTimeField()
    due_since = models.DateTimeField(
        db_default=Now(), help_text="Since when it was to be worked on, the last time it was."
    )
    finished_at = models.DateTimeField(null=True)
    purge_after = models.DateTimeField()
    forgotten = models.BooleanField(
        default=False, help_text="Ids and messages of its objects are gone; it has no status."
    )
    failure_reference = models.CharField(max_length=36, blank=True)
    failure_kind = models.CharField(
        max_length=80, db_default="", help_text="Of its last error, if one was raised; no text."
    )

    class Meta:
        db_table = "submission"
        permissions = [("retry_submission", "Can try again what was quarantined")]
        indexes = [
            models.Index(
                fields=["state", "lease_until"],
                name="submission_unfinished",
                condition=models.Q(state__in=["received", "working"]),
            ),
            models.Index(
                fields=["member", "collection", "received_at"],
                name="submission_in_order",
                condition=models.Q(state__in=["received", "working"]),
            ),
            models.Index(fields=["member", "received_at"], name="submission_by_member"),
            models.Index(
                fields=["purge_after"],
                name="submission_to_purge",
                condition=models.Q(body_ct__isnull=False),
            ),
            models.Index(
                fields=["received_at"],
                name="submission_to_forget",
                condition=models.Q(forgotten=False),
            ),
            models.Index(fields=["received_at", "id"], name="submission_by_time"),
            models.Index(
                fields=["received_at", "id"],
                name="submission_quarantined",
                condition=models.Q(state="quarantined"),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Idempotency(models.Model):
    """Makes a re-sent body the same submission for a day."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    key = models.BinaryField(max_length=32)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    expires_at = models.DateTimeField()

    class Meta:
        db_table = "idempotency"
        constraints = [
            models.UniqueConstraint(fields=["member", "collection", "key"], name="idempotency_once")
        ]

    def __str__(self) -> str:
        return str(self.submission_id)


class SubmissionObject(models.Model):
    """The outcome of one object of a submission; the row appears when it is first decided.

    The lab's own id, version and the message to it are sealed: an observable's id is the same for
    everybody who knows its value, so in clear it would join the member to the publication, and
    would tell a held value to whoever can guess it.
    """

    class Outcome(models.TextChoices):
        PENDING = "pending", "To be worked on (again)"
        PUBLISHED = "published"
        HELD = "held"
        WAITING = "waiting"
        REJECTED = "rejected"
        ECHO = "echo", "The Forum's own object, posted back"
        UNSHARED = "unshared", "Taken note of; nothing in it is ever shared"
        WITHDRAWN = "withdrawn"

    pk = models.CompositePrimaryKey("submission_id", "ordinal")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveIntegerField()
    own_tag = models.BinaryField(max_length=32)
    original_ct = models.BinaryField(help_text="The lab's own id and version, sealed.")
    outcome = models.CharField(max_length=16, choices=Outcome)
    reason = models.CharField(max_length=40, blank=True)
    message_ct = models.BinaryField(null=True, help_text="For the submitter alone, sealed.")
    rule_ids = ArrayField(models.CharField(max_length=80), default=list)
    waived = ArrayField(
        models.CharField(max_length=40), default=list, help_text="Reasons a reviewer has waived."
    )
    policy_version = models.CharField(max_length=40)
    regime = models.CharField(max_length=40)

    class Meta:
        db_table = "submission_object"
        indexes = [
            models.Index(
                fields=["submission"],
                name="submission_object_open",
                condition=models.Q(outcome__in=["pending", "held", "waiting"]),
            ),
            models.Index(
                fields=["submission"],
                name="submission_object_counted",
                condition=models.Q(reason="COUNTED"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}#{self.ordinal} {self.outcome}"


class HeldObject(models.Model):
    """What waits for a reviewer: a whole object, or some properties of a published one."""

    class Part(models.TextChoices):
        OBJECT = "object", "The whole object"
        PROPERTIES = "properties", "Some properties; the object itself went on"

    class State(models.TextChoices):
        OPEN = "open"
        DECIDED = "decided", "Takes effect when its time to be undone is over"
        RELEASED = "released", "A reviewer let it go; properties are about to be published"
        APPLIED = "applied", "Released properties that are published"
        REJECTED = "rejected"
        SUPERSEDED = "superseded", "The member sent a newer one or took it back"

    class Decision(models.TextChoices):
        RELEASE = "release"
        TEMPLATE = "template", "Release, with a text of the Forum's in place of the lab's"
        REJECT = "reject"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveIntegerField()
    own_tag = models.BinaryField(max_length=32)
    version = models.DateTimeField(null=True, help_text="Of the lab's object.")
    part = models.CharField(max_length=16, choices=Part)
    projected_ct = models.BinaryField()
    reasons = ArrayField(models.CharField(max_length=40))
    rule_ids = ArrayField(
        models.CharField(max_length=80), default=list, help_text="What the screens found in it."
    )
    rank = models.SmallIntegerField(default=0)
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    claimed_by = models.CharField(max_length=150, blank=True)
    claimed_until = models.DateTimeField(null=True, help_text="By the database's clock.")
    escalated_to = models.CharField(max_length=40, blank=True)
    escalated_by = models.TextField(blank=True, help_text="All who passed it on, in order.")
    escalation_ct = models.BinaryField(null=True, help_text="Why it was escalated, sealed.")
    needs_two = models.BooleanField(default=False)
    first_by = models.CharField(max_length=150, blank=True, help_text="Proposed the release.")
    second_by = models.CharField(max_length=150, blank=True, help_text="Confirmed it.")
    decision = models.CharField(max_length=16, choices=Decision, blank=True)
    decision_ct = models.BinaryField(null=True, help_text="Texts of the decision, sealed.")
    undo_until = models.DateTimeField(null=True, help_text="By the database's clock.")
    decided_by = models.CharField(max_length=150, blank=True)
    decided_at = models.DateTimeField(null=True)
    held_at = models.DateTimeField()

    class Meta:
        db_table = "held_object"
        permissions = [("counsel_heldobject", "Can decide what was escalated to counsel")]
        constraints = [
            models.CheckConstraint(
                name="held_second_is_another",
                condition=another("first_by", "second_by"),
            ),
            models.CheckConstraint(
                name="held_two_people",
                condition=Q(needs_two=False)
                | ~Q(state__in=["decided", "released", "applied"])
                | Q(decision="reject")
                | (~Q(first_by="") & ~Q(second_by="")),
            ),
            models.CheckConstraint(
                name="held_claim_has_an_end",
                condition=Q(claimed_by="", claimed_until=None)
                | (~Q(claimed_by="") & Q(claimed_until__isnull=False)),
            ),
            models.CheckConstraint(
                name="held_decision_can_be_undone",
                condition=~Q(state="decided") | (~Q(decision="") & Q(undo_until__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["state", "rank", "held_at"], name="held_queue"),
            models.Index(
                fields=["own_tag"],
                name="held_undecided_by_tag",
                condition=Q(state__in=["open", "decided", "released"]),
            ),
            models.Index(fields=["id"], name="held_released", condition=Q(state="released")),
            models.Index(fields=["undo_until"], name="held_decided", condition=Q(state="decided")),
            models.Index(
                fields=["decided_at"],
                name="held_by_decision",
                condition=Q(decided_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.part} held: {', '.join(self.reasons)}"


class WaitingEdge(models.Model):
    """An object that waits for another of the same member: one row per thing it needs."""

    needs_tag = models.BinaryField(max_length=32)
    own_tag = models.BinaryField(max_length=32, help_text="Of the object that waits.")
    version = models.DateTimeField(null=True, help_text="Of the object that waits.")
    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="+")
    ordinal = models.PositiveIntegerField()
    until = models.DateTimeField()

    class Meta:
        db_table = "waiting_edge"
        constraints = [
            models.UniqueConstraint(
                fields=["needs_tag", "submission", "ordinal"], name="waiting_edge_once"
            )
        ]
        indexes = [
            models.Index(fields=["submission", "ordinal"], name="waiting_edge_object"),
            models.Index(fields=["own_tag"], name="waiting_edge_by_tag"),
            models.Index(fields=["until"], name="waiting_edge_until"),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id}#{self.ordinal}"
