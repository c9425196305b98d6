"""What the Forum finds on its own feed, the campaigns that come of it, and what staff decide."""

import django.contrib.postgres.fields
import django.db.models.deletion
import uuid
from django.db import migrations, models


SHARED = [
    "campaign",
    "campaign_candidate",
    "campaign_member",
    "campaign_word",
    "correlation_mark",
    "correlation_run",
    "evidence",
]
STAFF = "current_setting('app.staff', true) = 'on'"
FORWARD = [
    *(f"ALTER TABLE {table} SET SCHEMA shared" for table in SHARED),
    "ALTER TABLE campaign_proposal SET SCHEMA private",
    *(f"GRANT SELECT ON shared.{table} TO forum_web, forum_worker" for table in SHARED),
    *(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON shared.{table} TO forum_publisher"
        for table in SHARED
    ),
    "GRANT USAGE ON ALL SEQUENCES IN SCHEMA shared TO forum_publisher",
    "GRANT SELECT, INSERT, UPDATE ON private.campaign_proposal TO forum_worker",
    "GRANT SELECT, INSERT, UPDATE ON private.campaign_proposal TO forum_web",
    # The web reaches them on staff screens and nowhere else.
    "ALTER TABLE private.campaign_proposal ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY staff_rows ON private.campaign_proposal TO forum_web "
    f"USING ({STAFF}) WITH CHECK ({STAFF})",
    "CREATE POLICY all_rows ON private.campaign_proposal TO forum_owner, forum_worker "
    "USING (true) WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0016_questions"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrelationMark",
            fields=[
                (
                    "collection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="indicators.collection",
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
            ],
            options={
                "db_table": "correlation_mark",
            },
        ),
        migrations.CreateModel(
            name="Campaign",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "collection_id",
                        "stix_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stix_id", models.TextField()),
                (
                    "infrastructure_id",
                    models.TextField(
                        blank=True,
                        help_text="The Forum's object of what it uses, if any of that is published.",
                    ),
                ),
                (
                    "intrusion_set_id",
                    models.TextField(blank=True, help_text="The operator, once designated."),
                ),
                (
                    "designation",
                    models.CharField(blank=True, help_text="FDA-2026-001.", max_length=40),
                ),
                ("name", models.CharField(blank=True, help_text="Given by staff.", max_length=80)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("live", "Live"),
                            ("merged", "Merged: an older one goes on for it"),
                            ("ended", "Ended: nothing holds it together any more"),
                        ],
                        default="live",
                        max_length=16,
                    ),
                ),
                ("merged_into", models.TextField(blank=True)),
                (
                    "founded_at",
                    models.DateTimeField(help_text="The oldest keeps its name in a merge."),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "campaign",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("designation", ""), _negated=True),
                        fields=("collection", "designation"),
                        name="campaign_one_per_designation",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("merged_into__gt", ""), ("state", "merged")),
                            models.Q(
                                models.Q(("state", "merged"), _negated=True), ("merged_into", "")
                            ),
                            _connector="OR",
                        ),
                        name="campaign_merged_into_another",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignCandidate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("report", models.TextField()),
                ("campaign_id", models.TextField()),
                (
                    "values",
                    models.PositiveIntegerField(help_text="How many values they have in common."),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "campaign_candidate",
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "report", "campaign_id"),
                        name="campaign_candidate_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignMember",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "collection_id",
                        "report",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("report", models.TextField()),
                ("campaign_id", models.TextField()),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "campaign_member",
                "indexes": [
                    models.Index(
                        fields=["collection", "campaign_id"], name="campaign_member_by_campaign"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignProposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("merge", "Two that share something"),
                            ("split", "One that little holds together"),
                            ("behaviour", "Two that work alike, and share no atom"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "one",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        help_text="Reports of the one side.",
                        size=None,
                    ),
                ),
                (
                    "other",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(),
                        help_text="Reports of the other side.",
                        size=None,
                    ),
                ),
                (
                    "share",
                    models.FloatField(
                        help_text="Of the smaller side's links, how much leads across."
                    ),
                ),
                (
                    "values",
                    models.JSONField(
                        help_text="What both show: kind and value, the heaviest first."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("together", "Decided: they are one"),
                            ("apart", "Decided: they are two"),
                            ("by-itself", "The evidence sufficed; nobody had to decide"),
                            ("over", "What spoke for it is gone"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("run_id", models.UUIDField(help_text="The run that found it, or saw it last.")),
                ("opened_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "why",
                    models.CharField(blank=True, help_text="No names, no values.", max_length=300),
                ),
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
                "db_table": "campaign_proposal",
                "default_permissions": ("view", "change"),
                "indexes": [
                    models.Index(fields=["collection", "state"], name="campaign_proposal_by_state")
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["together", "apart"]), _negated=True),
                            models.Q(("decided_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="campaign_proposal_decided",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CampaignWord",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "collection_id",
                        "stix_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("stix_id", models.TextField()),
                ("campaign_id", models.TextField()),
                ("source", models.TextField()),
                ("verb", models.CharField(max_length=40)),
                ("target", models.TextField()),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        help_text="Where it stands: what speaks of tokens stands beside.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "campaign_word",
                "indexes": [models.Index(fields=["campaign_id"], name="campaign_word_by_campaign")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "source", "verb", "target"), name="campaign_word_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CorrelationRun",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("previous", models.UUIDField(null=True)),
                ("started_at", models.DateTimeField()),
                (
                    "finished_at",
                    models.DateTimeField(
                        help_text="When all that came of it was published; empty if it was cut short.",
                        null=True,
                    ),
                ),
                (
                    "seconds",
                    models.FloatField(
                        help_text="Of the correlation alone, without what was published."
                    ),
                ),
                ("policy_version", models.CharField(max_length=40)),
                (
                    "policy_digest",
                    models.CharField(help_text="SHA-256 of its parameters.", max_length=64),
                ),
                ("seed", models.BigIntegerField()),
                (
                    "taken",
                    models.BigIntegerField(
                        help_text="How many positions had been taken in by then."
                    ),
                ),
                ("reports", models.PositiveIntegerField()),
                ("links", models.PositiveIntegerField()),
                ("campaigns", models.PositiveIntegerField()),
                ("proposals", models.PositiveIntegerField()),
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
                "db_table": "correlation_run",
                "indexes": [
                    models.Index(fields=["collection", "started_at"], name="correlation_run_latest")
                ],
            },
        ),
        migrations.CreateModel(
            name="Evidence",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("said_by", models.TextField(help_text="The published object that says so.")),
                ("report", models.TextField()),
                ("kind", models.CharField(max_length=40)),
                ("value", models.TextField()),
                (
                    "stops",
                    models.BooleanField(
                        help_text="Whoever else shows the value, it links nothing."
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        help_text="The sharing collection; what stands beside it counts with it.",
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "evidence",
                "indexes": [models.Index(fields=["collection", "value"], name="evidence_by_value")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "said_by", "report", "kind", "value"),
                        name="evidence_once",
                    )
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
