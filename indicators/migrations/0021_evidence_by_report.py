from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    """Candidates and portraits ask by report. Built beside those who write."""

    atomic = False
    dependencies = [("indicators", "0020_campaign_member_view")]
    operations = [
        AddIndexConcurrently(
            model_name="evidence",
            index=models.Index(fields=["collection", "report"], name="evidence_by_report"),
        ),
    ]
