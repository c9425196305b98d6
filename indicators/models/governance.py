"""What people decide about the hub's own conduct: pauses, holds, appeals, requests. Private bank.

No row here says who contributed to what. Texts are references to case files kept elsewhere and
short reasons of staff; the value that a request is about is kept as a keyed tag alone.
"""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.db.models.lookups import Exact

from indicators.models.collection import Collection
from indicators.models.member import Member
from indicators.models.submission import Submission


LONGEST_HOLD = 180
"""Days of a legal hold, from its approval."""


def _another(first: str, second: str) -> Q:
    """Nobody, or somebody else than the first."""
    return Q(**{second: ""}) | ~Q(Exact(Lower(second), Lower(first)))


class Pause(models.Model):
    """A switch of policy/regimes.toml that a person has set; one row for each time."""

    class Switch(models.TextChoices):
        PERSONAL_TOKENS = "personal_tokens", "Personal identifiers as tokens"
        CROSS_BORDER = "cross_border", "Sharing with members under another law"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    switch = models.CharField(max_length=24, choices=Switch)
    reason = models.CharField(max_length=300, help_text="Why; staff read it.")
    set_by = models.CharField(max_length=150)
    set_at = models.DateTimeField()
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        db_table = "pause"
        default_permissions = ("view", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["switch"], condition=Q(lifted_at=None), name="pause_once"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_a_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at=None, lifted_by="")
                | (Q(lifted_at__isnull=False) & ~Q(lifted_by="")),
                name="pause_lifted_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"pause of {self.switch}"


