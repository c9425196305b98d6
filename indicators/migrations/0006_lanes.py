from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("indicators", "0005_governance")]
    operations = [
        migrations.AlterField(
            model_name="collection",
            name="lane",
            field=models.CharField(
                choices=[
                    ("immediate", "Immediate: published as soon as it is processed"),
                    ("batched", "Batched: published together with what others sent"),
                ],
                default="immediate",
                max_length=16,
            ),
        ),
        *(
            migrations.AddField(
                model_name="collection", name=name, field=kind(default=default, help_text=text)
            )
            for name, kind, default, text in [
                (
                    "batch_minutes",
                    models.PositiveIntegerField,
                    60,
                    "Batched: a batch is formed this often at most.",
                ),
                (
                    "batch_members",
                    models.PositiveSmallIntegerField,
                    3,
                    "Batched: from how many members it must hold something.",
                ),
                (
                    "batch_soon_percent",
                    models.PositiveSmallIntegerField,
                    10,
                    "Batched: this share goes out at once, the rest after a while.",
                ),
                (
                    "batch_spread_minutes",
                    models.PositiveIntegerField,
                    1440,
                    "Batched: the longest while, drawn evenly for each object.",
                ),
                (
                    "batch_longest_hours",
                    models.PositiveIntegerField,
                    72,
                    "Batched: after this a batch is formed, however few sent something.",
                ),
            ]
        ),
        migrations.AddConstraint(
            model_name="collection",
            constraint=models.CheckConstraint(
                condition=models.Q(("batch_soon_percent__lte", 100)), name="collection_percent"
            ),
        ),
        migrations.AddField(
            model_name="collectionhead",
            name="batched_at",
            field=models.DateTimeField(help_text="When the last batch was formed.", null=True),
        ),
        migrations.AddField(
            model_name="contribution",
            name="confidence",
            field=models.PositiveSmallIntegerField(null=True),
        ),
        migrations.AddField(
            model_name="contribution",
            name="until",
            field=models.DateField(help_text="Its valid_until, rounded up to the day.", null=True),
        ),
        migrations.AlterField(
            model_name="releaseitem",
            name="not_before",
            field=models.DateTimeField(help_text="Empty: it waits for a batch.", null=True),
        ),
        migrations.AddField(
            model_name="releaseitem",
            name="deadline",
            field=models.DateTimeField(
                help_text="Then a batch is formed for it; once it is, then it is out.", null=True
            ),
        ),
        migrations.AddField(
            model_name="releaseitem",
            name="batch_tag",
            field=models.BinaryField(
                help_text="One value per member while it waits for a batch: counts, and names nobody.",
                max_length=32,
                null=True,
            ),
        ),
    ]
