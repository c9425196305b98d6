"""Recalls, what fell with them, which key sent a submission, and when a key read past a position.

A constant default and new tables: no row is rewritten. Older submissions name no key.
"""

from __future__ import annotations

import uuid

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
TABLES = ("recall", "recalled_object", "passage")
FORWARD = [
    *(f"ALTER TABLE {table} SET SCHEMA private" for table in TABLES),
    # Staff ask, approve, look and order on their screens; the worker carries it out.
    "GRANT SELECT, INSERT, UPDATE ON private.recall TO forum_web",
    "GRANT SELECT, UPDATE (state, done_at) ON private.recall TO forum_worker",
    "GRANT SELECT ON private.recalled_object, private.passage TO forum_web",
    "GRANT SELECT, INSERT ON private.recalled_object TO forum_worker",
    "GRANT SELECT, INSERT, DELETE ON private.passage TO forum_worker",
    # Staff compare policies on a page.
    "GRANT SELECT ON private.policy_text, private.rescreen TO forum_web",
    *(f"ALTER TABLE private.{table} ENABLE ROW LEVEL SECURITY" for table in TABLES),
    *(
        f"CREATE POLICY staff_rows ON private.{table} TO forum_web "
        f"USING ({STAFF}) WITH CHECK ({STAFF})"
        for table in TABLES
    ),
    *(
        f"CREATE POLICY all_rows ON private.{table} TO forum_owner, forum_worker "
        "USING (true) WITH CHECK (true)"
        for table in TABLES
    ),
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0024_public_tiers"),
    ]

    operations = [
        migrations.AddField(
            model_name="submission",
            name="sent_with",
            field=models.CharField(
                db_default="",
                help_text="The credential; login/<name> from the portal.",
                max_length=160,
            ),
        ),
        migrations.CreateModel(
            name="Recall",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waits for a second person"),
                            ("approved", "May be looked at and ordered"),
                            ("refused", "Refused"),
                            ("ordered", "Is being taken back"),
                            ("done", "Taken back"),
                        ],
                        default="requested",
                        max_length=16,
                    ),
                ),
                (
                    "source_ct",
                    models.BinaryField(help_text="Member, key and span of time, sealed."),
                ),
                ("reason_ct", models.BinaryField(help_text="Why, in words, sealed.")),
                ("requested_by", models.CharField(max_length=150)),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(help_text="By the database's clock.")),
                (
                    "decided_by",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="approved or refused by"
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "viewed_at",
                    models.DateTimeField(help_text="When it was first looked into.", null=True),
                ),
                ("ordered_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "recall",
                "permissions": [
                    ("request_recall", "Can ask for a recall, and order it once approved"),
                    ("approve_recall", "Can approve or refuse a recall that another asked for"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["requested_at"], name="recall_by_time"),
                    models.Index(
                        condition=models.Q(("state", "ordered")),
                        fields=["id"],
                        name="recall_ordered",
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Lower("decided_by"),
                                    django.db.models.functions.text.Lower("requested_by"),
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="recall_approver_is_another",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("decided_by", ""),
                                ("ordered_at", None),
                                ("state", "requested"),
                                ("viewed_at", None),
                            ),
                            models.Q(
                                ("ordered_at", None),
                                ("state", "refused"),
                                ("viewed_at", None),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("ordered_at", None),
                                ("state", "approved"),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("done_at", None),
                                ("ordered_at__isnull", False),
                                ("state", "ordered"),
                                ("viewed_at__isnull", False),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("done_at__isnull", False),
                                ("ordered_at__isnull", False),
                                ("state", "done"),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="recall_is_approved_and_seen_before_it_is_ordered",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Passage",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("position", models.BigIntegerField()),
                ("minute", models.DateTimeField()),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
                (
                    "credential",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.credential",
                    ),
                ),
            ],
            options={
                "db_table": "passage",
                "default_permissions": (),
                "indexes": [models.Index(fields=["minute"], name="passage_by_time")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("collection", "credential", "position"), name="passage_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecalledObject",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stix_id", models.TextField(verbose_name="STIX id")),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
                (
                    "recall",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.recall",
                    ),
                ),
            ],
            options={
                "db_table": "recalled_object",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(
                        fields=("recall", "collection", "stix_id"), name="recalled_object_once"
                    )
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
