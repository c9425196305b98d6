"""Which texts of the disclosure policy two people have approved."""

from __future__ import annotations

import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
FORWARD = [
    "ALTER TABLE policy_approval SET SCHEMA private",
    "GRANT SELECT, INSERT, UPDATE ON private.policy_approval TO forum_web",
    "ALTER TABLE private.policy_approval ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY staff_rows ON private.policy_approval TO forum_web USING ({STAFF}) "
    f"WITH CHECK ({STAFF})",
    "CREATE POLICY all_rows ON private.policy_approval TO forum_owner USING (true) "
    "WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0033_campaign_names")]

    operations = [
        migrations.CreateModel(
            name="PolicyApproval",
            fields=[
                (
                    "sha256",
                    models.CharField(
                        help_text="Of the text in UTF-8.",
                        max_length=64,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("version", models.CharField(max_length=40)),
                ("text", models.TextField()),
                (
                    "announced_by",
                    models.CharField(
                        blank=True,
                        help_text="Empty: it was in force before anybody announced it.",
                        max_length=150,
                    ),
                ),
                ("recorded_at", models.DateTimeField()),
                ("first_by", models.CharField(blank=True, max_length=150)),
                ("first_at", models.DateTimeField(null=True)),
                ("second_by", models.CharField(blank=True, max_length=150)),
                ("second_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "policy_approval",
                "permissions": [
                    ("approve_policyapproval", "Can announce and approve a version of the policy")
                ],
                "default_permissions": (),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_by", ""),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Lower("second_by"),
                                    django.db.models.functions.text.Lower("first_by"),
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="policy_approval_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("second_by", ""),
                            models.Q(("first_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="policy_approval_first_before_second",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
