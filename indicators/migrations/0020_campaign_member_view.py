from django.db import migrations, models


class Migration(migrations.Migration):
    """The views of a campaign are known again. A constant default: no row is rewritten."""

    dependencies = [("indicators", "0019_confidence")]
    operations = [
        migrations.AddField(
            model_name="campaignmember",
            name="view",
            field=models.TextField(
                default="",
                help_text="The view that it was in: what one lab stated as one thing.",
            ),
        ),
    ]
