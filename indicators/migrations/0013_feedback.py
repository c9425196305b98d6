"""Feedback: what members said of what stands, by keyed tags like the lineage."""

import uuid

from django.db import migrations, models

VERDICTS = [
    "sighted",
    "not-sighted",
    "true-positive",
    "false-positive",
    "benign-shared-infrastructure",
    "published-benchmark",
    "stale",
    "duplicate",
    "already-known",
    "not-reviewed",
]
FORWARD = [
    "ALTER TABLE feedback SET SCHEMA private",
    # As the lineage: the web finds a member's own rows by tags that it can make for that member.
    "GRANT SELECT ON private.feedback TO forum_web",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON private.feedback TO forum_worker",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0012_due_since")]
    operations = [
        migrations.CreateModel(
            name="Feedback",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "lookup_tag",
                        "collection_id",
                        "stix_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("lookup_tag", models.BinaryField(max_length=32)),
                ("collection_id", models.UUIDField(default=uuid.uuid4)),
                ("stix_id", models.TextField()),
                ("contrib_tag", models.BinaryField(max_length=32)),
                ("original_version", models.CharField(blank=True, max_length=40)),
                ("content_mac", models.BinaryField(max_length=32)),
                ("verdict", models.CharField(max_length=32)),
                (
                    "basis",
                    models.CharField(
                        choices=[
                            ("own-telemetry", "Own Telemetry"),
                            ("public", "Public"),
                            ("from-feed", "From Feed"),
                        ],
                        default="own-telemetry",
                        max_length=16,
                    ),
                ),
                (
                    "count_bucket",
                    models.PositiveSmallIntegerField(
                        help_text="How often it was seen, as the floor of a bucket; empty if not "
                        "said.",
                        null=True,
                    ),
                ),
                (
                    "first_day",
                    models.DateField(help_text="Since when it was seen, or the day it was said."),
                ),
                (
                    "last_day",
                    models.DateField(help_text="Until when it was seen, or the day it was said."),
                ),
                (
                    "heard",
                    models.BooleanField(
                        default=False,
                        help_text="An appeal was dismissed that it stood behind: it suspends "
                        "nothing again.",
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "Active"), ("withdrawn", "Withdrawn")],
                        default="active",
                        max_length=16,
                    ),
                ),
                (
                    "member_ct",
                    models.BinaryField(
                        help_text="The member, sealed; opened only by the two-person audited "
                        "reveal."
                    ),
                ),
            ],
            options={"db_table": "feedback", "default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(
                condition=models.Q(("state", "active")),
                fields=["collection_id", "stix_id"],
                name="feedback_active",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("verdict__in", VERDICTS)), name="feedback_verdict_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("count_bucket", None),
                    models.Q(("count_bucket__in", (1, 10, 100, 1000)), ("verdict", "sighted")),
                    models.Q(("count_bucket", 0), ("verdict", "not-sighted")),
                    _connector="OR",
                ),
                name="feedback_counts_sightings",
            ),
        ),
        migrations.AddConstraint(
            model_name="feedback",
            constraint=models.CheckConstraint(
                condition=models.Q(("first_day__lte", models.F("last_day"))),
                name="feedback_days_in_order",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
