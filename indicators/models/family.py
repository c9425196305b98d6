"""Prompt families: tokens of skeletons by band, what holds them together, and public templates.

Shared bank: rows of what stands on the feed, or of texts that anybody can read. A row goes with the
object that it is about (ON DELETE CASCADE in the database), whatever takes that away.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from indicators.models.collection import Collection


class PublicTemplate(models.Model):
    """A template that anybody can read: a match on it proves nothing about who sent it."""

    name = models.CharField(max_length=120, unique=True)
    bands = models.BinaryField(max_length=512, help_text="32 bands of 16 bytes, not blinded.")
    source = models.CharField(
        max_length=16, choices=[("package", "Package"), ("imported", "Imported")]
    )
    since = models.DateField()
    is_changed = models.BooleanField(
        db_default=False, help_text="It has tokens of the bands that it had before."
    )

    class Meta:
        db_table = "public_template"
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name


class Skeleton(models.Model):
    """The tokens of one skeleton in one epoch: of a prompt family on the feed, or a public one.

    Numbers rise in the order in which skeletons appear on the feed.
    """

    id = models.BigAutoField(primary_key=True)
    # No index of its own: the one below begins with it.
    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", null=True, db_index=False
    )
    stix_id = models.TextField(null=True)  # noqa: DJ001  NULL: of a public template
    template = models.ForeignKey(
        PublicTemplate, on_delete=models.CASCADE, related_name="+", null=True, db_constraint=False
    )
    epoch = models.CharField(max_length=8)
    tokens = models.BinaryField(max_length=1024, help_text="32 of 32 bytes, in their order.")
    family = models.BigIntegerField(
        null=True, help_text="Named after its first; empty until it has one."
    )
    public = models.ForeignKey(
        "self",
        on_delete=models.SET_NULL,
        related_name="+",
        null=True,
        db_constraint=False,
        help_text="The public template that it matches.",
    )
    note_id = models.TextField(blank=True, help_text="The note that says so.")
    band_key = models.CharField(
        max_length=255,
        blank=True,
        db_default="",
        help_text="The key under which its bands are looked up; another is not the current one.",
    )

    class Meta:
        db_table = "skeleton"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["collection", "stix_id"], name="skeleton_once"),
            models.UniqueConstraint(fields=["template", "epoch"], name="skeleton_once_an_epoch"),
            models.CheckConstraint(
                condition=Q(template=None, collection__isnull=False, stix_id__isnull=False)
                | Q(template__isnull=False, collection=None, stix_id=None, family=None),
                name="skeleton_on_the_feed_or_public",
            ),
        ]
        indexes = [
            # Answers by itself who is of whose family: the tokens make rows large.
            models.Index(
                fields=["collection", "family", "id"],
                include=["stix_id"],
                name="skeleton_by_family",
            ),
            models.Index(fields=["band_key"], name="skeleton_by_band_key"),
            models.Index(
                fields=["collection"],
                name="skeleton_with_a_stale_note",
                condition=Q(public=None) & ~Q(note_id=""),
            ),
        ]

    def __str__(self) -> str:
        return self.stix_id or f"public template in {self.epoch}"


class Band(models.Model):
    """Where a token of a skeleton is looked up; the whole token stands with the skeleton."""

    # In the order of the look-up, which its index alone answers.
    pk = models.CompositePrimaryKey("token_prefix", "band_no", "is_public", "skeleton_id")
    token_prefix = models.BigIntegerField(help_text="The first 8 bytes of its keyed tag, signed.")
    band_no = models.SmallIntegerField()
    is_public = models.BooleanField()
    skeleton = models.ForeignKey(
        Skeleton, on_delete=models.CASCADE, related_name="+", db_constraint=False
    )

    class Meta:
        db_table = "band"
        default_permissions = ()

    def __str__(self) -> str:
        return f"band {self.band_no} of {self.skeleton_id}"


class FamilyLink(models.Model):
    """What holds two variants together, and the relationship that says so on the feed.

    The links of a family are a tree. An end that is empty has fallen: the family is looked at anew.
    """

    older = models.ForeignKey(
        Skeleton, on_delete=models.SET_NULL, related_name="+", null=True, db_constraint=False
    )
    newer = models.ForeignKey(
        Skeleton, on_delete=models.SET_NULL, related_name="+", null=True, db_constraint=False
    )
    bands = models.SmallIntegerField()
    relationship_id = models.TextField()

    class Meta:
        db_table = "family_link"
        default_permissions = ()
        indexes = [
            models.Index(
                fields=["id"],
                name="family_link_broken",
                condition=Q(older=None) | Q(newer=None),
            )
        ]

    def __str__(self) -> str:
        return self.relationship_id


class FamilyMark(models.Model):
    """How far a collection's feed has been read, as a poller reads it; its lock is the turn."""

    collection = models.OneToOneField(
        Collection, primary_key=True, on_delete=models.CASCADE, related_name="+"
    )
    position = models.BigIntegerField(default=0)
    public = models.BigIntegerField(
        default=0, help_text="The last public skeleton that was compared with what stands here."
    )

    class Meta:
        db_table = "family_mark"
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.collection_id} up to {self.position}"


class PublicTier(models.Model):
    """How far an indicator over a public template's bands said to go, before it was context."""

    collection = models.ForeignKey(
        Collection, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    stix_id = models.TextField()
    action_tier = models.CharField(max_length=16, blank=True)

    class Meta:
        db_table = "public_tier"
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["collection", "stix_id"], name="public_tier_once")
        ]

    def __str__(self) -> str:
        return self.stix_id
