from django.db import migrations, models


class Migration(migrations.Migration):
    """What is corroborated no more says again what its first contributor said."""

    dependencies = [("indicators", "0008_worker_charges_budgets")]
    operations = [
        migrations.AddField(
            model_name="contribution",
            name="exact_until",
            field=models.DateTimeField(
                help_text="Its valid_until, while the published content follows it and says the "
                "same.",
                null=True,
            ),
        )
    ]
