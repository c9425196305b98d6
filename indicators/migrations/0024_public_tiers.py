"""What an indicator said before a public template made it context; templates whose bands changed.

A new table and a constant default: no row is rewritten. What was made context before stays so.
"""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models


FORWARD = [
    "ALTER TABLE public_tier SET SCHEMA shared",
    "ALTER TABLE shared.public_tier ADD CONSTRAINT public_tier_goes "
    "FOREIGN KEY (collection_id, stix_id) REFERENCES shared.forum_object ON DELETE CASCADE",
    "GRANT SELECT ON shared.public_tier TO forum_web, forum_worker",
    "GRANT SELECT, INSERT, UPDATE, DELETE ON shared.public_tier TO forum_publisher",
]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0023_keyed_bands")]

    operations = [
        migrations.AddField(
            model_name="publictemplate",
            name="is_changed",
            field=models.BooleanField(
                db_default=False, help_text="It has tokens of the bands that it had before."
            ),
        ),
        migrations.CreateModel(
            name="PublicTier",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("stix_id", models.TextField()),
                ("action_tier", models.CharField(blank=True, max_length=16)),
                (
                    "collection",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="indicators.collection",
                    ),
                ),
            ],
            options={
                "db_table": "public_tier",
                "default_permissions": (),
            },
        ),
        migrations.AddConstraint(
            model_name="publictier",
            constraint=models.UniqueConstraint(
                fields=("collection", "stix_id"), name="public_tier_once"
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
