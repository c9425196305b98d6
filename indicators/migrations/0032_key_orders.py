"""Orders to end epochs of tokens and begin the next: people ask and decide, the worker does it."""

from __future__ import annotations

import uuid

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
FORWARD = [
    "ALTER TABLE key_order SET SCHEMA private",
    "GRANT SELECT, INSERT, UPDATE ON private.key_order TO forum_web",
    "GRANT SELECT, UPDATE (state, revoked, made, trouble, tried_at, done_at) "
    "ON private.key_order TO forum_worker",
    "ALTER TABLE private.key_order ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY staff_rows ON private.key_order TO forum_web USING ({STAFF}) "
    f"WITH CHECK ({STAFF})",
    "CREATE POLICY all_rows ON private.key_order TO forum_owner, forum_worker "
    "USING (true) WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0031_reveal_reference")]

    operations = [
        migrations.CreateModel(
            name="KeyOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "epoch",
                    models.CharField(
                        blank=True, help_text="Empty: all that are not over.", max_length=8
                    ),
                ),
                ("reason", models.CharField(help_text="No names, no values.", max_length=300)),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Waits for a second person"),
                            ("refused", "Refused"),
                            ("ordered", "Ordered: the worker ends the old epochs"),
                            ("revoked", "Ended: the worker makes the next one"),
                            ("done", "The next one has begun"),
                            ("failed", "Not carried out"),
                        ],
                        default="requested",
                        max_length=16,
                    ),
                ),
                ("requested_by", models.CharField(max_length=150)),
                ("requested_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(help_text="By the database's clock.")),
                (
                    "decided_by",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="ordered or refused by"
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "revoked",
                    models.CharField(
                        blank=True, help_text="Epochs that were ended.", max_length=200
                    ),
                ),
                (
                    "made",
                    models.CharField(
                        blank=True, help_text="Epochs that were begun.", max_length=200
                    ),
                ),
                (
                    "trouble",
                    models.TextField(blank=True, help_text="What keeps the worker from it."),
                ),
                (
                    "tried_at",
                    models.DateTimeField(help_text="When the worker met that.", null=True),
                ),
                ("done_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "key_order",
                "permissions": [
                    ("request_keyorder", "Can ask for the next epoch to begin now"),
                    ("approve_keyorder", "Can order or refuse what another asked for"),
                ],
                "default_permissions": ("view",),
                "indexes": [
                    models.Index(fields=["requested_at"], name="key_order_by_time"),
                    models.Index(
                        condition=models.Q(("state__in", ["ordered", "revoked"])),
                        fields=["id"],
                        name="key_order_under_way",
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
                        name="key_order_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("state", "requested")),
                            models.Q(
                                models.Q(("state", "requested"), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="key_order_is_decided_before_it_is_carried_out",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
