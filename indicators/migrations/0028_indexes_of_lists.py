"""Lists of the journal, of publications, submissions and campaigns go along indexes."""

from __future__ import annotations

import django.db.models.functions.datetime
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0027_membership"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject__contains", "--"), _negated=True),
                fields=["at", "id"],
                name="audit_of_people",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject__contains", "--"), _negated=True),
                fields=["act"],
                name="audit_acts_of_people",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                django.db.models.functions.datetime.TruncDay("at"),
                models.F("id"),
                condition=models.Q(("subject__contains", "--")),
                name="audit_of_feed",
            ),
        ),
        migrations.AddIndex(
            model_name="auditentry",
            index=models.Index(
                condition=models.Q(("subject__contains", "--")),
                fields=["act"],
                name="audit_acts_of_feed",
            ),
        ),
        migrations.AddIndex(
            model_name="publication",
            index=models.Index(fields=["date_added"], name="publication_by_time"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(fields=["received_at", "id"], name="submission_by_time"),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("state", "quarantined")),
                fields=["received_at", "id"],
                name="submission_quarantined",
            ),
        ),
    ]
