"""How members come and leave: two records, for staff and the worker alone."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.functions.text
import django.db.models.lookups
import uuid
from django.db import migrations, models


TABLES = ("onboarding", "offboarding")
STAFF = "current_setting('app.staff', true) = 'on'"


def wall(table):
    """The web reaches them on staff screens and nowhere else."""
    return [
        f"ALTER TABLE {table} SET SCHEMA private",
        f"GRANT SELECT, INSERT, UPDATE ON private.{table} TO forum_web",
        f"ALTER TABLE private.{table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY staff_rows ON private.{table} TO forum_web "
        f"USING ({STAFF}) WITH CHECK ({STAFF})",
        f"CREATE POLICY all_rows ON private.{table} TO forum_owner, forum_worker "
        "USING (true) WITH CHECK (true)",
    ]


FORWARD = [
    *(line for table in TABLES for line in wall(table)),
    # The worker clears up after a member that leaves, and says how far it is.
    "GRANT SELECT, UPDATE ON private.offboarding TO forum_worker",
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0026_casework"),
    ]

    operations = [
        migrations.CreateModel(
            name="Offboarding",
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
                            ("open", "Open: nothing has happened yet"),
                            ("confirmed", "Confirmed: it is shut out, and the hub clears up"),
                            ("cleared", "Cleared: its deletion is still to be attested"),
                            ("closed", "Closed: it has left"),
                            ("called-off", "Called Off"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                (
                    "agreed",
                    models.CharField(
                        choices=[
                            ("stay", "What it contributed stays until it expires"),
                            ("withdrawn", "What it contributed is taken back"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "reference",
                    models.CharField(help_text="Where that is written; no names.", max_length=120),
                ),
                ("opened_by", models.CharField(max_length=150)),
                ("opened_at", models.DateTimeField()),
                ("confirmed_by", models.CharField(blank=True, max_length=150)),
                ("confirmed_at", models.DateTimeField(null=True)),
                (
                    "given_up_at",
                    models.DateTimeField(help_text="What was held or waited is closed.", null=True),
                ),
                (
                    "slices",
                    models.PositiveSmallIntegerField(
                        default=0, help_text="Of all tags, looked through."
                    ),
                ),
                (
                    "cleared_at",
                    models.DateTimeField(help_text="By the database's clock.", null=True),
                ),
                (
                    "attested_by",
                    models.CharField(
                        blank=True, help_text="Of the member: a role.", max_length=150
                    ),
                ),
                (
                    "attested",
                    models.CharField(blank=True, help_text="What is deleted.", max_length=300),
                ),
                ("recorded_by", models.CharField(blank=True, max_length=150)),
                ("closed_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.member",
                    ),
                ),
            ],
            options={
                "db_table": "offboarding",
                "permissions": [("approve_offboarding", "Can confirm that a member leaves")],
                "default_permissions": ("view", "add", "change"),
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "called-off"), _negated=True),
                        fields=("member",),
                        name="offboarding_once",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("confirmed_by", ""),
                            models.Q(
                                django.db.models.lookups.Exact(
                                    django.db.models.functions.text.Lower("confirmed_by"),
                                    django.db.models.functions.text.Lower("opened_by"),
                                ),
                                _negated=True,
                            ),
                            _connector="OR",
                        ),
                        name="offboarding_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("confirmed_at", None),
                                ("confirmed_by", ""),
                                ("state__in", ["open", "called-off"]),
                            ),
                            models.Q(
                                ("confirmed_at__isnull", False),
                                ("state__in", ["confirmed", "cleared", "closed"]),
                                models.Q(("confirmed_by", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="offboarding_confirmed_by_somebody",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "closed"), _negated=True),
                            models.Q(
                                ("closed_at__isnull", False),
                                models.Q(("attested_by", ""), _negated=True),
                                models.Q(("attested", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="offboarding_attested_before_it_is_closed",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("slices__lte", 256)), name="offboarding_slices"
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Onboarding",
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
                            ("open", "Open"),
                            ("live", "Live"),
                            ("given-up", "Given up: it left before it shared anything"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                (
                    "purpose",
                    models.CharField(help_text="Declared on every grant it gets.", max_length=64),
                ),
                (
                    "threat_nexus",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=64), default=list, size=None
                    ),
                ),
                ("opened_by", models.CharField(max_length=150)),
                ("opened_at", models.DateTimeField()),
                (
                    "agreement",
                    models.CharField(blank=True, help_text="The version it signed.", max_length=40),
                ),
                ("agreement_by", models.CharField(blank=True, max_length=150)),
                ("agreement_at", models.DateTimeField(null=True)),
                (
                    "contacts_ct",
                    models.BinaryField(help_text="An address for each role, sealed.", null=True),
                ),
                ("contacts_by", models.CharField(blank=True, max_length=150)),
                ("contacts_at", models.DateTimeField(null=True)),
                (
                    "lane",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("immediate", "Immediate: published as soon as it is processed"),
                            ("batched", "Batched: published together with what others sent"),
                        ],
                        max_length=16,
                    ),
                ),
                (
                    "reads",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        default=list,
                        help_text="Collections it will read.",
                        size=None,
                    ),
                ),
                (
                    "writes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.UUIDField(),
                        default=list,
                        help_text="And write into.",
                        size=None,
                    ),
                ),
                ("rights_by", models.CharField(blank=True, max_length=150)),
                ("rights_at", models.DateTimeField(null=True)),
                (
                    "first_by",
                    models.CharField(blank=True, help_text="Proposed to go live.", max_length=150),
                ),
                ("first_at", models.DateTimeField(null=True)),
                (
                    "second_by",
                    models.CharField(blank=True, help_text="Confirmed it.", max_length=150),
                ),
                ("live_at", models.DateTimeField(null=True)),
                (
                    "member",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.member",
                    ),
                ),
            ],
            options={
                "db_table": "onboarding",
                "permissions": [("approve_onboarding", "Can let a member go live, as one of two")],
                "default_permissions": ("view", "add", "change"),
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
                        name="onboarding_two_people",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("live_at__isnull", False),
                                ("state", "live"),
                                models.Q(("first_by", ""), _negated=True),
                                models.Q(("second_by", ""), _negated=True),
                            ),
                            models.Q(
                                models.Q(("state", "live"), _negated=True),
                                ("live_at", None),
                                ("second_by", ""),
                            ),
                            _connector="OR",
                        ),
                        name="onboarding_live_by_two",
                    ),
                ],
            },
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
