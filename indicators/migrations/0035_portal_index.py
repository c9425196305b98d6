"""What was counted of a submission is found along an index. Built beside those who write."""

from __future__ import annotations

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("indicators", "0035_portal")]

    operations = [
        AddIndexConcurrently(
            model_name="submissionobject",
            index=models.Index(
                condition=models.Q(("reason", "COUNTED")),
                fields=["submission"],
                name="submission_object_counted",
            ),
        ),
    ]
