"""Incidents of the hub with their timelines, and bulletins to all members."""

from __future__ import annotations

import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import uuid
from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
A_MEMBER = "nullif(current_setting('app.member_id', true), '') IS NOT NULL"


def staff_alone(table):
    """The web reaches these rows on staff screens and nowhere else."""
    return [
        f"ALTER TABLE private.{table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY staff_rows ON private.{table} TO forum_web USING ({STAFF}) WITH CHECK ({STAFF})",
        f"CREATE POLICY all_rows ON private.{table} TO forum_owner, forum_worker "
        "USING (true) WITH CHECK (true)",
    ]


FORWARD = [
    "ALTER TABLE incident SET SCHEMA private",
    "ALTER TABLE incident_entry SET SCHEMA private",
    "ALTER TABLE bulletin SET SCHEMA private",
    "GRANT SELECT, INSERT, UPDATE ON private.incident, private.bulletin TO forum_web",
    # A timeline is added to; nobody on the web changes or removes a line of it.
    "GRANT SELECT, INSERT ON private.incident_entry TO forum_web",
    # The nightly report counts what is open.
    "GRANT SELECT ON private.incident TO forum_worker",
    *staff_alone("incident"),
    *staff_alone("incident_entry"),
    *staff_alone("bulletin"),
    # Every member reads what is published, and nothing that waits or was withdrawn.
    "CREATE POLICY published_rows ON private.bulletin FOR SELECT TO forum_web "
    f"USING (state = 'published' AND {A_MEMBER})",
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0024_public_tiers"),
    ]

    operations = [
        migrations.CreateModel(
            name="Bulletin",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("title", models.CharField(max_length=120)),
                (
                    "text",
                    models.TextField(
                        help_text="The Forum's own words; no member is named in them."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Waits for a second person"),
                            ("published", "Published"),
                            ("refused", "Refused: it goes no further"),
                            ("withdrawn", "Withdrawn: no member sees it any more"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("written_by", models.CharField(max_length=150)),
                ("written_at", models.DateTimeField()),
                (
                    "decided_by",
                    models.CharField(
                        blank=True, max_length=150, verbose_name="published or refused by"
                    ),
                ),
                ("decided_at", models.DateTimeField(null=True)),
                ("withdrawn_by", models.CharField(blank=True, max_length=150)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        help_text="Why it was refused or withdrawn; staff read it.",
                        max_length=300,
                    ),
                ),
            ],
            options={
                "db_table": "bulletin",
                "default_permissions": ("view", "add", "change"),
                "indexes": [models.Index(fields=["state", "decided_at"], name="bulletin_by_time")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("decided_by", ""),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Lower("decided_by"),
                                    django.db.models.functions.text.Lower("written_by"),
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="bulletin_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_at", None), ("decided_by", ""), ("state", "draft")),
                            models.Q(
                                models.Q(("state", "draft"), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                                ("decided_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="bulletin_decided_by_somebody",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Incident",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="The case file; no names of members or persons.",
                        max_length=40,
                        unique=True,
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("leak", "Data reached somebody it should not have"),
                            ("source-known", "It became known which member sent something"),
                            ("key", "A key or a login is in the wrong hands"),
                            ("intrusion", "Somebody got into the hub"),
                            ("loss", "Data is lost, or the hub stands still"),
                            ("other", "Something else; the timeline says what"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "noticed_at",
                    models.DateTimeField(help_text="From here the 72 hours of GDPR Art. 33 count."),
                ),
                ("opened_by", models.CharField(max_length=150)),
                ("opened_at", models.DateTimeField()),
                (
                    "notice",
                    models.CharField(
                        choices=[
                            ("open", "Not settled: the clock runs"),
                            ("given", "Given to the authority"),
                            ("not-due", "None is due, as counsel decided"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                (
                    "notice_at",
                    models.DateTimeField(help_text="When it went out, or was decided.", null=True),
                ),
                ("notice_by", models.CharField(blank=True, max_length=150)),
                ("closed_by", models.CharField(blank=True, max_length=150)),
                ("closed_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "incident",
                "permissions": [("counsel_incident", "Can decide that no notice is due")],
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("notice", "open"), ("notice_at", None), ("notice_by", "")),
                            models.Q(
                                models.Q(("notice", "open"), _negated=True),
                                models.Q(("notice_by", ""), _negated=True),
                                ("notice_at__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="incident_notice_settled_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("closed_at", None), ("closed_by", "")),
                            models.Q(
                                models.Q(("closed_by", ""), _negated=True),
                                ("closed_at__isnull", False),
                                models.Q(("notice", "open"), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="incident_closed_by_somebody_and_not_before_its_clock",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="IncidentEntry",
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
                            ("finding", "What was found"),
                            ("decision", "What was decided"),
                            ("notice", "Who was told what"),
                        ],
                        max_length=16,
                    ),
                ),
                ("text_ct", models.BinaryField(help_text="The words, sealed.")),
                ("by", models.CharField(max_length=150)),
                ("at", models.DateTimeField()),
                (
                    "incident",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.incident",
                    ),
                ),
            ],
            options={
                "db_table": "incident_entry",
                "default_permissions": (),
                "indexes": [
                    models.Index(fields=["incident", "at"], name="incident_entry_in_order")
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
