"""Questions about published objects and their answers, which staff broker."""

import uuid

import django.db.models.deletion
from django.db import migrations, models

FORWARD = [
    "ALTER TABLE question SET SCHEMA private",
    # A member's own are found by a keyed tag, as in the lineage; staff decide on their screens. What
    # nobody has decided yet says so, and the words are sealed.
    "GRANT SELECT, INSERT, UPDATE ON private.question TO forum_web",
    "GRANT SELECT, DELETE ON private.question TO forum_worker",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0015_suspension")]
    operations = [
        migrations.CreateModel(
            name="Question",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=uuid.uuid4, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("stix_id", models.TextField(verbose_name="STIX id")),
                (
                    "tag",
                    models.BinaryField(
                        help_text="Keyed, of who wrote what: the same again is this.",
                        max_length=32,
                        unique=True,
                    ),
                ),
                (
                    "author_tag",
                    models.BinaryField(help_text="Keyed: finds a member's own.", max_length=32),
                ),
                ("text_ct", models.BinaryField(help_text="The words, sealed.")),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("open", "Open: nobody has read it yet"),
                            ("passed", "Passed on"),
                            ("declined", "Declined: it goes no further"),
                        ],
                        default="open",
                        max_length=16,
                    ),
                ),
                ("day", models.DateField()),
                ("decided_by", models.CharField(blank=True, max_length=150)),
                (
                    "why",
                    models.CharField(
                        blank=True,
                        help_text="Why it was declined; its author reads it.",
                        max_length=300,
                    ),
                ),
                (
                    "answers",
                    models.ForeignKey(
                        help_text="The question that this answers; empty of a question.",
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="indicators.question",
                    ),
                ),
                (
                    "collection",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={"db_table": "question", "default_permissions": ("view", "change")},
        ),
        migrations.AddIndex(
            model_name="question",
            index=models.Index(fields=["author_tag"], name="question_by_author"),
        ),
        migrations.AddConstraint(
            model_name="question",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("decided_by", ""), ("state", "open")),
                    models.Q(
                        models.Q(("state", "open"), _negated=True),
                        models.Q(("decided_by", ""), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="question_decided_by_somebody",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
