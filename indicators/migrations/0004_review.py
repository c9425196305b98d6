"""Review: claims, two people, undo and escalation on held objects; requests for a reveal."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

STAFF = "current_setting('app.staff', true) = 'on'"
FORWARD = [
    "ALTER TABLE reveal SET SCHEMA private",
    # Staff ask, approve and open on their screens. The worker has no business here.
    "GRANT SELECT, INSERT, UPDATE ON private.reveal TO forum_web",
    "ALTER TABLE private.reveal ENABLE ROW LEVEL SECURITY",
    f"CREATE POLICY staff_rows ON private.reveal TO forum_web USING ({STAFF}) WITH CHECK ({STAFF})",
    "CREATE POLICY all_rows ON private.reveal TO forum_owner USING (true) WITH CHECK (true)",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0003_matching")]
    operations = [
        migrations.CreateModel(
            name="Reveal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stix_id", models.TextField(verbose_name="STIX id")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("requested", "Requested"),
                            ("approved", "Approved"),
                            ("refused", "Refused"),
                            ("opened", "Opened"),
                        ],
                        default="requested",
                        max_length=16,
                    ),
                ),
                (
                    "reason",
                    models.CharField(help_text="A code of policy/review.toml.", max_length=40),
                ),
                ("reason_ct", models.BinaryField(help_text="The reason in words, sealed.")),
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
                ("opened_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "reveal",
                "permissions": [
                    ("request_reveal", "Can ask for a reveal, and open it once approved"),
                    ("approve_reveal", "Can approve or refuse a reveal that another asked for"),
                ],
                "default_permissions": ("view",),
            },
        ),
        migrations.AlterModelOptions(
            name="heldobject",
            options={
                "permissions": [("counsel_heldobject", "Can decide what was escalated to counsel")]
            },
        ),
        migrations.RemoveIndex(
            model_name="heldobject",
            name="held_undecided_by_tag",
        ),
        migrations.AddField(
            model_name="heldobject",
            name="claimed_by",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="claimed_until",
            field=models.DateTimeField(help_text="By the database's clock.", null=True),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="decision",
            field=models.CharField(
                blank=True,
                choices=[
                    ("release", "Release"),
                    ("template", "Release, with a text of the Forum's in place of the lab's"),
                    ("reject", "Reject"),
                ],
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="decision_ct",
            field=models.BinaryField(help_text="Texts of the decision, sealed.", null=True),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="escalated_by",
            field=models.CharField(blank=True, max_length=150),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="escalated_to",
            field=models.CharField(blank=True, max_length=40),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="escalation_ct",
            field=models.BinaryField(help_text="Why it was escalated, sealed.", null=True),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="first_by",
            field=models.CharField(blank=True, help_text="Proposed the release.", max_length=150),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="needs_two",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="rule_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=80),
                default=list,
                help_text="What the screens found in it.",
                size=None,
            ),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="second_by",
            field=models.CharField(blank=True, help_text="Confirmed it.", max_length=150),
        ),
        migrations.AddField(
            model_name="heldobject",
            name="undo_until",
            field=models.DateTimeField(help_text="By the database's clock.", null=True),
        ),
        migrations.AlterField(
            model_name="heldobject",
            name="state",
            field=models.CharField(
                choices=[
                    ("open", "Open"),
                    ("decided", "Takes effect when its time to be undone is over"),
                    ("released", "A reviewer let it go; properties are about to be published"),
                    ("applied", "Released properties that are published"),
                    ("rejected", "Rejected"),
                    ("superseded", "The member sent a newer one or took it back"),
                ],
                default="open",
                max_length=16,
            ),
        ),
        migrations.AddIndex(
            model_name="heldobject",
            index=models.Index(
                condition=models.Q(("state__in", ["open", "decided", "released"])),
                fields=["own_tag"],
                name="held_undecided_by_tag",
            ),
        ),
        migrations.AddIndex(
            model_name="heldobject",
            index=models.Index(
                condition=models.Q(("state", "decided")), fields=["undo_until"], name="held_decided"
            ),
        ),
        migrations.AddConstraint(
            model_name="heldobject",
            constraint=models.CheckConstraint(
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
                name="held_second_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="heldobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("needs_two", False),
                    models.Q(("state__in", ["decided", "released", "applied"]), _negated=True),
                    ("decision", "reject"),
                    models.Q(
                        models.Q(("first_by", ""), _negated=True),
                        models.Q(("second_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="held_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="heldobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("claimed_by", ""), ("claimed_until", None)),
                    models.Q(
                        models.Q(("claimed_by", ""), _negated=True),
                        ("claimed_until__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="held_claim_has_an_end",
            ),
        ),
        migrations.AddConstraint(
            model_name="heldobject",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("state", "decided"), _negated=True),
                    models.Q(
                        models.Q(("decision", ""), _negated=True), ("undo_until__isnull", False)
                    ),
                    _connector="OR",
                ),
                name="held_decision_can_be_undone",
            ),
        ),
        migrations.AddField(
            model_name="reveal",
            name="collection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.collection",
            ),
        ),
        migrations.AddIndex(
            model_name="reveal",
            index=models.Index(fields=["requested_at"], name="reveal_by_time"),
        ),
        migrations.AddConstraint(
            model_name="reveal",
            constraint=models.CheckConstraint(
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
                name="reveal_approver_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="reveal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", ""), ("opened_at", None), ("state", "requested")),
                    models.Q(
                        ("opened_at", None),
                        ("state__in", ["approved", "refused"]),
                        models.Q(("decided_by", ""), _negated=True),
                    ),
                    models.Q(
                        ("opened_at__isnull", False),
                        ("state", "opened"),
                        models.Q(("decided_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="reveal_is_approved_before_it_is_opened",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