class LegalHold(models.Model):
    """Freezes the purge of what was submitted within a scope; two people, and for a time.

    The scope is what meets all of the parts that are given.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    matter = models.CharField(
        max_length=120, help_text="The case, by its reference; no names of persons."
    )
    member = models.ForeignKey(
        Member, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    collection = models.ForeignKey(
        Collection, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    submission = models.ForeignKey(
        Submission, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    received_from = models.DateTimeField(null=True, blank=True)
    received_until = models.DateTimeField(null=True, blank=True, help_text="Not itself included.")
    days = models.PositiveSmallIntegerField(
        default=LONGEST_HOLD, help_text="How long it lasts from its approval."
    )
    renews = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    requested_by = models.CharField(max_length=150)
    requested_at = models.DateTimeField()
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True, blank=True)
    expires_at = models.DateTimeField(null=True, blank=True)
    released_by = models.CharField(max_length=150, blank=True)
    released_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        db_table = "legal_hold"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=_another("requested_by", "approved_by"), name="legal_hold_two_people"
            ),
            models.CheckConstraint(
                condition=Q(days__range=(1, LONGEST_HOLD)), name="legal_hold_time_boxed"
            ),
            models.CheckConstraint(
                condition=Q(approved_by="", approved_at=None, expires_at=None)
                | (~Q(approved_by="") & Q(approved_at__isnull=False, expires_at__isnull=False)),
                name="legal_hold_approved_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(member__isnull=False)
                | Q(collection__isnull=False)
                | Q(submission__isnull=False)
                | Q(received_from__isnull=False, received_until__isnull=False),
                name="legal_hold_has_a_scope",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.matter} ({str(self.id)[:8]})"


class Appeal(models.Model):
    """Somebody disputes a published object: it is flagged, and gone for good if they are right."""

    class Ground(models.TextChoices):
        NOT_THE_ACTOR = "not-the-actor", "It belongs to a person who is not the actor"
        BYSTANDERS = "bystanders", "Bystanders share it"
        AUTHORISED = "authorised-use", "The use was authorised"
        WRONG_VALUE = "wrong-value", "The value is wrong"
        STALE = "stale", "It was right once and is not any more"
        DATA_SUBJECT = "data-subject", "A person exercises a right over personal data"
        OTHER = "other", "Something else; the case file says what"

    class State(models.TextChoices):
        OPEN = "open"
        UPHELD = "upheld", "Upheld: withdrawn, and may not come again"
        DISMISSED = "dismissed", "Dismissed: the flag is taken away"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    stix_id = models.TextField("STIX id")
    ground = models.CharField(max_length=24, choices=Ground)
    reference = models.CharField(
        max_length=120, help_text="The case file; no names and no values here."
    )
    tags = ArrayField(
        models.BinaryField(max_length=32),
        default=list,
        help_text="Keyed: by what its content is known again if it may not come back.",
    )
    note_id = models.TextField(blank=True, help_text="The note that flags what bears no label.")
    state = models.CharField(max_length=16, choices=State, default=State.OPEN)
    opened_by = models.CharField(max_length=150)
    opened_at = models.DateTimeField()
    closed_by = models.CharField(max_length=150, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=300, blank=True, help_text="Why; no names, no values.")
    applied = models.CharField(
        max_length=16, blank=True, help_text="The state that the feed shows already."
    )

    class Meta:
        db_table = "appeal"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "stix_id"], condition=Q(state="open"), name="appeal_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", closed_by="") | (~Q(state="open") & ~Q(closed_by="")),
                name="appeal_closed_by_somebody",
            ),
        ]
        indexes = [
            models.Index(
                fields=["opened_at"],
                name="appeal_to_apply",
                condition=~Q(applied=models.F("state")),
            )
        ]

    def __str__(self) -> str:
        return f"{self.state} appeal on {self.stix_id}"


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


class GovernmentRequest(models.Model):
    """A request of a public authority, and what was answered. A register: it opens nothing."""

    class Authority(models.TextChoices):
        COURT = "court"
        LAW_ENFORCEMENT = "law-enforcement"
        REGULATOR = "regulator"
        DATA_PROTECTION = "data-protection"
        INTELLIGENCE = "intelligence"
        OTHER = "other"

    class Instrument(models.TextChoices):
        VOLUNTARY = "voluntary", "A request without an order"
        SUBPOENA = "subpoena"
        COURT_ORDER = "court-order"
        WARRANT = "warrant"
        SECRECY_ORDER = "secrecy-order", "An order that forbids to speak of it"
        OTHER = "other"

    class Answer(models.TextChoices):
        PENDING = "pending"
        REFUSED = "refused"
        REFERRED = "referred-to-member", "Referred to the member whose data it is"
        ANSWERED = "answered", "Answered, as counsel advised"
        WITHDRAWN = "withdrawn"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    received_on = models.DateField()
    jurisdiction = models.CharField(max_length=2, help_text="ISO 3166-1 alpha-2.")
    authority = models.CharField(max_length=24, choices=Authority)
    instrument = models.CharField(max_length=24, choices=Instrument)
    reference = models.CharField(max_length=120, help_text="The case file; no names of persons.")
    recorded_by = models.CharField(max_length=150)
    recorded_at = models.DateTimeField()
    answer = models.CharField(max_length=24, choices=Answer, default=Answer.PENDING)
    answered_by = models.CharField(max_length=150, blank=True)
    answered_on = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "government_request"
        default_permissions = ("view", "add", "change")
        constraints = [
            models.CheckConstraint(
                condition=Q(jurisdiction__regex=r"^[A-Z]{2}$"), name="government_request_place"
            ),
            models.CheckConstraint(
                condition=Q(answer="pending", answered_by="", answered_on=None)
                | (~Q(answer="pending") & ~Q(answered_by="") & Q(answered_on__isnull=False)),
                name="government_request_answered_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.authority} in {self.jurisdiction}, {self.received_on}"


class PolicyText(models.Model):
    """A disclosure policy that has been in force here, word for word."""

    version = models.CharField(primary_key=True, max_length=40)
    text = models.TextField()
    since = models.DateTimeField(help_text="When this hub first ran with it.")

    class Meta:
        db_table = "policy_text"
        default_permissions = ()

    def __str__(self) -> str:
        return self.version


class Rescreen(models.Model):
    """How far what is published has been looked at again under a policy, per collection."""

    pk = models.CompositePrimaryKey("policy_version", "collection_id")
    policy_version = models.CharField(max_length=40)
    collection = models.ForeignKey(
        Collection, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    position = models.BigIntegerField(default=0, help_text="Looked at up to and including this.")
    checked = models.PositiveBigIntegerField(default=0)
    revised = models.PositiveBigIntegerField(default=0)
    withdrawn = models.PositiveBigIntegerField(default=0)
    unknown = models.PositiveBigIntegerField(
        default=0, help_text="Published under a policy whose text is not kept."
    )
    finished_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "rescreen"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.policy_version} up to {self.position}"
