"""Views of other records for staff screens. They own no table and are never written through.

A listing of publications is a database view because the admin cannot page over a composite key.
What the Forum did to its own objects is journalled beside what members did, in the same moments;
staff screens show the two apart, so that no screen puts a member next to a publication.
"""

from __future__ import annotations

from django.db import models

from indicators.models.audit import AuditEntry
from indicators.models.collection import Collection


class PublicationListing(models.Model):
    """One row of `publication`, under one key (`<collection>:<position>`)."""

    id = models.TextField(primary_key=True)
    collection = models.ForeignKey(
        Collection, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False
    )
    position = models.BigIntegerField()
    date_added = models.DateTimeField()
    stix_id = models.TextField("STIX id")
    version = models.DateTimeField()
    type = models.CharField(max_length=250)
    body = models.TextField(null=True)  # noqa: DJ001  NULL: blanked
    superseded_by = models.BigIntegerField(null=True)
    policy_version = models.CharField(max_length=40)

    class Meta:
        managed = False
        db_table = "publication_listing"
        default_permissions = ("view",)
        verbose_name = "publication"

    def __str__(self) -> str:
        return f"{self.stix_id} at {self.position}"


class FeedEntry(AuditEntry):
    """A journal entry over one of the Forum's own objects: its subject is `<alias>/<STIX id>`."""

    class Meta:
        proxy = True
        default_permissions = ("view",)
        verbose_name = "audit entry of the feed"
        verbose_name_plural = "audit entries of the feed"
