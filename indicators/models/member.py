"""Members, what they prove themselves with, and what they may read and write. Private bank."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models

from indicators.models.collection import Collection


class Member(models.Model):
    """A lab or partner organisation."""

    class State(models.TextChoices):
        ACTIVE = "active"
        SUSPENDED = "suspended"
        LEAVING = "leaving"
        LEFT = "left"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    slug = models.SlugField(unique=True)
    name = models.CharField(max_length=120)
    state = models.CharField(max_length=16, choices=State, default=State.ACTIVE)
    refuses_raw = models.BooleanField(
        default=False, help_text="This member forbids itself to send raw personal identifiers."
    )
    review_first_n = models.PositiveIntegerField(
        default=0, help_text="Its first N objects wait for a reviewer."
    )
    jurisdiction = models.CharField(
        max_length=2,
        blank=True,
        help_text="ISO 3166-1 alpha-2 of the law it shares under. While sharing across borders is "
        "paused, empty is foreign to everybody.",
    )
    joined_day = models.DateField()

    class Meta:
        db_table = "member"

    def __str__(self) -> str:
        return self.slug


class MemberUser(models.Model):
    """A person's login on behalf of a member."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")

    class Meta:
        db_table = "member_user"

    def __str__(self) -> str:
        return f"{self.user} for {self.member}"


class Credential(models.Model):
    """A machine's key. The secret is shown once and kept as SHA-256 (it has 256 random bits)."""

    id = models.CharField(primary_key=True, max_length=16)
    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    label = models.CharField(max_length=80, blank=True)
    secret_sha256 = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    created_day = models.DateField()
    last_used_day = models.DateField(null=True, blank=True)

    class Meta:
        db_table = "credential"

    def __str__(self) -> str:
        return self.id


class Grant(models.Model):
    """What one member may do in one collection, with its standing declaration of purpose."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    can_read = models.BooleanField(default=True)
    can_write = models.BooleanField(default=False)
    purpose = models.CharField(max_length=64, default="adversarial-distillation-defence")
    threat_nexus = ArrayField(
        models.CharField(max_length=64),
        default=list,
        blank=True,
        help_text="Taken for objects that state none of their own; recorded as defaulted.",
    )
    granted_by = models.CharField(max_length=150, blank=True)
    second_by = models.CharField(max_length=150, blank=True)

    class Meta:
        db_table = "collection_grant"
        constraints = [
            models.UniqueConstraint(fields=["member", "collection"], name="grant_once"),
            models.CheckConstraint(
                condition=models.Q(can_read=True) | models.Q(can_write=True),
                name="grant_gives_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} in {self.collection}"


class Passage(models.Model):
    """When a credential first read past a position: kept for a while, written with its poll mark.

    A key reads past what it filters away, too: this is who may have got a thing, not who kept it.
    """

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    position = models.BigIntegerField()
    minute = models.DateTimeField()

    class Meta:
        db_table = "passage"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "credential", "position"], name="passage_once"
            ),
        ]
        indexes = [models.Index(fields=["minute"], name="passage_by_time")]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.collection_id} past {self.position}"


class PollMark(models.Model):
    """How far a credential has read a collection. Flushed once a minute, never written in a GET."""

    credential = models.ForeignKey(Credential, on_delete=models.CASCADE, related_name="+")
    collection = models.ForeignKey(Collection, on_delete=models.CASCADE, related_name="+")
    last_position = models.BigIntegerField()
    last_minute = models.DateTimeField()

    class Meta:
        db_table = "poll_mark"
        constraints = [
            models.UniqueConstraint(fields=["credential", "collection"], name="poll_mark_once"),
        ]

    def __str__(self) -> str:
        return f"{self.credential_id} {self.collection_id} at {self.last_position}"
