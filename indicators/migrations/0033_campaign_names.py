"""Names that staff gave campaigns: a decision of theirs, which the worker says on the feed."""

from __future__ import annotations

import uuid

import django.db.models.deletion
from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
FORWARD = [
    "ALTER TABLE campaign_name SET SCHEMA private",
    "GRANT SELECT, INSERT, UPDATE ON private.campaign_name TO forum_web, forum_worker",
    "ALTER TABLE private.campaign_name ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY staff_rows ON private.campaign_name TO forum_web USING ({STAFF}) "
    f"WITH CHECK ({STAFF})",
    "CREATE POLICY all_rows ON private.campaign_name TO forum_owner, forum_worker "
    "USING (true) WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0032_key_orders")]

    operations = [
        migrations.CreateModel(
            name="CampaignName",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("campaign_id", models.TextField()),
                ("name", models.CharField(max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("given", "Given; the worker says it"),
                            ("said", "Said on the feed"),
                            (
                                "dropped",
                                "Never said: another name or the campaign's end came before",
                            ),
                        ],
                        default="given",
                        max_length=16,
                    ),
                ),
                ("given_by", models.CharField(max_length=150)),
                ("given_at", models.DateTimeField()),
                ("said_at", models.DateTimeField(null=True)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "campaign_name",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        fields=["campaign_id", "given_at"], name="campaign_name_by_campaign"
                    ),
                    models.Index(
                        condition=models.Q(("state", "given")),
                        fields=["collection", "name"],
                        name="campaign_name_to_be_said",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
