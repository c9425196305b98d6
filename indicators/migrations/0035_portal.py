"""What people of the labs keep for themselves, what they ask staff for, and what they may read."""

import uuid

from django.db import migrations, models


OWN = "member_id = nullif(current_setting('app.member_id', true), '')::uuid"

FORWARD = [
    "ALTER TABLE watch SET SCHEMA private",
    # No row names a login or a member: what somebody watches is found by a keyed tag alone, and no
    # other process has business with it.
    "GRANT SELECT, INSERT, UPDATE, DELETE ON private.watch TO forum_web",
    # A member reads what it agreed to; it stays staff's to write.
    f"CREATE POLICY own_rows ON private.onboarding FOR SELECT TO forum_web USING ({OWN})",
]
BACK = ["DROP POLICY own_rows ON private.onboarding"]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0034_policy_approvals")]

    operations = [
        migrations.CreateModel(
            name="Watch",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "owner_tag",
                    models.BinaryField(
                        help_text="Keyed: finds what a login watches.", max_length=32
                    ),
                ),
                (
                    "tag",
                    models.BinaryField(
                        help_text="Keyed, of who watches what: twice is once.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "watched_ct",
                    models.BinaryField(help_text="The campaign, and when it was last looked at."),
                ),
            ],
            options={"db_table": "watch", "default_permissions": ()},
        ),
        migrations.AddIndex(
            model_name="watch",
            index=models.Index(fields=["owner_tag"], name="watch_by_owner"),
        ),
        migrations.AddField(
            model_name="question",
            name="ground",
            field=models.CharField(
                blank=True,
                choices=[
                    ("not-the-actor", "It belongs to a person who is not the actor"),
                    ("bystanders", "Bystanders share it"),
                    ("authorised-use", "The use was authorised"),
                    ("wrong-value", "The value is wrong"),
                    ("stale", "It was right once and is not any more"),
                    ("data-subject", "A person exercises a right over personal data"),
                    ("members-dispute", "At least k members dispute it: it is suspended"),
                    ("other", "Something else; the case file says what"),
                ],
                db_default="",
                help_text="Of a request to open an appeal: on which ground. It goes to the staff alone.",
                max_length=24,
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=BACK),
    ]
