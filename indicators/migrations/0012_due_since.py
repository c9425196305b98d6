from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """A day of outage counts from when work became due. The default is stable: no row rewritten."""

    dependencies = [("indicators", "0011_all_who_passed_it_on")]
    operations = [
        migrations.AddField(
            model_name="submission",
            name="due_since",
            field=models.DateTimeField(
                db_default=Now(),
                help_text="Since when it was to be worked on, the last time it was.",
            ),
        ),
    ]
