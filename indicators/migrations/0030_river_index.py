"""Who decided what today is found along an index. Built beside those who write."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("indicators", "0030_river_and_shifts")]

    operations = [
        AddIndexConcurrently(
            model_name="heldobject",
            index=models.Index(
                condition=models.Q(("decided_at__isnull", False)),
                fields=["decided_at"],
                name="held_by_decision",
            ),
        ),
    ]
