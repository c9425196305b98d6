"""Incidents and their timelines, bulletins, the scope of legal demands, reports of quarters."""

from __future__ import annotations

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models


STAFF = "current_setting('app.staff', true) = 'on'"
OWN = "member_id = nullif(current_setting('app.member_id', true), '')::uuid"
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
    "ALTER TABLE legal_demand SET SCHEMA private",
    "ALTER TABLE quarterly_report SET SCHEMA private",
    "GRANT SELECT, INSERT, UPDATE ON private.incident, private.bulletin, "
    "private.legal_demand, private.quarterly_report TO forum_web",
    # A timeline is added to; nobody on the web changes or removes a line of it.
    "GRANT SELECT, INSERT ON private.incident_entry TO forum_web",
    # The nightly report counts what is open.
    "GRANT SELECT ON private.incident, private.legal_demand TO forum_worker",
    *staff_alone("incident"),
    *staff_alone("incident_entry"),
    *staff_alone("bulletin"),
    *staff_alone("legal_demand"),
    *staff_alone("quarterly_report"),
    # Every member reads what is published, and nothing that waits or was withdrawn.
    *(
        f"CREATE POLICY published_rows ON private.{table} FOR SELECT TO forum_web "
        f"USING (state = 'published' AND {A_MEMBER})"
        for table in ("bulletin", "quarterly_report")
    ),
    # A member reads what counsel told it, and sees no demand before that.
    "CREATE POLICY told_rows ON private.legal_demand FOR SELECT TO forum_web "
    f"USING (notice = 'given' AND {OWN})",
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0025_recall"),
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
            name="QuarterlyReport",
            fields=[
                ("quarter", models.CharField(max_length=6, primary_key=True, serialize=False)),
                ("body", models.TextField(help_text="RFC 8785 JSON, without small counts.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("draft", "Waits for counsel's sign-off"),
                            ("signed", "Signed off, not published yet"),
                            ("published", "Published"),
                        ],
                        default="draft",
                        max_length=16,
                    ),
                ),
                ("drafted_by", models.CharField(max_length=150)),
                ("drafted_at", models.DateTimeField()),
                ("signed_by", models.CharField(blank=True, max_length=150)),
                ("signed_at", models.DateTimeField(null=True)),
                ("published_by", models.CharField(blank=True, max_length=150)),
                ("published_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "quarterly_report",
                "permissions": [
                    ("sign_quarterlyreport", "Can sign off a report that another drew up")
                ],
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("quarter__regex", "^[0-9]{4}Q[1-4]$")),
                        name="quarterly_report_quarter",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("signed_by", ""),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Lower("signed_by"),
                                    django.db.models.functions.text.Lower("drafted_by"),
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="quarterly_report_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("published_by", ""), ("signed_by", ""), ("state", "draft")),
                            models.Q(
                                ("published_by", ""),
                                ("state", "signed"),
                                models.Q(("signed_by", ""), _negated=True),
                            ),
                            models.Q(
                                ("state", "published"),
                                models.Q(("signed_by", ""), _negated=True),
                                models.Q(("published_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="quarterly_report_signed_before_it_is_published",
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
        migrations.CreateModel(
            name="LegalDemand",
            fields=[
                (
                    "request",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="indicators.governmentrequest",
                    ),
                ),
                (
                    "types",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        help_text="Of objects, as in STIX.",
                        size=None,
                    ),
                ),
                ("first_day", models.DateField()),
                ("last_day", models.DateField(help_text="Itself included.")),
                (
                    "ids_ct",
                    models.BinaryField(help_text="The objects, by their ids, sealed.", null=True),
                ),
                ("scoped_by", models.CharField(max_length=150)),
                (
                    "decision",
                    models.CharField(
                        choices=[
                            ("open", "Counsel has not decided"),
                            ("comply", "Comply, as far as the scope goes"),
                            ("narrow", "Comply, with less than was asked for"),
                            ("refuse", "Refuse"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(null=True)),
                (
                    "why_ct",
                    models.BinaryField(help_text="Why counsel decided so, sealed.", null=True),
                ),
                (
                    "notice",
                    models.CharField(
                        choices=[
                            ("due", "The member is to be told"),
                            ("given", "The member has been told"),
                            ("prohibited", "The member must not be told"),
                        ],
                        default="due",
                        max_length=16,
                    ),
                ),
                ("notice_by", models.CharField(blank=True, max_length=150)),
                ("notice_at", models.DateTimeField(null=True)),
                (
                    "notice_ct",
                    models.BinaryField(help_text="What the member was told, sealed.", null=True),
                ),
                ("prohibited_ground", models.CharField(blank=True, max_length=200)),
                (
                    "prohibited_until",
                    models.DateField(help_text="From then on the notice is due.", null=True),
                ),
                ("exported_by", models.CharField(blank=True, max_length=150)),
                ("exported_at", models.DateTimeField(null=True)),
                ("exported_sha256", models.CharField(blank=True, max_length=64)),
                ("exported_objects", models.PositiveIntegerField(null=True)),
                (
                    "hold",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.legalhold",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.member",
                    ),
                ),
            ],
            options={
                "db_table": "legal_demand",
                "permissions": [
                    ("export_legaldemand", "Can export what counsel decided may leave")
                ],
                "default_permissions": ("view", "change"),
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("first_day__lte", models.F("last_day"))),
                        name="legal_demand_has_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("decided_by", ""), ("decision", "open")),
                            models.Q(
                                models.Q(("decision", "open"), _negated=True),
                                models.Q(("decided_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="legal_demand_decided_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exported_by", ""),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Lower("exported_by"),
                                    django.db.models.functions.text.Lower("decided_by"),
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="legal_demand_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("exported_by", ""),
                            models.Q(
                                ("decision__in", ("comply", "narrow")),
                                models.Q(
                                    ("member", None),
                                    models.Q(("notice", "due"), _negated=True),
                                    _connector="OR",
                                ),
                                models.Q(("exported_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="legal_demand_leaves_by_decision_and_notice",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("notice", "prohibited"), _negated=True),
                            models.Q(
                                models.Q(("prohibited_ground", ""), _negated=True),
                                ("prohibited_until__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="legal_demand_prohibited_on_a_ground",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
