"""What the Forum says: objects, their published versions, and the queue in front of them.

Shared bank: nothing reachable from here names a member or a submission (a test walks it).
"""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from indicators.models.collection import Collection


class ForumObject(models.Model):
    """A thing the Forum speaks of in one collection, under one id, for as long as it stands.

    Scope is one per (collection, content key): never shared between groups, so that an early
    `created` or a count cannot cross audiences. A revoked object gives its key back.
    """

    class State(models.TextChoices):
        LIVE = "live"
        SUSPENDED = "suspended"
        REVOKED = "revoked"

    pk = models.CompositePrimaryKey("collection_id", "stix_id")
    # No index of its own: the keys below begin with it, and the planner would pick the wrong one.
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stix_id = models.TextField()
    content_key = models.BinaryField(max_length=32, null=True)
    type = models.CharField(max_length=250)
    kind = models.CharField(
        max_length=32, db_default="lasting", help_text="By which model of belief it gets older."
    )
    state = models.CharField(max_length=16, choices=State, default=State.LIVE)
    corroborated = models.BooleanField(default=False)
    minted_day = models.DateField()

    class Meta:
        db_table = "forum_object"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "content_key"],
                name="forum_object_one_per_key",
                condition=Q(content_key__isnull=False),
            )
        ]
        indexes = [models.Index(fields=["stix_id"], name="forum_object_by_id")]

    def __str__(self) -> str:
        return self.stix_id


class PublicationQuerySet(models.QuerySet["Publication"]):
    def live(self) -> PublicationQuerySet:
        return self.filter(superseded_by__isnull=True)


class Publication(models.Model):
    """One version of one object at one position of one collection.

    `date_added` is unique and strictly increasing per collection, in commit order. `body` is the
    object as JSON text, NULL once blanked. `version` is the object's `modified` (or `created`, or
    for unversioned objects the moment of publication). `superseded_by` is the position of the row
    that holds a newer version.
    """

    pk = models.CompositePrimaryKey("collection_id", "position")
    # No index of its own: the keys below begin with it, and the planner would pick the wrong one.
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    position = models.BigIntegerField()
    date_added = models.DateTimeField()
    stix_id = models.TextField()
    version = models.DateTimeField()
    type = models.CharField(max_length=250)
    spec_version = models.CharField(max_length=8, default="2.1")
    body = models.TextField(null=True)  # noqa: DJ001  NULL is blanked, not empty
    superseded_by = models.BigIntegerField(null=True)
    policy_version = models.CharField(max_length=40)

    objects = PublicationQuerySet.as_manager()

    class Meta:
        db_table = "publication"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "date_added"], name="publication_by_date"
            ),
            models.UniqueConstraint(
                fields=["collection", "stix_id", "version"], name="publication_by_version"
            ),
        ]
        indexes = [
            models.Index(fields=["collection", "type", "position"], name="publication_by_type"),
            models.Index(
                fields=["collection", "position"],
                name="publication_live",
                condition=Q(superseded_by__isnull=True),
            ),
            models.Index(
                fields=["collection", "spec_version", "position"],
                name="publication_other_spec",
                condition=~Q(spec_version="2.1"),
            ),
            models.Index(fields=["date_added"], name="publication_by_time"),
        ]

    def __str__(self) -> str:
        return f"{self.stix_id} at {self.position}"


class ReleaseItem(models.Model):
    """What is ready and waits for its lane. Everything that is published passes through here."""

    pk = models.CompositePrimaryKey("collection_id", "stix_id")
    # No index of its own: the keys below begin with it, and the planner would pick the wrong one.
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stix_id = models.TextField()
    type = models.CharField(max_length=250)
    body = models.TextField()
    version = models.DateTimeField()
    policy_version = models.CharField(max_length=40)
    rank = models.SmallIntegerField(help_text="Within a batch: SCO before SDO before SRO.")
    ready_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, help_text="Empty: it waits for a batch.")
    deadline = models.DateTimeField(
        null=True, help_text="Then a batch is formed for it; once it is, then it is out."
    )
    batch_tag = models.BinaryField(
        max_length=32,
        null=True,
        help_text="One value per member while it waits for a batch: counts, and names nobody.",
    )

    class Meta:
        db_table = "release_item"
        indexes = [models.Index(fields=["collection", "not_before"], name="release_due")]

    def __str__(self) -> str:
        return self.stix_id


class Edge(models.Model):
    """A published object that speaks of another; what falls when that other is withdrawn."""

    # No index of its own: the keys below begin with it, and the planner would pick the wrong one.
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stix_id = models.TextField(help_text="The object that holds the reference.")
    target_id = models.TextField()

    class Meta:
        db_table = "edge"
        constraints = [
            models.UniqueConstraint(
                fields=["collection", "stix_id", "target_id"], name="edge_once"
            ),
            models.CheckConstraint(condition=~Q(stix_id=F("target_id")), name="edge_not_a_loop"),
        ]
        indexes = [models.Index(fields=["collection", "target_id"], name="edge_by_target")]

    def __str__(self) -> str:
        return f"{self.stix_id} -> {self.target_id}"


class Spoken(models.Model):
    """What the Forum has said, as keyed tags that outlive its withdrawal.

    The id of an observable is anybody's to compute, and that of another object a tool may change:
    only by its words is an echo of it known (`domain/echo.py`).
    """

    pk = models.CompositePrimaryKey("stix_id", "mac")
    stix_id = models.TextField()
    mac = models.BinaryField(max_length=32)

    class Meta:
        db_table = "spoken"
        indexes = [models.Index(fields=["mac"], name="spoken_by_mac")]

    def __str__(self) -> str:
        return self.stix_id
