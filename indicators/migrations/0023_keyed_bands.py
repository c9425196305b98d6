"""Bands are looked up under a key, which the database does not have.

So no row of `band` is changed here. A constant default, and no row of `skeleton` is rewritten: it
says of each that its bands stand under no key, and the worker puts them where they belong, 500
skeletons in a transaction, before it looks for families again.
"""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0022_decided_proposals")]

    operations = [
        migrations.AddField(
            model_name="skeleton",
            name="band_key",
            field=models.CharField(
                blank=True,
                db_default="",
                help_text="The key under which its bands are looked up; another is not the current one.",
                max_length=255,
            ),
        ),
        migrations.AlterField(
            model_name="band",
            name="token_prefix",
            field=models.BigIntegerField(help_text="The first 8 bytes of its keyed tag, signed."),
        ),
        migrations.AddIndex(
            model_name="skeleton",
            index=models.Index(fields=["band_key"], name="skeleton_by_band_key"),
        ),
    ]
