"""The policies that were in force, and how far the look back under a new one is. Private bank."""

from __future__ import annotations

from django.db import models

from indicators.models.collection import Collection


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
