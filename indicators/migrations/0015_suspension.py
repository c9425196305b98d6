"""What members dispute is suspended under an appeal that the pipeline opens."""

from django.db import migrations, models

FORWARD = ["GRANT INSERT ON private.appeal TO forum_worker"]


class Migration(migrations.Migration):
    dependencies = [("indicators", "0014_families")]
    operations = [
        migrations.RemoveConstraint(model_name="appeal", name="appeal_once"),
        migrations.RemoveIndex(model_name="feedback", name="feedback_active"),
        migrations.AddField(
            model_name="appeal",
            name="terms",
            field=models.JSONField(
                help_text="On what terms it stood before it was suspended: tier and end.", null=True
            ),
        ),
        migrations.AlterField(
            model_name="appeal",
            name="ground",
            field=models.CharField(
                choices=[
                    ("not-the-actor", "It belongs to a person who is not the actor"),
                    ("bystanders", "Bystanders share it"),
                    ("authorised-use", "The use was authorised"),
                    ("wrong-value", "The value is wrong"),
                    ("stale", "It was right once and is not any more"),
                    ("data-subject", "A person exercises a right over personal data"),
                    ("members-dispute", "At least k members dispute it: it is suspended"),
                    ("other", "Something else; the case file says what"),
                ],
                max_length=24,
            ),
        ),
        migrations.AddIndex(
            model_name="feedback",
            index=models.Index(fields=["collection_id", "stix_id"], name="feedback_by_object"),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("state", "open"), models.Q(("ground", "members-dispute"), _negated=True)
                ),
                fields=("collection", "stix_id"),
                name="appeal_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="appeal",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ground", "members-dispute"), ("state", "open")),
                fields=("collection", "stix_id"),
                name="appeal_of_members_once",
            ),
        ),
        migrations.RunSQL(sql=FORWARD, reverse_sql=migrations.RunSQL.noop),
    ]
