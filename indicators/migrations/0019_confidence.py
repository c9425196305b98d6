from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    """What confidence is counted from: the kind of thing, the last day seen, a sealed weight."""

    dependencies = [("indicators", "0018_spoken_by_mac")]
    operations = [
        migrations.AddField(
            model_name="contribution",
            name="seen_day",
            field=models.DateField(
                db_default=Now(),
                help_text="When its member last vouched for it; a withdrawal leaves it.",
            ),
        ),
        migrations.AddField(
            model_name="contribution",
            name="weight_ct",
            field=models.BinaryField(
                help_text="What its member's word counted that day, sealed: it is never shown.",
                null=True,
            ),
        ),
        migrations.AddField(
            model_name="forumobject",
            name="kind",
            field=models.CharField(
                db_default="lasting",
                help_text="By which model of belief it gets older.",
                max_length=32,
            ),
        ),
        migrations.AddIndex(
            model_name="contribution",
            index=models.Index(
                condition=models.Q(("is_first", True)),
                fields=["collection_id", "stix_id"],
                name="contribution_first",
            ),
        ),
        migrations.RunSQL(
            "UPDATE contribution SET seen_day = last_day", migrations.RunSQL.noop, elidable=True
        ),
    ]
