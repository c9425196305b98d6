"""The public keys of the evaluators as a signed, append-only list.

Shared bank: every lab reads it.
"""

from __future__ import annotations

from django.db import models


class KeyListEntry(models.Model):
    """One entry as it was signed. A trigger refuses UPDATE and DELETE, the owner's included."""

    seq = models.PositiveIntegerField(primary_key=True)
    entry = models.TextField(help_text="RFC 8785 JSON with its signature; it names the one before.")
    hash = models.CharField(max_length=64, unique=True, help_text="SHA-256 of the entry.")

    class Meta:
        db_table = "key_list_entry"
        verbose_name_plural = "key list entries"

    def __str__(self) -> str:
        return f"{self.seq} {self.hash}"
