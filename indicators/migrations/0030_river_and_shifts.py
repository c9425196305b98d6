"""What the last error of a submission was, who decided what today, and notes between shifts.

A constant default and a new table: no row is rewritten.
"""

from __future__ import annotations

import uuid

from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
FORWARD = [
    "ALTER TABLE shift_note SET SCHEMA private",
    # A note is left, and taken away by whoever has read it; nobody rewrites one.
    "GRANT SELECT, INSERT, UPDATE (text_ct, read_by, read_at) ON private.shift_note TO forum_web",
    "ALTER TABLE private.shift_note ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY staff_rows ON private.shift_note TO forum_web USING ({STAFF}) WITH CHECK ({STAFF})",
    "CREATE POLICY all_rows ON private.shift_note TO forum_owner, forum_worker "
    "USING (true) WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0029_search_index"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="submission",
            options={"permissions": [("retry_submission", "Can try again what was quarantined")]},
        ),
        migrations.AddField(
            model_name="submission",
            name="failure_kind",
            field=models.CharField(
                db_default="",
                help_text="Of its last error, if one was raised; no text.",
                max_length=80,
            ),
        ),
        migrations.CreateModel(
            name="ShiftNote",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "text_ct",
                    models.BinaryField(help_text="The words, sealed; NULL once read.", null=True),
                ),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                ("read_by", models.CharField(blank=True, max_length=150)),
                ("read_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "shift_note",
                "default_permissions": (),
                "indexes": [
                    models.Index(
                        condition=models.Q(("read_at", None)),
                        fields=["at"],
                        name="shift_note_unread",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("read_at", None), ("read_by", ""), ("text_ct__isnull", False)
                            ),
                            models.Q(
                                models.Q(("read_by", ""), _negated=True),
                                ("read_at__isnull", False),
                                ("text_ct", None),
                            ),
                            _connector="OR",
                        ),
                        name="shift_note_is_unread_or_gone",
                    )
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
