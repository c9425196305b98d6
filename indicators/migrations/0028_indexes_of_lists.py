"""Lists of the journal, of publications, submissions and campaigns go along indexes.

Built beside those who write: every push writes these tables.
"""

from __future__ import annotations

import django.db.models.functions.datetime
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("indicators", "0027_membership"),
    ]

    operations = [
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject__contains", "--"), _negated=True),
                fields=["at", "id"],
                name="audit_of_people",
            ),
        ),
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject__contains", "--"), _negated=True),
                fields=["act"],
                name="audit_acts_of_people",
            ),
        ),
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(
                django.db.models.functions.datetime.TruncDay("at"),
                models.F("id"),
                condition=models.Q(("subject__contains", "--")),
                name="audit_of_feed",
            ),
        ),
        AddIndexConcurrently(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject__contains", "--")),
                fields=["act"],
                name="audit_acts_of_feed",
            ),
        ),
        AddIndexConcurrently(
            model_name="publication",
            index=models.Index(fields=["date_added"], name="publication_by_time"),
        ),
        AddIndexConcurrently(
            model_name="submission",
            index=models.Index(fields=["received_at", "id"], name="submission_by_time"),
        ),
        AddIndexConcurrently(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("state", "quarantined")),
                fields=["received_at", "id"],
                name="submission_quarantined",
            ),
        ),
    ]
