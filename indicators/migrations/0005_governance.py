"""Governance: pauses, legal holds, appeals, requests of persons and authorities, policies kept."""

import uuid

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

TABLES = [
    "pause",
    "legal_hold",
    "appeal",
    "subject_request",
    "government_request",
    "barred",
    "policy_text",
    "rescreen",
]
STAFF = "current_setting('app.staff', true) = 'on'"


def staff_alone(table):
    """The web reaches these rows on staff screens and nowhere else."""
    return [
        f"ALTER TABLE private.{table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY staff_rows ON private.{table} TO forum_web USING ({STAFF}) WITH CHECK ({STAFF})",
        f"CREATE POLICY all_rows ON private.{table} TO forum_owner, forum_worker "
        "USING (true) WITH CHECK (true)",
    ]


FORWARD = [
    *(f"ALTER TABLE {table} SET SCHEMA private" for table in TABLES),
    # Staff decide on their screens; the worker carries out what touches the feed.
    "GRANT SELECT, INSERT, UPDATE ON private.pause, private.legal_hold, private.appeal, "
    "private.government_request TO forum_web",
    "GRANT SELECT ON private.subject_request TO forum_web",
    "GRANT SELECT ON private.pause, private.legal_hold TO forum_worker",
    "GRANT SELECT, UPDATE ON private.appeal TO forum_worker",
    "GRANT SELECT, INSERT ON private.barred, private.policy_text TO forum_worker",
    "GRANT SELECT, INSERT, UPDATE ON private.rescreen TO forum_worker",
    *(
        statement
        for table in ("pause", "legal_hold", "appeal", "subject_request", "government_request")
        for statement in staff_alone(table)
    ),
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0004_review")]
    operations = [
        migrations.CreateModel(
            name="Appeal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stix_id", models.TextField(verbose_name="STIX id")),
                (
                    "ground",
                    models.CharField(
                        choices=[
                            ("not-the-actor", "It belongs to a person who is not the actor"),
                            ("bystanders", "Bystanders share it"),
                            ("authorised-use", "The use was authorised"),
                            ("wrong-value", "The value is wrong"),
                            ("stale", "It was right once and is not any more"),
                            ("data-subject", "A person exercises a right over personal data"),
                            ("other", "Something else; the case file says what"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="The case file; no names and no values here.", max_length=120
                    ),
                ),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BinaryField(max_length=32),
                        default=list,
                        help_text="Keyed: by what its content is known again if it may not come back.",
                        size=None,
                    ),
                ),
                (
                    "note_id",
                    models.TextField(
                        blank=True, help_text="The note that flags what bears no label."
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("upheld", "Upheld: withdrawn, and may not come again"),
                            ("dismissed", "Dismissed: the flag is taken away"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("opened_by", models.CharField(max_length=150)),
                ("opened_at", models.DateTimeField()),
                ("closed_by", models.CharField(blank=True, max_length=150)),
                ("closed_at", models.DateTimeField(blank=True, null=True)),
                (
                    "outcome",
                    models.CharField(
                        blank=True, help_text="Why; no names, no values.", max_length=300
                    ),
                ),
                (
                    "applied",
                    models.CharField(
                        blank=True,
                        help_text="The state that the feed shows already.",
                        max_length=16,
                    ),
                ),
            ],
            options={
                "db_table": "appeal",
                "default_permissions": ("view", "add", "change"),
            },
        ),
        migrations.CreateModel(
            name="Barred",
            fields=[
                ("tag", models.BinaryField(max_length=32, primary_key=True, serialize=False)),
                ("since", models.DateField()),
            ],
            options={
                "db_table": "barred",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="GovernmentRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("received_on", models.DateField()),
                ("jurisdiction", models.CharField(help_text="ISO 3166-1 alpha-2.", max_length=2)),
                (
                    "authority",
                    models.CharField(
                        choices=[
                            ("court", "Court"),
                            ("law-enforcement", "Law Enforcement"),
                            ("regulator", "Regulator"),
                            ("data-protection", "Data Protection"),
                            ("intelligence", "Intelligence"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "instrument",
                    models.CharField(
                        choices=[
                            ("voluntary", "A request without an order"),
                            ("subpoena", "Subpoena"),
                            ("court-order", "Court Order"),
                            ("warrant", "Warrant"),
                            ("secrecy-order", "An order that forbids to speak of it"),
                            ("other", "Other"),
                        ],
                        max_length=24,
                    ),
                ),
                (
                    "reference",
                    models.CharField(
                        help_text="The case file; no names of persons.", max_length=120
                    ),
                ),
                ("recorded_by", models.CharField(max_length=150)),
                ("recorded_at", models.DateTimeField()),
                (
                    "answer",
                    models.CharField(
                        choices=[
                            ("pending", "Pending"),
                            ("refused", "Refused"),
                            ("referred-to-member", "Referred to the member whose data it is"),
                            ("answered", "Answered, as counsel advised"),
                            ("withdrawn", "Withdrawn"),
                        ],
                        default="pending",
                        max_length=24,
                    ),
                ),
                ("answered_by", models.CharField(blank=True, max_length=150)),
                ("answered_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "db_table": "government_request",
                "default_permissions": ("view", "add", "change"),
            },
        ),
        migrations.CreateModel(
            name="LegalHold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "matter",
                    models.CharField(
                        help_text="The case, by its reference; no names of persons.", max_length=120
                    ),
                ),
                ("received_from", models.DateTimeField(blank=True, null=True)),
                (
                    "received_until",
                    models.DateTimeField(blank=True, help_text="Not itself included.", null=True),
                ),
                (
                    "days",
                    models.PositiveSmallIntegerField(
                        default=180, help_text="How long it lasts from its approval."
                    ),
                ),
                ("requested_by", models.CharField(max_length=150)),
                ("requested_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, max_length=150)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("expires_at", models.DateTimeField(blank=True, null=True)),
                ("released_by", models.CharField(blank=True, max_length=150)),
                ("released_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "legal_hold",
                "default_permissions": ("view", "add", "change"),
            },
        ),
        migrations.CreateModel(
            name="Pause",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "switch",
                    models.CharField(
                        choices=[
                            ("personal_tokens", "Personal identifiers as tokens"),
                            ("cross_border", "Sharing with members under another law"),
                        ],
                        max_length=24,
                    ),
                ),
                ("reason", models.CharField(help_text="Why; staff read it.", max_length=300)),
                ("set_by", models.CharField(max_length=150)),
                ("set_at", models.DateTimeField()),
                ("lifted_by", models.CharField(blank=True, max_length=150)),
                ("lifted_at", models.DateTimeField(blank=True, null=True)),
                ("lifted_reason", models.CharField(blank=True, max_length=300)),
            ],
            options={
                "db_table": "pause",
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="PolicyText",
            fields=[
                ("version", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("text", models.TextField()),
                ("since", models.DateTimeField(help_text="When this hub first ran with it.")),
            ],
            options={
                "db_table": "policy_text",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Rescreen",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "policy_version",
                        "collection_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("policy_version", models.CharField(max_length=40)),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
                (
                    "position",
                    models.BigIntegerField(
                        default=0, help_text="Looked at up to and including this."
                    ),
                ),
                ("checked", models.PositiveBigIntegerField(default=0)),
                ("revised", models.PositiveBigIntegerField(default=0)),
                ("withdrawn", models.PositiveBigIntegerField(default=0)),
                (
                    "unknown",
                    models.PositiveBigIntegerField(
                        default=0, help_text="Published under a policy whose text is not kept."
                    ),
                ),
                ("finished_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "rescreen",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="SubjectRequest",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                (
                    "value_tag",
                    models.BinaryField(help_text="Keyed; never the value.", max_length=32),
                ),
                (
                    "act",
                    models.CharField(
                        choices=[("find", "Find"), ("dispute", "Dispute"), ("erase", "Erase")],
                        max_length=16,
                    ),
                ),
                ("reference", models.CharField(help_text="The case file.", max_length=120)),
                ("found", models.PositiveIntegerField()),
                ("asked_by", models.CharField(max_length=150)),
                ("asked_at", models.DateTimeField()),
                ("done_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "db_table": "subject_request",
                "default_permissions": ("view", "add"),
            },
        ),
        migrations.AddField(
            model_name="member",
            name="jurisdiction",
            field=models.CharField(
                blank=True,
                help_text="ISO 3166-1 alpha-2 of the law it shares under. While sharing across borders is paused, empty is foreign to everybody.",
                max_length=2,
            ),
        ),
        migrations.AddField(
            model_name="submission",
            name="forgotten",
            field=models.BooleanField(
                default=False,
                help_text="Ids and messages of its objects are gone; it has no status.",
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("body_ct__isnull", False)),
                fields=["purge_after"],
                name="submission_to_purge",
            ),
        ),
        migrations.AddIndex(
            model_name="submission",
            index=models.Index(
                condition=models.Q(("forgotten", False)),
                fields=["received_at"],
                name="submission_to_forget",
            ),
        ),
        migrations.AddField(
            model_name="appeal",
            name="collection",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.collection",
            ),
        ),
        migrations.AddField(
            model_name="barred",
            name="appeal",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.appeal",
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("jurisdiction__regex", "^[A-Z]{2}$")),
                name="government_request_place",
            ),
        ),
        migrations.AddConstraint(
            model_name="governmentrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("answer", "pending"), ("answered_by", ""), ("answered_on", None)),
                    models.Q(
                        models.Q(("answer", "pending"), _negated=True),
                        models.Q(("answered_by", ""), _negated=True),
                        ("answered_on__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="government_request_answered_by_somebody",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="collection",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.collection",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="member",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.member",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="renews",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.legalhold",
            ),
        ),
        migrations.AddField(
            model_name="legalhold",
            name="submission",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.submission",
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.UniqueConstraint(
                condition=models.Q(("lifted_at", None)), fields=("switch",), name="pause_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(("reason", ""), _negated=True), name="pause_has_a_reason"
            ),
        ),
        migrations.AddConstraint(
            model_name="pause",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("lifted_at", None), ("lifted_by", "")),
                    models.Q(
                        ("lifted_at__isnull", False), models.Q(("lifted_by", ""), _negated=True)
                    ),
                    _connector="OR",
                ),
                name="pause_lifted_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="subjectrequest",
            index=models.Index(fields=["value_tag"], name="subject_request_by_value"),
        ),
        migrations.AddField(
            model_name="barred",
            name="request",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="indicators.subjectrequest",
            ),
        ),
        migrations.AddIndex(
            model_name="appeal",
            index=models.Index(
                condition=models.Q(("applied", models.F("state")), _negated=True),
                fields=["opened_at"],
                name="appeal_to_apply",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "open")),
                fields=("collection", "stix_id"),
                name="appeal_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_by", ""), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        models.Q(("closed_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="appeal_closed_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("approved_by", ""),
                    models.Q(
                        django.db.models.lookups.Exact(
                            django.db.models.functions.text.Lower("approved_by"),
                            django.db.models.functions.text.Lower("requested_by"),
                        ),
                        _negated=True,
                    ),
                    _connector="OR",
                ),
                name="legal_hold_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(("days__range", (1, 180))), name="legal_hold_time_boxed"
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("approved_at", None), ("approved_by", ""), ("expires_at", None)),
                    models.Q(
                        models.Q(("approved_by", ""), _negated=True),
                        ("approved_at__isnull", False),
                        ("expires_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="legal_hold_approved_by_somebody",
            ),
        ),
        migrations.AddConstraint(
            model_name="legalhold",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("member__isnull", False),
                    ("collection__isnull", False),
                    ("submission__isnull", False),
                    models.Q(("received_from__isnull", False), ("received_until__isnull", False)),
                    _connector="OR",
                ),
                name="legal_hold_has_a_scope",
            ),
        ),
        migrations.AddConstraint(
            model_name="barred",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("appeal__isnull", False), ("request__isnull", False), _connector="OR"
                ),
                name="barred_for_a_reason",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
