"""Prompt families: their tokens by band, what holds them together, public templates, proposals."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

SHARED = ["family_mark", "public_template", "skeleton", "family_link", "band"]


def goes_with(table, columns, target, action="CASCADE"):
    """What the row is about takes it along, or leaves an empty end, whatever deletes it."""
    return (
        f"ALTER TABLE {table} ADD CONSTRAINT {table.partition('.')[2]}_{columns.split(',')[-1].strip()}_goes "
        f"FOREIGN KEY ({columns}) REFERENCES {target} ON DELETE {action}"
    )


FORWARD = [
    *(f"ALTER TABLE {table} SET SCHEMA shared" for table in SHARED),
    "ALTER TABLE family_proposal SET SCHEMA private",
    goes_with("shared.skeleton", "collection_id, stix_id", "shared.forum_object"),
    goes_with("shared.skeleton", "template_id", "shared.public_template"),
    goes_with("shared.skeleton", "public_id", "shared.skeleton", "SET NULL"),
    goes_with("shared.band", "skeleton_id", "shared.skeleton"),
    goes_with("shared.family_link", "older_id", "shared.skeleton", "SET NULL"),
    goes_with("shared.family_link", "newer_id", "shared.skeleton", "SET NULL"),
    goes_with("private.family_proposal", "older_id", "shared.skeleton"),
    goes_with("private.family_proposal", "newer_id", "shared.skeleton"),
    *(f"GRANT SELECT ON shared.{table} TO forum_web, forum_worker" for table in SHARED),
    *(
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON shared.{table} TO forum_publisher"
        for table in SHARED
    ),
    # Staff decide at their screens; the worker raises proposals and acts on what was decided.
    "GRANT SELECT, UPDATE ON private.family_proposal TO forum_web",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON private.family_proposal TO forum_worker",
]


class Migration(migrations.Migration):
    dependencies = [
        ("indicators", "0013_feedback"),
    ]

    operations = [
        migrations.CreateModel(
            name="FamilyMark",
            fields=[
                (
                    "collection",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="indicators.collection",
                    ),
                ),
                ("position", models.BigIntegerField(default=0)),
                (
                    "public",
                    models.BigIntegerField(
                        default=0,
                        help_text="The last public skeleton that was compared with what stands here.",
                    ),
                ),
            ],
            options={
                "db_table": "family_mark",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="PublicTemplate",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("name", models.CharField(max_length=120, unique=True)),
                (
                    "bands",
                    models.BinaryField(
                        help_text="32 bands of 16 bytes, not blinded.", max_length=512
                    ),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("package", "Package"), ("imported", "Imported")], max_length=16
                    ),
                ),
                ("since", models.DateField()),
            ],
            options={
                "db_table": "public_template",
                "default_permissions": ("view",),
            },
        ),
        migrations.CreateModel(
            name="Skeleton",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("stix_id", models.TextField(null=True)),
                ("epoch", models.CharField(max_length=8)),
                (
                    "tokens",
                    models.BinaryField(
                        help_text="32 of 32 bytes, in their order.", max_length=1024
                    ),
                ),
                (
                    "family",
                    models.BigIntegerField(
                        help_text="Named after its first; empty until it has one.", null=True
                    ),
                ),
                ("note_id", models.TextField(blank=True, help_text="The note that says so.")),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
                (
                    "public",
                    models.ForeignKey(
                        db_constraint=False,
                        help_text="The public template that it matches.",
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="indicators.skeleton",
                    ),
                ),
                (
                    "template",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.publictemplate",
                    ),
                ),
            ],
            options={
                "db_table": "skeleton",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="FamilyProposal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("bands", models.SmallIntegerField(help_text="Of 32, how many are equal.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open"),
                            ("accepted", "Accepted: one family"),
                            ("rejected", "Rejected: kept apart"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("raised_at", models.DateTimeField()),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                ("decided_at", models.DateTimeField(blank=True, null=True)),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
                (
                    "newer",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.skeleton",
                    ),
                ),
                (
                    "older",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.skeleton",
                    ),
                ),
            ],
            options={
                "db_table": "family_proposal",
                "default_permissions": ("view", "change"),
            },
        ),
        migrations.CreateModel(
            name="FamilyLink",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("bands", models.SmallIntegerField()),
                ("relationship_id", models.TextField()),
                (
                    "newer",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="indicators.skeleton",
                    ),
                ),
                (
                    "older",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="indicators.skeleton",
                    ),
                ),
            ],
            options={
                "db_table": "family_link",
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="Band",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "token_prefix",
                        "band_no",
                        "is_public",
                        "skeleton_id",
                        blank=True,
                        editable=False,
                        primary_key=True,
                        serialize=False,
                    ),
                ),
                ("token_prefix", models.BigIntegerField(help_text="Its first 8 bytes, signed.")),
                ("band_no", models.SmallIntegerField()),
                ("is_public", models.BooleanField()),
                (
                    "skeleton",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.skeleton",
                    ),
                ),
            ],
            options={
                "db_table": "band",
                "default_permissions": (),
            },
        ),
        migrations.AddIndex(
            model_name="skeleton",
            index=models.Index(
                fields=["collection", "family", "id"],
                include=("stix_id",),
                name="skeleton_by_family",
            ),
        ),
        migrations.AddIndex(
            model_name="skeleton",
            index=models.Index(
                condition=models.Q(("public", None), models.Q(("note_id", ""), _negated=True)),
                fields=["collection"],
                name="skeleton_with_a_stale_note",
            ),
        ),
        migrations.AddConstraint(
            model_name="skeleton",
            constraint=models.UniqueConstraint(
                fields=("collection", "stix_id"), name="skeleton_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="skeleton",
            constraint=models.UniqueConstraint(
                fields=("template", "epoch"), name="skeleton_once_an_epoch"
            ),
        ),
        migrations.AddConstraint(
            model_name="skeleton",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(
                        ("collection__isnull", False),
                        ("stix_id__isnull", False),
                        ("template", None),
                    ),
                    models.Q(
                        ("collection", None),
                        ("family", None),
                        ("stix_id", None),
                        ("template__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="skeleton_on_the_feed_or_public",
            ),
        ),
        migrations.AddConstraint(
            model_name="familyproposal",
            constraint=models.UniqueConstraint(
                fields=("older", "newer"), name="family_proposal_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="familyproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(("older__lt", models.F("newer"))),
                name="family_proposal_in_order",
            ),
        ),
        migrations.AddConstraint(
            model_name="familyproposal",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_at", None), ("decided_by", ""), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        models.Q(("decided_by", ""), _negated=True),
                        ("decided_at__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="family_proposal_decided_by_somebody",
            ),
        ),
        migrations.AddIndex(
            model_name="familylink",
            index=models.Index(
                condition=models.Q(("older", None), ("newer", None), _connector="OR"),
                fields=["id"],
                name="family_link_broken",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
