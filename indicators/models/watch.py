"""Which campaigns a person watches: told to nobody but that person. Private bank."""

from __future__ import annotations

import uuid

from django.db import models


class Watch(models.Model):
    """One campaign that one login watches.

    Neither stands here in clear: a dump tells how many are watched, not by whom and not which.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner_tag = models.BinaryField(max_length=32, help_text="Keyed: finds what a login watches.")
    tag = models.BinaryField(
        max_length=32, unique=True, help_text="Keyed, of who watches what: twice is once."
    )
    watched_ct = models.BinaryField(help_text="The campaign, and when it was last looked at.")

    class Meta:
        db_table = "watch"
        default_permissions = ()
        indexes = [models.Index(fields=["owner_tag"], name="watch_by_owner")]

    def __str__(self) -> str:
        return "a watch"
