"""An echo is looked for by its words alone: its id may be another."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0017_campaigns")]

    operations = [
        migrations.AddIndex(
            model_name="spoken", index=models.Index(fields=["mac"], name="spoken_by_mac")
        ),
    ]
