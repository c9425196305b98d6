"""A reveal may name its case file. A constant default: no row is rewritten."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0030_river_index")]

    operations = [
        migrations.AddField(
            model_name="reveal",
            name="reference",
            field=models.CharField(
                blank=True, db_default="", help_text="Of the case file.", max_length=120
            ),
        ),
    ]
