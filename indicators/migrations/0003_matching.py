"""Matching: the signed key list (shared), budgets and population grants (private, walled)."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

PRIVATE = ["budget_use", "evaluation_request", "population_grant", "population_use"]
SHARED = ["key_list_entry"]
OWN = "member_id = nullif(current_setting('app.member_id', true), '')::uuid"
STAFF = "current_setting('app.staff', true) = 'on'"
OF_OWN = f"EXISTS (SELECT FROM private.population_grant g WHERE g.id = grant_id AND g.{OWN})"


def wall(table, rows):
    return [
        f"ALTER TABLE private.{table} ENABLE ROW LEVEL SECURITY",
        f"CREATE POLICY own_rows ON private.{table} TO forum_web "
        f"USING ({rows} OR {STAFF}) WITH CHECK ({rows} OR {STAFF})",
        f"CREATE POLICY all_rows ON private.{table} TO forum_owner, forum_worker "
        "USING (true) WITH CHECK (true)",
    ]


FORWARD = [
    *(f"ALTER TABLE {table} SET SCHEMA private" for table in PRIVATE),
    *(f"ALTER TABLE {table} SET SCHEMA shared" for table in SHARED),
    # Labs compare the list with the one they saw before: what stands in it must stay.
    """CREATE FUNCTION shared.refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
           RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
       END $$""",
    "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON shared.key_list_entry "
    "FOR EACH ROW EXECUTE FUNCTION shared.refuse_change()",
    "GRANT SELECT ON shared.key_list_entry TO forum_web, forum_worker",
    "GRANT INSERT ON shared.key_list_entry TO forum_worker",
    # The web charges and draws; what is past, the worker's nightly job removes.
    "GRANT SELECT, INSERT, UPDATE ON private.budget_use TO forum_web",
    "GRANT SELECT, INSERT ON private.evaluation_request TO forum_web",
    "GRANT SELECT ON private.population_grant TO forum_web",
    "GRANT SELECT, UPDATE ON private.population_use TO forum_web",
    "GRANT SELECT, DELETE ON private.budget_use, private.evaluation_request TO forum_worker",
    "GRANT SELECT ON private.population_grant, private.population_use TO forum_worker",
    *wall("budget_use", OWN),
    *wall("evaluation_request", OWN),
    *wall("population_grant", OWN),
    *wall("population_use", OF_OWN),
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0002_banks_roles_walls")]
    operations = [
        migrations.CreateModel(
            name="KeyListEntry",
            fields=[
                ("seq", models.PositiveIntegerField(primary_key=True, serialize=False)),
                (
                    "entry",
                    models.TextField(
                        help_text="RFC 8785 JSON with its signature; it names the one before."
                    ),
                ),
                (
                    "hash",
                    models.CharField(help_text="SHA-256 of the entry.", max_length=64, unique=True),
                ),
            ],
            options={"verbose_name_plural": "key list entries", "db_table": "key_list_entry"},
        ),
        migrations.CreateModel(
            name="BudgetUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id",
                        "kind",
                        "day",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("day", models.DateField()),
                ("used", models.PositiveBigIntegerField(default=0)),
                (
                    "replays",
                    models.PositiveSmallIntegerField(
                        default=0,
                        help_text="Requests that were not charged because their key was known.",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.member",
                    ),
                ),
            ],
            options={"db_table": "budget_use"},
        ),
        migrations.CreateModel(
            name="EvaluationRequest",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "member_id",
                        "day",
                        "tag",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("day", models.DateField()),
                (
                    "tag",
                    models.BinaryField(
                        help_text="Keyed, of the body or of its sender's key.", max_length=32
                    ),
                ),
                ("elements", models.PositiveIntegerField()),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.member",
                    ),
                ),
            ],
            options={"db_table": "evaluation_request"},
        ),
        migrations.CreateModel(
            name="PopulationGrant",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("epoch", models.CharField(max_length=8)),
                (
                    "accounts",
                    models.PositiveBigIntegerField(help_text="As the member declared."),
                ),
                (
                    "hours",
                    models.PositiveSmallIntegerField(help_text="How long it lasts once approved."),
                ),
                ("reason", models.TextField()),
                ("requested_by", models.CharField(max_length=150)),
                ("requested_at", models.DateTimeField()),
                ("approved_by", models.CharField(blank=True, max_length=150)),
                ("approved_at", models.DateTimeField(blank=True, null=True)),
                ("ends_at", models.DateTimeField(blank=True, null=True)),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.member",
                    ),
                ),
            ],
            options={"db_table": "population_grant"},
        ),
        migrations.CreateModel(
            name="PopulationUse",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "grant_id",
                        "kind",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("used", models.PositiveBigIntegerField(default=0)),
                ("cap", models.PositiveBigIntegerField()),
                (
                    "grant",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.populationgrant",
                    ),
                ),
            ],
            options={"db_table": "population_use"},
        ),
        migrations.AddConstraint(
            model_name="populationgrant",
            constraint=models.CheckConstraint(
                condition=~models.Q(approved_by=models.F("requested_by")),
                name="population_grant_two_people",
            ),
        ),
        migrations.AddConstraint(
            model_name="populationgrant",
            constraint=models.CheckConstraint(
                condition=models.Q(hours__range=(1, 72)), name="population_grant_hours"
            ),
        ),
        migrations.AddConstraint(
            model_name="populationgrant",
            constraint=models.UniqueConstraint(
                condition=models.Q(approved_at__isnull=False),
                fields=("member", "epoch"),
                name="population_grant_once_an_epoch",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
